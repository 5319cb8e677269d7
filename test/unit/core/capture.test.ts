import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type net from 'node:net';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteLogEntry, Capture, NetworkProcess, NetworkProcesses } from '../../../src/core';
import { CaptureStore } from '../../../src/core/log/captureStore';
import { TrafficCapture } from '../../../src/core/log/trafficCapture';
import { codeOf, plainServer, until, withCore } from './support';

const host = '127.0.0.1';

/** A registry that captures into a folder of its own, both gone after the test. */
function withCaptures(test: (core: NetworkProcesses, folder: string) => Promise<void>): () => Promise<void> {
  return withCore(async (core) => {
    const folder = mkdtempSync(join(tmpdir(), 'netproc-capture-'));
    core.options.captureFolder = folder;
    try {
      await test(core, folder);
    } finally {
      core.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** A connection, and the peer's socket. */
async function connection(
  core: NetworkProcesses,
  keywords: Record<string, unknown> = {},
): Promise<{ process: NetworkProcess; socket: net.Socket; port: number; close: () => void }> {
  const peer = await plainServer(() => undefined);
  const process = (await core.makeNetworkProcess({
    name: 'c',
    host,
    service: peer.port,
    coding: 'binary',
    ...keywords,
  }))!;
  await until('the peer has it', () => peer.sockets.length === 1);
  return { process, socket: peer.sockets[0]!, port: peer.port, close: peer.close };
}

const hash = (...bytes: Uint8Array[]): string => {
  const sum = createHash('sha256');
  for (const chunk of bytes) sum.update(chunk);
  return sum.digest('hex');
};

async function all(capture: Capture, start?: number, end?: number): Promise<ByteLogEntry[]> {
  const entries: ByteLogEntry[] = [];
  for await (const entry of capture.entries(start, end)) entries.push(entry);
  return entries;
}

/** The only session's folder. */
const sessionOf = (folder: string): string => join(folder, readdirSync(folder)[0]!);

describe('captures', () => {
  it(
    'hold every byte of both directions, in order, with time and direction',
    withCaptures(async (core) => {
      const { process, socket, close } = await connection(core);
      const received = randomBytes(3_000_000);
      const sent = randomBytes(2_000_000);
      let heard = 0;
      socket.on('data', (bytes) => (heard += bytes.length));
      socket.write(received);
      for (let at = 0; at < sent.length; at += 50_000)
        await core.processSendBytes(process, sent.subarray(at, at + 50_000));
      await until(
        'all has gone both ways',
        () => heard === sent.length && process.traffic.bytesReceived === received.length,
      );

      const { byteLog } = process;
      assert.equal(byteLog.size, 5_000_000);
      assert.equal(byteLog.capture.size, 5_000_000);
      assert.equal(byteLog.capture.state, 'open');
      const entries = await all(byteLog.capture);
      const of = (direction: string): Uint8Array[] =>
        entries.filter((e) => e.direction === direction).map((e) => e.bytes);
      assert.equal(hash(...of('received')), hash(received));
      assert.equal(hash(...of('sent')), hash(sent));
      let offset = 0;
      let time = process.times.created;
      for (const entry of entries) {
        assert.equal(entry.offset, offset);
        assert.ok(entry.time >= time && entry.time <= Date.now());
        offset += entry.bytes.length;
        time = entry.time;
      }
      close();
    }),
  );

  it('are read to the end also while one batch is being written and the next waits', async () => {
    const captureFolder = mkdtempSync(join(tmpdir(), 'netproc-capture-'));
    const store = new CaptureStore({ captureFolder, captureBytes: 1e9, captureTotalBytes: 1e9 });
    try {
      const capture = new TrafficCapture(store, 'c');
      const bytes = randomBytes(4 * 1024 * 1024);
      const half = bytes.length / 2;
      for (const [time, at] of [0, half].entries()) {
        capture.append({ offset: at, time, direction: 'received', peer: null, bytes: bytes.subarray(at, at + half) });
      }
      assert.equal(hash(await capture.read(0, bytes.length)), hash(bytes));
    } finally {
      store.dispose();
      rmSync(captureFolder, { recursive: true, force: true });
    }
  });

  it(
    'are read at any range, also what has not been written yet',
    withCaptures(async (core) => {
      const { process, socket, close } = await connection(core);
      const bytes = randomBytes(300_000);
      socket.write(bytes);
      await until('it came', () => process.byteLog.size === bytes.length);
      const { capture } = process.byteLog;
      for (const [start, end] of [
        [0, 1],
        [0, 300_000],
        [299_999, 300_000],
        [123_456, 234_567],
        [250_000, 400_000],
        [300_000, 300_001],
        [5, 5],
      ] as const) {
        assert.deepEqual(Buffer.from(await capture.read(start, end)), bytes.subarray(start, end));
        const entries = await all(capture, start, end);
        assert.equal(hash(...entries.map((e) => e.bytes)), hash(bytes.subarray(start, end)));
        assert.equal(entries[0]?.offset, start < end && start < 300_000 ? start : undefined);
      }
      close();
    }),
  );

  it(
    'keep the ends and the peer of each datagram, empty ones too',
    withCaptures(async (core) => {
      const process = (await core.makeNetworkProcess({
        name: 'u',
        type: 'datagram',
        server: true,
        host,
        service: true,
      }))!;
      const port = core.processContact(process, 'service') as number;
      const sockets = [createSocket('udp4'), createSocket('udp4')];
      const send = (socket: (typeof sockets)[0], text: string): Promise<void> =>
        new Promise((resolve) => socket.send(text, port, host, () => resolve()));
      for (let i = 0; i < 3_000; i++) {
        await send(sockets[i % 2]!, i % 10 === 0 ? '' : `message ${i}`);
        if (i % 50 === 49)
          await until('they came', () => process.byteLog.entries.length && process.traffic.messagesReceived === i + 1);
      }
      const entries = await all(process.byteLog.capture);
      assert.equal(entries.length, 3_000);
      entries.forEach((entry, i) => {
        assert.equal(Buffer.from(entry.bytes).toString(), i % 10 === 0 ? '' : `message ${i}`);
        assert.deepEqual(entry.peer, [127, 0, 0, 1, sockets[i % 2]!.address().port]);
      });
      for (const socket of sockets) socket.close();
    }),
  );

  it(
    'make no file before there is traffic, and only files that others cannot read',
    withCaptures(async (core, folder) => {
      const { process, socket, close } = await connection(core);
      assert.deepEqual(readdirSync(folder), []);
      socket.write('x');
      await until('it came', () => process.byteLog.size === 1);
      await process.byteLog.capture.read(0, 1);
      const session = sessionOf(folder);
      assert.equal(statSync(session).mode & 0o777, 0o700);
      assert.deepEqual(readdirSync(session).sort(), ['1.bytes', '1.index']);
      for (const name of readdirSync(session)) assert.equal(statSync(join(session, name)).mode & 0o777, 0o600);
      close();
    }),
  );

  it(
    'stay when their process ends, until they are discarded',
    withCaptures(async (core, folder) => {
      const { process, socket, close } = await connection(core);
      socket.end('last words');
      await until('it ended', () => process.status === 'closed');
      const { capture } = process.byteLog;
      assert.equal(Buffer.from(await capture.read(0, 100)).toString(), 'last words');
      core.deleteProcess(process);
      assert.equal(Buffer.from(await capture.read(0, 100)).toString(), 'last words');
      capture.discard();
      capture.discard();
      assert.equal(capture.state, 'discarded');
      assert.equal(await codeOf(capture.read(0, 1)), 'NP_CAPTURE_GONE');
      await until('its files are gone', () => readdirSync(sessionOf(folder)).length === 0);
      close();
    }),
  );

  it(
    'go on in the process that stands in for an ended one',
    withCaptures(async (core) => {
      const { process, socket, port, close } = await connection(core);
      socket.end('first ');
      await until('it ended', () => process.status === 'closed');
      const spec = { name: 'c', host, service: port, coding: 'binary' };
      const again = (await core.makeNetworkProcess(spec, { continues: process }))!;
      await core.processSendString(again, 'second');
      assert.equal(Buffer.from(await again.byteLog.capture.read(0, 100)).toString(), 'first second');
      assert.deepEqual(
        (await all(again.byteLog.capture)).map((e) => e.direction),
        ['received', 'sent'],
      );
      // Of a live one it would mix two streams.
      const other = (await core.makeNetworkProcess(spec, { continues: again }))!;
      assert.equal(other.byteLog.size, 0);
      close();
    }),
  );

  it(
    'begin with the process that stands in, when capturing was switched on meanwhile',
    withCaptures(async (core) => {
      const { captureBytes } = core.options;
      core.options.captureBytes = 0;
      const { process, socket, port, close } = await connection(core);
      socket.end('first ');
      await until('it ended', () => process.status === 'closed');
      assert.equal(process.byteLog.capture.state, 'off');
      core.options.captureBytes = captureBytes;
      const spec = { name: 'c', host, service: port, coding: 'binary' };
      const again = (await core.makeNetworkProcess(spec, { continues: process }))!;
      await core.processSendString(again, 'second');
      const { capture } = again.byteLog;
      assert.equal(capture.state, 'open');
      assert.equal(Buffer.from(await capture.read(0, 100)).toString(), 'second');
      close();
    }),
  );

  it(
    'that a process goes on with belong to it: they make no room, and no other gets them',
    withCaptures(async (core) => {
      const { process, socket, port, close } = await connection(core);
      socket.end('first ');
      await until('it ended', () => process.status === 'closed');
      const spec = { name: 'c', host, service: port, coding: 'binary' };
      const again = (await core.makeNetworkProcess(spec, { continues: process }))!;
      const other = (await core.makeNetworkProcess(spec, { continues: process }))!;
      await core.processSendString(again, 'second');
      await core.processSendString(other, 'another');
      assert.equal(Buffer.from(await again.byteLog.capture.read(0, 100)).toString(), 'first second');
      assert.equal(Buffer.from(await other.byteLog.capture.read(0, 100)).toString(), 'another');
      core.options.captureTotalBytes = 100;
      await core.processSendString(other, 'more');
      assert.deepEqual([again.byteLog.capture.state, other.byteLog.capture.state], ['open', 'full']);
      close();
    }),
  );

  it(
    'that have ended are begun anew by the process that stands in; one that never opens takes nothing',
    withCaptures(async (core) => {
      core.options.captureBytes = 5;
      const { process, socket, port, close } = await connection(core);
      socket.end('first ');
      await until('it ended', () => process.status === 'closed');
      assert.equal(process.byteLog.capture.state, 'full');
      core.options.captureBytes = 1_000;
      const spec = { name: 'c', host, service: port, coding: 'binary' };
      await assert.rejects(core.makeNetworkProcess({ ...spec, service: 1 }, { continues: process }));
      const again = (await core.makeNetworkProcess(spec, { continues: process }))!;
      await core.processSendString(again, 'second');
      assert.equal(Buffer.from(await again.byteLog.capture.read(0, 100)).toString(), 'second');
      assert.equal(Buffer.from(await process.byteLog.capture.read(0, 100)).toString(), 'first');
      close();
    }),
  );

  it(
    'have as sent what the system took, and no more; what was lost is counted once',
    withCaptures(async (core) => {
      const { process, socket, close } = await connection(core);
      socket.pause();
      const size = 12 * 1024 * 1024;
      const results = [0, 1, 2].map(() => codeOf(core.processSendBytes(process, Buffer.alloc(size / 3, 1))));
      let last = -1;
      await until('no more is taken', () => {
        const still = process.traffic.bytesSent === last && last > 0;
        last = process.traffic.bytesSent;
        return still;
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      core.deleteProcess(process);
      assert.equal((await Promise.all(results)).at(-1), 'NP_SEND_LOST');
      // Whatever the socket still tells of what it never took.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { bytesSent, bytesLost } = process.traffic;
      assert.ok(bytesSent > 0 && bytesLost > 0);
      assert.equal(bytesSent + bytesLost, size);
      assert.equal(process.byteLog.capture.bytes.sent, bytesSent);
      let got = 0;
      socket.on('data', (data) => (got += data.length)).resume();
      await until('the peer has all that went', () => socket.readableEnded || socket.destroyed);
      // The piece under way may have gone in part.
      assert.ok(got >= bytesSent && got - bytesSent < 256 * 1024, `${got} came, ${bytesSent} went`);
      close();
    }),
  );

  it(
    'take one large send, in records that are read by parts',
    withCaptures(async (core) => {
      const { process, socket, close } = await connection(core);
      socket.resume();
      const bytes = randomBytes(70 * 1024 * 1024);
      await core.processSendBytes(process, bytes);
      const { capture, entries } = process.byteLog;
      assert.equal(capture.state, 'open');
      assert.ok(
        entries.every((e) => e.bytes.buffer.byteLength <= 1024 * 1024),
        'memory keeps no more than it shows',
      );
      const [one, ...none] = await all(capture, bytes.length - 1, bytes.length);
      assert.deepEqual([one!.offset, one!.bytes.length, none.length], [bytes.length - 1, 1, 0]);
      assert.ok(one!.bytes.buffer.byteLength <= 64 * 1024, 'only that was read');
      assert.equal(hash(...(await all(capture)).map((e) => e.bytes)), hash(bytes));
      close();
    }),
  ).timeout(20_000);

  it(
    'leave nothing behind when all ends at once',
    withCaptures(async (core, folder) => {
      const { process, socket, close } = await connection(core);
      socket.write('secret');
      await until('it came', () => process.byteLog.size === 6);
      core.dispose();
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.deepEqual(readdirSync(folder), []);
      close();
    }),
  );

  it(
    'stop at their limit to the byte, and say so; the traffic goes on',
    withCaptures(async (core) => {
      core.options.captureBytes = 10;
      const told: string[] = [];
      core.onDidChangeProcess(({ kind, process }) => {
        if (kind === 'capture') told.push(`${process.byteLog.capture.state} ${process.byteLog.capture.size}`);
      });
      const { process, socket, close } = await connection(core);
      socket.write('0123456789abc');
      await until('it came', () => process.traffic.bytesReceived === 13);
      await core.processSendString(process, 'more');
      const { capture } = process.byteLog;
      assert.deepEqual(told, ['full 10']);
      assert.equal((capture.error as { code?: string }).code, 'NP_CAPTURE_FULL');
      assert.match(capture.error!.message, /Capture of c stopped after 10 bytes: the limit of a capture is 10 bytes/);
      assert.equal(Buffer.from(await capture.read(0, 100)).toString(), '0123456789');
      assert.equal(process.byteLog.size, 17);
      close();
    }),
  );

  it(
    'of ended processes make room for others, the oldest first; a live one stops when there is none',
    withCaptures(async (core) => {
      core.options.captureTotalBytes = 2_500;
      const ended: NetworkProcess[] = [];
      for (let i = 0; i < 2; i++) {
        const { process, socket, close } = await connection(core);
        socket.end(Buffer.alloc(1_000, 97 + i));
        await until('it ended', () => process.status === 'closed');
        ended.push(process);
        close();
      }
      const { process, socket, close } = await connection(core);
      socket.write(Buffer.alloc(1_000, 99));
      await until('it came', () => process.byteLog.size === 1_000);
      assert.deepEqual(
        [...ended, process].map((p) => p.byteLog.capture.state),
        ['discarded', 'open', 'open'],
      );
      socket.write(Buffer.alloc(2_000, 100));
      await until('it came', () => process.byteLog.size === 3_000);
      // It would not have been enough.
      assert.equal(ended[1]!.byteLog.capture.state, 'open');
      assert.equal(process.byteLog.capture.state, 'full');
      assert.match(process.byteLog.capture.error!.message, /the limit of all captures is 2500 bytes/);
      close();
    }),
  );

  it(
    'are off without a folder and with a limit of nothing',
    withCaptures(async (core) => {
      const { process, socket, close } = await connection(core);
      core.options.captureBytes = 0;
      assert.equal(process.byteLog.capture.state, 'off');
      socket.write('x');
      await until('it came', () => process.byteLog.size === 1);
      core.options.captureBytes = 1_000;
      socket.write('y');
      await until('it came', () => process.byteLog.size === 2);
      assert.equal(process.byteLog.capture.state, 'off');
      assert.equal(await codeOf(process.byteLog.capture.read(0, 1)), 'NP_CAPTURE_GONE');
      close();
    }),
  );

  for (const [how, spoil] of [
    ['its folder was removed', (session: string) => rmSync(session, { recursive: true })],
    [
      'another file stands in its place',
      (session: string) => {
        rmSync(session, { recursive: true });
        writeFileSync(session, 'in the way');
      },
    ],
  ] as const) {
    it(
      `fail when ${how}: it is said once, and nothing else suffers`,
      withCaptures(async (core, folder) => {
        const told: string[] = [];
        core.onDidChangeProcess(({ kind, process }) => {
          if (kind === 'capture') told.push(process.byteLog.capture.state);
        });
        const texts: string[] = [];
        const { process, socket, close } = await connection(core, {
          filter: (_: unknown, b: Buffer) => void texts.push(String(b)),
        });
        socket.write('one ');
        await until('it came', () => process.byteLog.size === 4);
        await process.byteLog.capture.read(0, 4);
        spoil(sessionOf(folder));
        socket.write('two ');
        await until('the failure is told', () => told.length === 1);
        socket.write('three');
        await until('all came', () => texts.join('') === 'one two three');
        const { capture } = process.byteLog;
        assert.deepEqual(told, ['failed']);
        assert.equal((capture.error as { code?: string }).code, 'NP_CAPTURE_FAILED');
        assert.match(
          capture.error!.message,
          /^Capturing traffic: (No such file|Not a directory|File exists).* \(c, after 4 bytes\)$/,
        );
        assert.equal(capture.size, 4);
        assert.equal(await codeOf(capture.read(0, 4)), 'NP_CAPTURE_FAILED');
        close();
      }),
    );
  }

  it(
    'are begun again by new processes when the folder was removed',
    withCaptures(async (core, folder) => {
      const first = await connection(core);
      first.socket.write('x');
      await until('it came', () => first.process.byteLog.size === 1);
      await first.process.byteLog.capture.read(0, 1);
      rmSync(sessionOf(folder), { recursive: true });
      const second = await connection(core);
      second.socket.write('y');
      await until('it came', () => second.process.byteLog.size === 1);
      assert.equal(Buffer.from(await second.process.byteLog.capture.read(0, 1)).toString(), 'y');
      first.close();
      second.close();
    }),
  );

  it(
    'never write through a link',
    withCaptures(async (core, folder) => {
      const target = join(folder, 'target');
      const { process, socket, close } = await connection(core);
      socket.write('x');
      await until('it came', () => process.byteLog.size === 1);
      await process.byteLog.capture.read(0, 1);
      writeFileSync(target, 'precious');
      const file = join(
        folder,
        readdirSync(folder).find((name) => name !== 'target')!,
        '1.bytes',
      );
      rmSync(file);
      symlinkSync(target, file);
      socket.write('y');
      await until('it failed', () => process.byteLog.capture.state === 'failed');
      assert.equal(readFileSync(target, 'utf8'), 'precious');
      close();
    }),
  );

  it(
    'remove what dead programs left, and nothing else',
    withCaptures(async (core, folder) => {
      const { process, socket, close } = await connection(core);
      socket.write('x');
      await until('it came', () => process.byteLog.size === 1);
      await process.byteLog.capture.read(0, 1);
      const own = readdirSync(folder)[0]!;
      const [computer] = own.split('-');
      // No program has this number: it is more than the system gives.
      const dead = `${computer}-4194305-abc-def`;
      const before = `${computer}-${globalThis.process.pid}-abc-def`;
      const alive = `${computer}-${globalThis.process.ppid}-abc-def`;
      const stranger = `00000000-4194305-abc-def`;
      for (const name of [dead, before, alive, stranger, 'notes']) {
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, '1.bytes'), 'left over');
      }
      core.options.captureFolder = folder;
      await until('they are gone', () => !existsSync(join(folder, dead)) && !existsSync(join(folder, before)));
      assert.deepEqual(readdirSync(folder).sort(), [own, alive, stranger, 'notes'].sort());
      core.dispose();
      assert.ok(!readdirSync(folder).includes(own));
      close();
    }),
  );

  it(
    'hold back the socket, and a sender, while the disk is behind; nothing is lost',
    withCaptures(async (core, folder) => {
      const { process, socket, close } = await connection(core);
      // A pipe that nobody reads is a disk that takes nothing: opening it for writing waits.
      socket.write('x');
      await until('it came', () => process.byteLog.size === 1);
      const { capture } = process.byteLog;
      await capture.read(0, 1);
      let release = (): void => undefined;
      const store = (core as unknown as { captures: { writing(write: () => Promise<void>): Promise<void> } }).captures;
      const writing = store.writing.bind(store);
      const stuck = new Promise<void>((resolve) => (release = resolve));
      store.writing = async (write) => {
        await stuck;
        return writing(write);
      };
      const bytes = randomBytes(64 * 1024 * 1024);
      socket.write(bytes);
      await until('it is behind', () => process.byteLog.size > 15 * 1024 * 1024);
      let last = 0;
      await until('the socket is not read', () => {
        const still = last === process.byteLog.size;
        last = process.byteLog.size;
        return still;
      });
      assert.ok(process.byteLog.size < 24 * 1024 * 1024, `${process.byteLog.size} bytes taken in`);
      let sent = false;
      socket.resume();
      const sending = core.processSendString(process, 'z').then(() => (sent = true));
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(sent, false);
      release();
      await sending;
      await until('all came', () => process.traffic.bytesReceived === bytes.length + 1);
      const entries = await all(capture);
      const received = entries.filter((e) => e.direction === 'received').map((e) => e.bytes);
      assert.equal(hash(...received), hash(Buffer.from('x'), bytes));
      assert.ok(existsSync(folder));
      close();
    }),
  );

  it(
    'fail where nothing can be written',
    withCaptures(async (core, folder) => {
      if (globalThis.process.getuid?.() === 0) {
        // Permissions are nothing to root; a file in place of the folder is.
        rmSync(folder, { recursive: true });
        writeFileSync(folder, '');
      } else chmodSync(folder, 0o500);
      const { process, socket, close } = await connection(core);
      socket.write('x');
      await until('it failed', () => process.byteLog.capture.state === 'failed');
      assert.equal(process.byteLog.capture.size, 0);
      assert.equal(process.traffic.bytesReceived, 1);
      close();
    }),
  );
});

describe('reading', () => {
  it(
    'is held as long as anybody holds it, without a change of status',
    withCore(async (core) => {
      const { process, socket, close } = await connection(core);
      const holds = [core.holdReading(process), core.holdReading(process)];
      socket.write('x');
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(process.traffic.bytesReceived, 0);
      assert.equal(process.status, 'open');
      holds[0]!.dispose();
      holds[0]!.dispose();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(process.traffic.bytesReceived, 0);
      holds[1]!.dispose();
      await until('it came', () => process.traffic.bytesReceived === 1);
      close();
    }),
  );
});

describe('sending bytes', () => {
  it(
    'goes past the coding system',
    withCore(async (core) => {
      const { process, socket, close } = await connection(core, { coding: 'utf-16le-dos' });
      const bytes = Buffer.from([0, 10, 13, 255, 10, 128]);
      const got: Buffer[] = [];
      socket.on('data', (chunk) => void got.push(chunk));
      await core.processSendBytes(process, bytes);
      await until('it came', () => Buffer.concat(got).length >= bytes.length);
      assert.deepEqual(Buffer.concat(got), bytes);
      close();
    }),
  );
});

describe('notes', () => {
  it(
    'are what this program wrote, wherever the text around them goes',
    withCore(async (core) => {
      const { process, socket, close } = await connection(core, { buffer: 'b', coding: 'utf-8-unix' });
      const buffer = core.getBuffer('b')!;
      const notes = (): string[] => buffer.notes.map(({ start, end }) => buffer.text(start, end));
      socket.write('Process c deleted\n');
      await until('it came', () => buffer.size > 0);
      assert.deepEqual(notes(), []);
      core.insertNote(process, '[12:00:00] a line of ours 😀');
      socket.end('more\n');
      await until('it ended', () => process.status === 'closed');
      const own = ['[12:00:00] a line of ours 😀', 'Process c connection broken by remote peer'];
      assert.deepEqual(notes(), own);
      buffer.gotoChar(1);
      buffer.insert('before ');
      assert.deepEqual(notes(), own);
      buffer.delete(1, 15);
      assert.deepEqual(notes(), own);
      const [first] = buffer.notes;
      buffer.delete(first!.start - 2, first!.end + 1);
      assert.deepEqual(notes(), own.slice(1));
      close();
    }),
  );

  it(
    'stay with their text when a process writes above another’s',
    withCore(async (core) => {
      const one = await connection(core, { name: 'a', buffer: 'b', coding: 'utf-8-unix' });
      const buffer = core.getBuffer('b')!;
      buffer.insertAt(buffer.pointMax, 'typed by the user\n');
      const two = await connection(core, { name: 'b', buffer: 'b', coding: 'utf-8-unix' });
      core.insertNote(two.process, 'note of b');
      core.insertNote(one.process, 'note of a');
      one.socket.write('a peer says\n');
      await until('it came', () => buffer.text().includes('says'));
      const notes = buffer.notes.map(({ start, end }) => buffer.text(start, end));
      assert.deepEqual(notes, ['note of a', 'note of b']);
      one.close();
      two.close();
    }),
  );

  it(
    'go with text that is trimmed',
    withCore(async (core) => {
      core.options.bufferTextBytes = 2_000;
      const { process, socket, close } = await connection(core, { buffer: 'b', coding: 'utf-8-unix' });
      const buffer = core.getBuffer('b')!;
      for (let i = 0; i < 30; i++) {
        core.insertNote(process, `note ${i}`);
        socket.write(`${'x'.repeat(98)}\n`);
        await until('it came', () => process.traffic.bytesReceived === 99 * (i + 1));
      }
      assert.ok(buffer.trimmed > 0);
      const texts = buffer.notes.map(({ start, end }) => buffer.text(start, end));
      assert.deepEqual(
        texts,
        texts.map((_, i) => `note ${30 - texts.length + i}`),
      );
      assert.ok(texts.length >= 5 && texts.length < 15, String(texts.length));
      close();
    }),
  );
});
