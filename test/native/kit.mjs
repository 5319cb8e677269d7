// What the tests of native sockets build on, in this process and in others. Plain JavaScript: any Node runs it.
import { mkdtempSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';

export const [readable, writable] = [1, 2];

/** The addon in a file, with helpers around it. */
export function kitOf(file) {
  const addon = createRequire(file)(file);
  const c = addon.constants;
  let names = 0;
  let folder;

  /** An address that nobody has: in no folder where the system knows such names. */
  function unusedLocal() {
    const name = `netproc-test-${process.pid}-${++names}`;
    if (process.platform === 'linux') return addon.addressLocal(Buffer.from(`\0${name}`));
    folder ??= mkdtempSync(`${tmpdir()}/np-`);
    return addon.addressLocal(Buffer.from(`${folder}/${names}`));
  }

  const inet4 = () => addon.address4(Uint8Array.of(127, 0, 0, 1), 0);
  const inet6 = () =>
    addon.address6(
      Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? 1 : 0)),
      0,
      '',
    );
  /** Family, type, and an address to bind to, by name. */
  const kinds = {
    tcp4: [c.AF_INET, c.SOCK_STREAM, inet4],
    tcp6: [c.AF_INET6, c.SOCK_STREAM, inet6],
    udp4: [c.AF_INET, c.SOCK_DGRAM, inet4],
    udp6: [c.AF_INET6, c.SOCK_DGRAM, inet6],
    stream: [c.AF_UNIX, c.SOCK_STREAM, unusedLocal],
    datagram: [c.AF_UNIX, c.SOCK_DGRAM, unusedLocal],
    ...(c.SOCK_SEQPACKET !== undefined && { seqpacket: [c.AF_UNIX, c.SOCK_SEQPACKET, unusedLocal] }),
  };

  /** A system call's result; throws where it is an error. */
  function must(result) {
    if (typeof result !== 'number' || result >= 0) return result;
    const name = Object.keys(c).find((key) => key.startsWith('E') && c[key] === -result);
    throw new Error(`The system says ${name ?? -result}`);
  }

  const open = (kind) => must(addon.socket(kinds[kind][0], kinds[kind][1], 0));

  function bound(kind) {
    const socket = open(kind);
    must(socket.bind(kinds[kind][2]()));
    return socket;
  }

  /** A socket that waits for connections. */
  function listening(kind, backlog = 5) {
    const socket = bound(kind);
    must(socket.listen(backlog));
    return socket;
  }

  /** Two sockets connected to each other. */
  async function pair(kind) {
    if (kinds[kind][1] === c.SOCK_DGRAM) {
      const [a, b] = [bound(kind), bound(kind)];
      must(a.connect(must(b.name())));
      must(b.connect(must(a.name())));
      return [a, b];
    }
    const server = listening(kind);
    const client = open(kind);
    const result = client.connect(must(server.name()));
    if (result !== -c.EINPROGRESS) must(result);
    let accepted = server.accept();
    for (; accepted === -c.EAGAIN; accepted = server.accept()) await ready(server, readable);
    server.close();
    return [client, must(accepted)];
  }

  /** Resolves to what a socket is ready for, of `events`; it is not watched any more then. */
  function ready(socket, events) {
    return new Promise((resolve) => {
      must(socket.watch(events, (found) => (socket.watch(0), resolve(found))));
    });
  }

  return { addon, constants: c, kinds, unusedLocal, must, open, bound, listening, pair, ready };
}

/** Room for messages. */
export function batchOf(count = 64, slabBytes = 64 * 1024, hasFrom = false) {
  return {
    lengths: new Int32Array(count),
    sizes: new Int32Array(count),
    slab: new Uint8Array(slabBytes),
    long: null,
    from: hasFrom ? new Uint8Array(count * 128) : null,
    fromLengths: hasFrom ? new Int32Array(count) : null,
  };
}

/** The messages of a batch as Buffers: copies. */
export function messagesOf(batch, count) {
  let at = 0;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => {
    const isLong = i === count - 1 && batch.lengths[i] === 0 && batch.sizes[i] > 0;
    const bytes = isLong ? batch.long : batch.slab.subarray(at, (at += batch.lengths[i]));
    return Buffer.from(bytes);
  });
}

/** How many descriptors this process has; Linux. */
export function descriptors() {
  return readdirSync('/proc/self/fd').length;
}
