import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteLogEntry, Capture, NetworkProcess, NetworkProcesses } from '../../../../src/core';
import { exportCapture, type ExportFormat } from '../../../../src/ui/capture/captureExport';
import { lastPage, pageBytes, pageEntries, previousPage, readPage } from '../../../../src/ui/capture/capturePage';
import { captureState, pageText, parseOffset } from '../../../../src/ui/capture/captureText';
import { NotWritten, saveFile } from '../../../../src/ui/capture/savedFile';
import { plainServer, seeded, until, withCore } from '../../core/support';
import { translate } from '../fakeCore';

const never = new AbortController().signal;

/** A registry that captures into a folder of its own, both gone after the test. */
function withCaptures(test: (core: NetworkProcesses, folder: string) => Promise<void>): () => Promise<void> {
  return withCore(async (core) => {
    const folder = mkdtempSync(join(tmpdir(), 'netproc-ui-capture-'));
    core.options.captureFolder = join(folder, 'captures');
    try {
      await test(core, folder);
    } finally {
      core.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** A connection over which that was received and sent. */
async function conversation(
  core: NetworkProcesses,
  received: readonly Buffer[],
  sent: readonly Buffer[],
): Promise<{ process: NetworkProcess; capture: Capture; close: () => void }> {
  const peer = await plainServer((socket) => socket.resume());
  const process = (await core.makeNetworkProcess({ name: 'c', host: '127.0.0.1', service: peer.port }))!;
  await until('the peer has it', () => peer.sockets.length === 1);
  for (let i = 0; i < Math.max(received.length, sent.length); i++) {
    if (sent[i]) await core.processSendBytes(process, sent[i]!);
    if (received[i]) peer.sockets[0]!.write(received[i]!);
    const expected = received.slice(0, i + 1).reduce((sum, bytes) => sum + bytes.length, 0);
    await until('it has come', () => process.traffic.bytesReceived === expected);
  }
  return { process, capture: process.byteLog.capture, close: peer.close };
}

async function contents(capture: Capture, format: ExportFormat): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of exportCapture(capture.entries(), format, '127.0.0.1:80', never)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const random = seeded(7);
const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));

describe('a saved capture', () => {
  it(
    'holds what was sent and received, in each format',
    withCaptures(async (core) => {
      const received = [bytes(70_000), bytes(1), bytes(300)];
      const sent = [bytes(5), bytes(100_000)];
      const { capture, close } = await conversation(core, received, sent);
      const all = { received: Buffer.concat(received), sent: Buffer.concat(sent) };
      assert.deepEqual(capture.bytes, { received: all.received.length, sent: all.sent.length });
      assert.ok((await contents(capture, 'received')).equals(all.received));
      assert.ok((await contents(capture, 'sent')).equals(all.sent));
      assert.ok(same(parseJson((await contents(capture, 'json')).toString()), all));
      assert.ok(same(parseHex((await contents(capture, 'hex')).toString()), all));
      close();
    }),
  );

  it(
    'names the peer of each datagram, and has the empty ones',
    withCaptures(async (core) => {
      const process = (await core.makeNetworkProcess({
        name: 'u',
        server: true,
        type: 'datagram',
        host: '127.0.0.1',
        service: true,
      }))!;
      const port = core.processContact(process, 'service') as number;
      const peers = [createSocket('udp4'), createSocket('udp4')];
      const ports: number[] = [];
      for (const [i, peer] of peers.entries()) {
        peer.bind(0, '127.0.0.1');
        await once(peer, 'listening');
        ports.push(peer.address().port);
        peer.send(i === 0 ? 'hello' : '', port, '127.0.0.1');
        await until('it has come', () => process.traffic.messagesReceived === i + 1);
      }
      const lines = (await contents(process.byteLog.capture, 'json')).toString().trim().split('\n');
      const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.deepEqual(
        entries.map(({ offset, peer, base64 }) => [offset, peer, base64]),
        [
          [0, `127.0.0.1:${ports[0]}`, Buffer.from('hello').toString('base64')],
          [5, `127.0.0.1:${ports[1]}`, ''],
        ],
      );
      const dump = (await contents(process.byteLog.capture, 'hex')).toString();
      assert.match(dump, new RegExp(`^# \\S+Z received from 127\\.0\\.0\\.1:${ports[0]}, 5 bytes at offset 0\n`));
      peers.forEach((peer) => peer.close());
    }),
  );

  it(
    'is there as a whole or not at all',
    withCaptures(async (core, folder) => {
      const { capture, close } = await conversation(core, [bytes(500_000)], []);
      const target = join(folder, 'saved');
      mkdirSync(target);
      const path = join(target, 'x.bin');
      const source = (): AsyncGenerator<Uint8Array> => exportCapture(capture.entries(), 'received', '', never);

      const aborted = new AbortController();
      const cancelling = (async function* () {
        for await (const piece of source()) {
          yield piece;
          aborted.abort();
        }
      })();
      assert.equal(await saveFile(path, cancelling, aborted.signal), null);
      assert.deepEqual(readdirSync(target), []);

      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield* source();
        throw new Error('broke');
      };
      await assert.rejects(saveFile(path, failing(), never), /broke/);
      assert.deepEqual(readdirSync(target), []);

      assert.equal(await saveFile(path, source(), never), 500_000);
      assert.equal(readFileSync(path).length, 500_000);
      if (globalThis.process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
      // What was there before stays until the new one is whole.
      await assert.rejects(saveFile(path, failing(), never));
      capture.discard();
      await assert.rejects(saveFile(path, source(), never), { code: 'NP_CAPTURE_GONE' });
      assert.equal(readFileSync(path).length, 500_000);
      assert.deepEqual(readdirSync(target), ['x.bin']);
      close();
    }),
  );
});

describe('saving', () => {
  const entry = (direction: 'received' | 'sent', offset: number, content: Uint8Array): ByteLogEntry => ({
    offset,
    time: 0,
    direction,
    peer: null,
    bytes: content,
  });

  it('cuts large entries into pieces, and loses nothing', async () => {
    const large = { received: bytes(3_000_001), sent: bytes(1_000_000) };
    const entries = async function* () {
      yield entry('received', 0, large.received);
      yield entry('sent', large.received.length, large.sent);
    };
    for (const format of ['hex', 'json'] as const) {
      const pieces: Buffer[] = [];
      for await (const piece of exportCapture(entries(), format, 'p', never)) pieces.push(Buffer.from(piece));
      assert.ok(pieces.every((piece) => piece.length <= 1024 * 1024));
      const text = Buffer.concat(pieces).toString();
      assert.ok(same(format === 'hex' ? parseHex(text) : parseJson(text), large), format);
    }
  });

  it('sees a cancel while nothing is of the format', async () => {
    const cancel = new AbortController();
    let read = 0;
    const entries = async function* () {
      for (; read < 1_000; read++) {
        if (read === 10) cancel.abort();
        yield entry('received', read, Buffer.from('x'));
      }
    };
    for await (const piece of exportCapture(entries(), 'sent', 'p', cancel.signal)) assert.fail(String(piece.length));
    assert.equal(read, 10);
  });

  it('says why a file cannot be written, and leaves none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'netproc-ui-save-'));
    const contents = async function* () {
      yield Buffer.from('x');
    };
    mkdirSync(join(folder, 'taken', 'inside'), { recursive: true });
    await assert.rejects(saveFile(join(folder, 'taken'), contents(), never), (error: unknown) => {
      assert.ok(error instanceof NotWritten);
      assert.ok(!error.message.includes(folder), error.message);
      return true;
    });
    await assert.rejects(saveFile(join(folder, 'none', 'x'), contents(), never), {
      message: 'no such file or directory',
    });
    assert.deepEqual(readdirSync(folder), ['taken']);
    rmSync(folder, { recursive: true });
  });
});

describe('pages of a capture', () => {
  it(
    'hold every byte once, forwards and backwards',
    withCaptures(async (core) => {
      const received = Array.from({ length: 40 }, () => bytes(1 + Math.floor(random() * 20_000)));
      const sent = Array.from({ length: 40 }, () => bytes(1 + Math.floor(random() * 3_000)));
      const { capture, close } = await conversation(core, received, sent);
      const pages = [];
      for (let start: { offset: number; skip: number } | null = { offset: 0, skip: 0 }; start;) {
        const page = await readPage(capture, start);
        pages.push(page);
        start = page.next;
      }
      assert.equal(pages.length, Math.ceil(capture.size / pageBytes));
      const entries = pages.flatMap((page) => page.entries);
      assert.ok(Buffer.concat(entries.map((e) => e.bytes)).equals(Buffer.from(await capture.read(0, capture.size))));
      let offset = 0;
      for (const entry of entries) {
        assert.equal(entry.offset, offset);
        offset += entry.bytes.length;
      }
      // Joined again at the edges of pages, they are the entries of the capture.
      let count = 0;
      for await (const entry of capture.entries()) count += entry.bytes.length > 0 ? 1 : 0;
      assert.equal(entries.filter((entry) => !entry.isContinued).length, count);

      assert.deepEqual(lastPage(capture.size), pages.at(-1)!.start);
      const back = [lastPage(capture.size)];
      while (back[0]!.offset > 0) back.unshift(previousPage(back[0]!));
      assert.deepEqual(
        back,
        pages.map((page) => page.start),
      );
      const inside = await readPage(capture, { offset: 100_000, skip: 0 });
      assert.deepEqual([inside.entries[0]!.offset, inside.end], [100_000, 2 * pageBytes]);
      assert.deepEqual(previousPage(inside.start), { offset: pageBytes, skip: 0 });
      close();
    }),
  );

  it('are bounded when there are many small and empty datagrams', async () => {
    // As the capture tells them: thousands at the same offset.
    const lengths = [3, ...Array.from({ length: 5_000 }, () => 0), 4, ...Array.from({ length: 2_500 }, () => 1), 0];
    const size = lengths.reduce((a, b) => a + b, 0);
    const capture = {
      size,
      async *entries(start = 0, end = Infinity) {
        let offset = 0;
        for (const [time, length] of lengths.entries()) {
          const [from, to] = [Math.max(offset, start), Math.min(offset + length, end)];
          const isIn = length > 0 ? to > from : offset >= start && offset <= end;
          if (isIn) {
            yield {
              offset: from,
              time,
              direction: 'received' as const,
              peer: [127, 0, 0, 1, 9],
              bytes: new Uint8Array(to - from),
            };
          }
          offset += length;
        }
      },
    };
    const seen: number[] = [];
    for (let start: { offset: number; skip: number } | null = { offset: 0, skip: 0 }; start;) {
      const page = await readPage(capture, start);
      assert.ok(page.entries.length <= pageEntries);
      seen.push(...page.entries.map((entry) => entry.time));
      start = page.next;
    }
    assert.deepEqual(
      seen,
      lengths.map((_, i) => i),
    );
    assert.deepEqual(previousPage({ offset: 3, skip: 1_999 }), { offset: 0, skip: 0 });
  });

  it(
    'are text that cannot act, with a head for each entry',
    withCaptures(async (core) => {
      const hostile = Buffer.from('\x1b]0;x\x07\u202e[a](command:x) $(zap)\n');
      const { capture, close } = await conversation(core, [hostile], []);
      const page = await readPage(capture, { offset: 0, skip: 0 });
      const text = pageText(page, capture, 'a\u202eb\n', translate);
      assert.match(text, /^[\x20-\x7e\n…]*$/);
      assert.match(text, /received from a\\u202eb\\x0a: \d+ bytes at offset 0\n00000000 {2}1b 5d/);
      assert.match(text, /^Offsets 0 to \d+ of \d+ bytes\n/);
      assert.match(text, /End of what is captured now\n$/);
      close();
    }),
  );

  it(
    'say where a capture stopped, and so does its row',
    withCaptures(async (core) => {
      core.options.captureBytes = 10;
      const { process, capture, close } = await conversation(core, [bytes(30)], []);
      assert.equal(captureState(process, translate), '10 B, stopped: full');
      const text = pageText(await readPage(capture, { offset: 0, skip: 0 }), capture, 'p', translate);
      assert.match(text, /Captured no further than this: Capture of c stopped after 10 bytes: the limit/);
      capture.discard();
      assert.equal(captureState(process, translate), 'removed');
      close();
    }),
  );

  it(
    'count each direction as far as it got to the disk',
    withCaptures(async (core, folder) => {
      const { process, capture, close } = await conversation(core, [bytes(100)], [bytes(20)]);
      await capture.read(0, 1);
      rmSync(join(folder, 'captures'), { recursive: true });
      await core.processSendBytes(process, bytes(5));
      await until('it has failed', () => capture.state === 'failed');
      assert.deepEqual([capture.size, capture.bytes], [120, { received: 100, sent: 20 }]);
      assert.match(captureState(process, translate), /^120 B, stopped: Capturing traffic: No such file/);
      close();
    }),
  );

  it('are found by an offset in any notation', () => {
    const cases: [string, number | undefined][] = [
      ['0', 0],
      [' 999 ', 999],
      ['1,0', 10],
      ['0x1F', 31],
      ['50%', 500],
      ['100 %', 999],
      ['1000', undefined],
      ['-1', undefined],
      ['101%', undefined],
      ['1e2', undefined],
      ['', undefined],
      ['x', undefined],
    ];
    for (const [typed, offset] of cases) assert.equal(parseOffset(typed, 1000), offset, typed);
    assert.equal(parseOffset('0', 0), 0);
  });
});

interface Directions {
  received: Buffer;
  sent: Buffer;
}

function same(a: Directions, b: Directions): boolean {
  return a.received.equals(b.received) && a.sent.equals(b.sent);
}

function parseJson(text: string): Directions {
  const entries = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { direction: string; base64: string });
  const of = (direction: string): Buffer =>
    Buffer.concat(entries.filter((e) => e.direction === direction).map((e) => Buffer.from(e.base64, 'base64')));
  return { received: of('received'), sent: of('sent') };
}

function parseHex(text: string): Directions {
  const hex = { received: '', sent: '' };
  let direction: keyof Directions = 'received';
  for (const line of text.trimEnd().split('\n')) {
    const head = /^# \S+ (received|sent) /.exec(line);
    if (head) direction = head[1] as keyof Directions;
    else hex[direction] += line.slice(10, 59).replaceAll(' ', '');
  }
  return { received: Buffer.from(hex.received, 'hex'), sent: Buffer.from(hex.sent, 'hex') };
}
