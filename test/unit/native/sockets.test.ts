import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import type { NativeSocket } from '../../../src/core/native/addon';
import { batchOf, descriptors, messagesOf, readable, writable, type Kind, type Kit } from '../../native/kit.mjs';
import { cannotRun } from '../../support/cannotRun';
import { ownKit, runScript, ownFile } from './support';

const packetKinds: readonly Kind[] = ['datagram', 'seqpacket', 'udp4', 'udp6'];

describe('native sockets', () => {
  let kit: Kit;
  let c: Readonly<Record<string, number>>;
  const opened: NativeSocket[] = [];

  before(function () {
    kit = ownKit(this);
    c = kit.constants;
  });
  afterEach(() => opened.splice(0).forEach((socket) => socket.close()));

  function kept<T extends NativeSocket | NativeSocket[]>(sockets: T): T {
    opened.push(...[sockets].flat());
    return sockets;
  }

  const pair = async (kind: Kind): Promise<[NativeSocket, NativeSocket]> => kept(await kit.pair(kind));

  function int(value: number): Uint8Array {
    return new Uint8Array(Int32Array.of(value).buffer);
  }

  function getInt(socket: NativeSocket, level: string, option: string): number {
    const value = new Int32Array(1);
    assert.equal(socket.getOption(c[level]!, c[option]!, new Uint8Array(value.buffer)), 4);
    return value[0]!;
  }

  describe('exchange messages', () => {
    for (const kind of packetKinds) {
      it(`whole and in order: ${kind}`, async function () {
        if (!kit.kinds[kind]) cannotRun(this, `needs sockets of type ${kind}`);
        const [a, b] = await pair(kind);
        // Three by three, which every queue has room for.
        const sizes = [1, 64, 9000, 2, 1000, 5, 30_000, 1, 3];
        const batch = batchOf(8, 64 * 1024);
        for (let at = 0; at < sizes.length; at += 3) {
          const messages = sizes.slice(at, at + 3).map((size, i) => Buffer.alloc(size, at + i));
          assert.equal(a.sendMany(messages, 0, null), 3);
          assert.equal(await kit.ready(b, readable), readable);
          assert.equal(b.receive(batch), 3);
          assert.deepEqual(messagesOf(batch, 3), messages);
          assert.deepEqual([...batch.sizes.subarray(0, 3)], sizes.slice(at, at + 3));
          assert.equal(b.receive(batch), -c.EAGAIN!);
        }
      });

      it(`until there is no room, and again when there is: ${kind}`, async function () {
        if (!kit.kinds[kind]) cannotRun(this, `needs sockets of type ${kind}`);
        if (kind.startsWith('udp')) return; // There is always room, be it for losing them.
        const [a, b] = await pair(kind);
        const messages = Array.from({ length: 5_000 }, (_, i) => Buffer.from(String(i)));
        let sent = a.sendMany(messages, 0, null);
        assert.ok(sent > 0 && sent < messages.length, `${sent} sent`);
        assert.equal(a.sendMany(messages, sent, null), -c.EAGAIN!);
        assert.equal(a.send(messages[sent]!, null), -c.EAGAIN!);
        const batch = batchOf();
        const received: string[] = [];
        while (received.length < messages.length) {
          for (let count = 1; count > 0; received.push(...messagesOf(batch, count).map(String)))
            count = b.receive(batch);
          if (sent === messages.length) continue;
          await kit.ready(a, writable);
          sent += Math.max(a.sendMany(messages, sent, null), 0);
        }
        assert.deepEqual(received, messages.map(String));
      });
    }

    it('as many as the batch has lengths for', async () => {
      const [a, b] = await pair('udp4');
      a.sendMany(
        ['a', 'b', 'c', 'd', 'e'].map((text) => Buffer.from(text)),
        1,
        null,
      );
      const batch = batchOf(3, 100);
      assert.deepEqual(messagesOf(batch, b.receive(batch)).map(String), ['b', 'c', 'd']);
      assert.deepEqual(messagesOf(batch, b.receive(batch)).map(String), ['e']);
    });

    it('of no bytes: datagrams like any other, between packets the last of a batch', async () => {
      const empty = Buffer.alloc(0);
      const [a, b] = await pair('datagram');
      assert.equal(a.sendMany([empty, Buffer.from('x'), empty], 0, null), 3);
      const batch = batchOf();
      assert.equal(b.receive(batch), 3);
      assert.deepEqual(messagesOf(batch, 3).map(String), ['', 'x', '']);
      if (!kit.kinds.seqpacket) return;
      const [k, l] = await pair('seqpacket');
      assert.equal(k.sendMany([Buffer.from('x'), empty, Buffer.from('y')], 0, null), 3);
      assert.deepEqual(messagesOf(batch, l.receive(batch)).map(String), ['x', '']);
      assert.equal(l.peerEnded(), false);
      assert.deepEqual(messagesOf(batch, l.receive(batch)).map(String), ['y']);
      assert.equal(l.receive(batch), -c.EAGAIN!);
      assert.equal(k.shutdown(1), 0);
      assert.equal(l.peerEnded(), true);
      for (let i = 0; i < 2; i++) {
        assert.equal(l.receive(batch), 1);
        assert.deepEqual([batch.lengths[0], batch.sizes[0]], [0, 0]);
      }
    });

    it('larger than the slab, up to what the system sends', async () => {
      const [a, b] = await pair('datagram');
      const batch = batchOf(8, 1000, true);
      for (const size of [1000, 1001, 5000, 150_000]) {
        const message = Buffer.alloc(size, size % 255);
        assert.equal(a.sendMany([Buffer.from('before'), message, Buffer.from('after')], 0, null), 3);
        batch.long = null;
        const first = messagesOf(batch, b.receive(batch));
        assert.deepEqual(first, [Buffer.from('before'), message], `${size} bytes`);
        assert.deepEqual([batch.lengths[1], batch.sizes[1], batch.long!.length], [0, size, size]);
        assert.deepEqual(messagesOf(batch, b.receive(batch)).map(String), ['after']);
      }
      assert.equal(a.send(Buffer.alloc(64 << 20), null), -c.EMSGSIZE!);
    });

    it('larger than what stays reserved', async function () {
      const forceBuffer = 32; // SO_SNDBUFFORCE
      const [a, b] = await pair('datagram');
      const result = a.setOption(c.SOL_SOCKET!, forceBuffer, int(8 << 20));
      if (process.platform !== 'linux' || result === -c.EPERM!) cannotRun(this, 'needs to be root on Linux');
      assert.equal(result, 0);
      const message = Buffer.alloc(2_500_000, 'large');
      const batch = batchOf(2, 10);
      for (let i = 0; i < 3; i++) {
        assert.equal(a.send(message, null), message.length);
        assert.deepEqual(messagesOf(batch, b.receive(batch)), [message]);
      }
    });

    it('and end a batch where the slab probably has no room, without a long one', async () => {
      const [a, b] = await pair('datagram');
      const message = Buffer.alloc(400);
      assert.equal(a.sendMany([message, message, message], 0, null), 3);
      const batch = batchOf(8, 1000);
      assert.equal(b.receive(batch), 2);
      assert.equal(b.receive(batch), 1);
      assert.equal(batch.long, null);
    });

    it('with their senders', async () => {
      for (const kind of ['udp4', 'udp6', 'datagram'] as const) {
        const [to, one, two, nameless] = kept([kit.bound(kind), kit.bound(kind), kit.bound(kind), kit.open(kind)]);
        const name = kit.must(to.name());
        for (const from of [one, two, one]) kit.must(from.send(Buffer.from('x'), name));
        const batch = batchOf(8, 100, true);
        assert.equal(to.receive(batch), 3);
        const senders = [0, 1, 2].map((i) => batch.from!.slice(i * 128, i * 128 + batch.fromLengths![i]!));
        assert.deepEqual(
          senders,
          [one, two, one].map((socket) => Uint8Array.from(kit.must(socket.name()))),
        );
        if (kind !== 'datagram') continue;
        kit.must(nameless.send(Buffer.from('x'), name));
        assert.equal(to.receive(batch), 1);
        assert.equal(batch.fromLengths![0], 0);
      }
    });

    it('to one address all, and stop at what is no message', async () => {
      const [a, b] = [kept(kit.bound('udp4')), kept(kit.bound('udp4'))];
      const messages: unknown[] = Array.from({ length: 130 }, (_, i) => Buffer.from(String(i)));
      messages[100] = 'no bytes';
      const send = (from: number): number => a.sendMany(messages as Uint8Array[], from, kit.must(b.name()));
      assert.equal(send(0), 64);
      assert.throws(() => send(64), TypeError);
      assert.equal(send(101), 29);
      assert.equal(send(130), 0);
      const batch = batchOf(200);
      assert.equal(b.receive(batch), 93);
    });
  });

  it('read and write streams', async () => {
    for (const kind of ['tcp4', 'tcp6', 'stream'] as const) {
      const [a, b] = await pair(kind);
      const seen = Buffer.alloc(4);
      assert.equal(b.peek(seen), -c.EAGAIN!);
      assert.equal(a.send(Buffer.from('hello'), null), 5);
      assert.equal(a.sendMany([Buffer.from('x')], 0, null), -c.EOPNOTSUPP!);
      await kit.ready(b, readable);
      assert.deepEqual([b.peek(seen), seen.toString()], [4, 'hell']);
      const batch = batchOf(8, 3, true);
      // What the slab has no room for stays, and is not thrown away.
      for (const part of ['hel', 'lo']) {
        assert.equal(b.receive(batch), 1);
        assert.equal(Buffer.from(batch.slab.subarray(0, batch.lengths[0])).toString(), part);
      }
      assert.equal(b.receive(batch), -c.EAGAIN!);
      assert.equal(b.peerEnded(), false);
      a.close();
      await kit.ready(b, readable);
      assert.equal(b.peek(seen), 0);
      assert.equal(b.receive(batch), 1);
      assert.equal(batch.lengths[0], 0);
      assert.equal(b.peerEnded(), true);
    }
  });

  describe('have addresses', () => {
    it('in no folder, in a folder, and none', function () {
      if (process.platform !== 'linux') cannotRun(this, 'needs Linux');
      const { addon } = kit;
      const folder = mkdtempSync(`${tmpdir()}/netproc-name-`);
      try {
        for (const text of [`\0netproc \0 ${process.pid}\0`, `${folder}/socket`, '']) {
          const socket = kept(kit.open('datagram'));
          if (text) kit.must(socket.bind(addon.addressLocal(Buffer.from(text))));
          const parts = addon.readAddress(kit.must(socket.name()));
          assert.deepEqual(
            { ...parts, bytes: Buffer.from(parts.bytes).toString() },
            {
              family: c.AF_UNIX,
              bytes: text,
              port: 0,
              zone: '',
            },
          );
          if (text.startsWith('/')) assert.ok(existsSync(text));
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('of any family', () => {
      const { addon } = kit;
      for (const length of [0, 1, 14, 126]) {
        const bytes = Buffer.alloc(length, 7);
        const parts = addon.readAddress(addon.addressRaw(99, bytes));
        assert.deepEqual({ ...parts, bytes: Buffer.from(parts.bytes) }, { family: 99, bytes, port: 0, zone: '' });
      }
      const none = addon.readAddress(new Uint8Array(0));
      assert.deepEqual([none.family, none.bytes.length], [c.AF_UNSPEC, 0]);
      const raw = addon.addressRaw(c.AF_INET!, Uint8Array.of(0, 80, 127, 0, 0, 1));
      assert.deepEqual(addon.readAddress(raw).port, 80);
    });

    it('with zones, by name and by number', function () {
      if (process.platform !== 'linux') cannotRun(this, 'needs Linux');
      const { addon } = kit;
      const bytes = new Uint8Array(16);
      const zone = (text: string): string | number => {
        const address = addon.address6(bytes, 80, text);
        return typeof address === 'number' ? address : addon.readAddress(address).zone;
      };
      assert.deepEqual(['', 'lo', '1', '4294967295'].map(zone), ['', 'lo', 'lo', '4294967295']);
      assert.deepEqual(['no such', '4294967296', '0'].map(zone), [-c.ENODEV!, -c.ENODEV!, -c.ENODEV!]);
    });

    it('as others see them', async () => {
      const [a, b] = await pair('tcp4');
      assert.deepEqual(a.peerName(), b.name());
      assert.deepEqual(b.peerName(), a.name());
      assert.equal(kept(kit.bound('tcp4')).peerName(), -c.ENOTCONN!);
    });
  });

  it('have options', function () {
    const socket = kept(kit.open('tcp4'));
    assert.equal(getInt(socket, 'SOL_SOCKET', 'SO_REUSEADDR'), 0);
    assert.equal(socket.setOption(c.SOL_SOCKET!, c.SO_REUSEADDR!, int(1)), 0);
    assert.ok(getInt(socket, 'SOL_SOCKET', 'SO_REUSEADDR') !== 0);
    assert.equal(socket.setOption(c.IPPROTO_TCP!, c.TCP_NODELAY!, int(1)), 0);
    assert.ok(getInt(socket, 'IPPROTO_TCP', 'TCP_NODELAY') !== 0);
    assert.equal(socket.setOption(c.SOL_SOCKET!, c.SO_LINGER!, Buffer.concat([int(1), int(7)])), 0);
    const linger = new Int32Array(2);
    assert.equal(socket.getOption(c.SOL_SOCKET!, c.SO_LINGER!, new Uint8Array(linger.buffer)), 8);
    assert.deepEqual([...linger], [1, 7]);
    assert.equal(socket.setOption(c.SOL_SOCKET!, c.SO_LINGER!, int(1)), -c.EINVAL!);
    assert.equal(socket.setOption(c.SOL_SOCKET!, 9999, int(1)), -c.ENOPROTOOPT!);
    assert.equal(socket.getOption(c.SOL_SOCKET!, 9999, int(1)), -c.ENOPROTOOPT!);
    if (c.SO_PRIORITY === undefined) return;
    assert.equal(socket.setOption(c.SOL_SOCKET!, c.SO_PRIORITY, int(6)), 0);
    assert.equal(getInt(socket, 'SOL_SOCKET', 'SO_PRIORITY'), 6);
  });

  describe('are watched', () => {
    it('for errors too, which the next call tells; and watching goes on', async () => {
      const nobody = kit.bound('udp4');
      const name = kit.must(nobody.name());
      nobody.close();
      const socket = kept(kit.bound('udp4'));
      kit.must(socket.connect(name));
      const batch = batchOf();
      const results: number[] = [];
      kit.must(socket.watch(readable, (events) => results.push(events, socket.receive(batch))));
      for (let i = 1; i <= 2; i++) {
        kit.must(socket.send(Buffer.from('x'), null));
        while (results.length < 2 * i) await turn();
      }
      assert.deepEqual(results, [readable, -c.ECONNREFUSED!, readable, -c.ECONNREFUSED!]);
    });

    it('until they are connected or refused', async () => {
      const server = kept(kit.listening('tcp4'));
      const name = kit.must(server.name());
      const connect = async (): Promise<number> => {
        const socket = kept(kit.open('tcp4'));
        const result = socket.connect(name);
        assert.ok(result === 0 || result === -c.EINPROGRESS!);
        await kit.ready(socket, writable);
        return getInt(socket, 'SOL_SOCKET', 'SO_ERROR');
      };
      assert.equal(await connect(), 0);
      server.close();
      assert.equal(await connect(), c.ECONNREFUSED);
    });

    it('by one at a time', async () => {
      const [a] = await pair('stream');
      kit.must(a.watch(writable, () => undefined));
      const same = kit.must<NativeSocket>(kit.addon.adopt(a.fd));
      try {
        assert.equal(
          same.watch(writable, () => undefined),
          -c.EEXIST!,
        );
      } finally {
        same.release();
      }
    });

    it('by the listener that was named last, for what was asked last', async () => {
      const [a, b] = await pair('stream');
      kit.must(a.watch(readable | writable, () => assert.fail('the first listener')));
      const events = await kit.ready(a, writable);
      assert.equal(events, writable);
      kit.must(b.send(Buffer.from('x'), null));
      const both = await new Promise((resolve) => {
        kit.must(a.watch(readable | writable, (found) => found === 3 && (a.watch(0, () => undefined), resolve(found))));
      });
      assert.equal(both, readable | writable);
    });

    it('and closed, released, or stopped by their listener', async () => {
      for (const end of ['close', 'release', 'stop'] as const) {
        const [a] = await pair('datagram');
        let calls = 0;
        kit.must(
          a.watch(writable, () => {
            calls += 1;
            if (end === 'close') a.close();
            if (end === 'release') opened.push(kit.must<NativeSocket>(kit.addon.adopt(a.release())));
            if (end === 'stop') a.watch(0, () => undefined);
          }),
        );
        for (let i = 0; i < 5; i++) await turn();
        assert.equal(calls, 1, end);
      }
    });

    it('and stay while they are watched; forgotten otherwise, they are closed', async function () {
      if (process.platform !== 'linux') cannotRun(this, 'needs Linux');
      assert.equal(await runScript('forgotten', [ownFile], { node: [process.execPath, '--expose-gc'] }), 'ok');
    });
  });

  describe('are descriptors', () => {
    /** As fcntl(2) has them, in octal. */
    const [nonBlocking, closeOnExec] = [0o4000, 0o2000000];
    const flagsOf = (fd: number): number =>
      parseInt(/^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!, 8);

    it('that never block and that no child inherits', async function () {
      if (process.platform !== 'linux') cannotRun(this, 'needs Linux');
      const { addon } = kit;
      const [a, b] = await pair('stream');
      const all = [a, b, kit.must(a.duplicate()), kit.must(addon.duplicateOf(b.fd))] as NativeSocket[];
      kept(all);
      for (const { fd } of all) assert.equal(flagsOf(fd) & (nonBlocking | closeOnExec), nonBlocking | closeOnExec);
      const inodes = all.map(({ fd }) => readlinkSync(`/proc/self/fd/${fd}`));
      const { stdout } = spawnSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' });
      assert.match(stdout, / -> /);
      for (const inode of inodes) assert.ok(!stdout.includes(inode), stdout);
    });

    it('given away and taken over', async () => {
      const { addon } = kit;
      const [a, b] = await pair('stream');
      const fd = a.release();
      assert.ok(fd >= 0);
      assert.deepEqual([a.fd, a.release(), a.send(Buffer.from('x'), null)], [-1, -c.EBADF!, -c.EBADF!]);
      a.close();
      const taken = kept(kit.must<NativeSocket>(addon.adopt(fd)));
      assert.equal(taken.fd, fd);
      kit.must(taken.send(Buffer.from('x'), null));
      assert.equal(b.receive(batchOf()), 1);
      const copy = kept(kit.must<NativeSocket>(taken.duplicate()));
      taken.close();
      assert.equal(b.peerEnded(), false);
      copy.close();
      assert.equal(b.peerEnded(), true);
    });

    it('of Node’s sockets, once they were watched here', async () => {
      const [a, b] = await pair('tcp4');
      await kit.ready(a, writable);
      const socket = new Socket({ fd: a.release(), allowHalfOpen: true });
      kit.must(b.send(Buffer.from('to Node'), null));
      const [data] = (await once(socket, 'data')) as [Buffer];
      assert.equal(String(data), 'to Node');
      const option = kit.must(kit.addon.duplicateOf((socket as unknown as { _handle: { fd: number } })._handle.fd));
      assert.equal(option.setOption(c.SOL_SOCKET!, c.SO_KEEPALIVE!, int(1)), 0);
      option.close();
      socket.end('from Node');
      await kit.ready(b, readable);
      const batch = batchOf();
      assert.deepEqual(messagesOf(batch, b.receive(batch)).map(String), ['from Node']);
      b.close();
      await once(socket, 'close');
    });

    it('that are sockets, or left alone', () => {
      const { addon } = kit;
      const fd = openSync('/dev/null', 'r');
      assert.equal(addon.adopt(fd), -c.ENOTSOCK!);
      assert.equal(addon.duplicateOf(fd), -c.ENOTSOCK!);
      assert.ok(fstatSync(fd).isCharacterDevice());
      closeSync(fd);
      assert.equal(addon.adopt(fd), -c.EBADF!);
      assert.equal(addon.duplicateOf(fd), -c.EBADF!);
    });

    it('that do not become more, however many were open', async function () {
      if (process.platform !== 'linux') cannotRun(this, 'needs Linux');
      this.timeout(60_000);
      const before = descriptors();
      const node = [process.execPath, '--expose-gc'];
      const result = JSON.parse(await runScript('cycles', [ownFile, '10000'], { node })) as Record<string, number>;
      assert.ok(Math.abs(result.descriptors!) <= 5, JSON.stringify(result));
      assert.ok(result.kilobytes! < 10_000, JSON.stringify(result));
      assert.ok(descriptors() - before <= 5);
    });
  });
});
