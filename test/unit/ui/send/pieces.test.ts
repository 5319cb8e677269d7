import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkProcess } from '../../../../src/core';
import { Pump } from '../../../../src/ui/send/pump';
import { SourceFile } from '../../../../src/ui/send/sourceFile';
import { pieceUnits, textPieces } from '../../../../src/ui/send/textPieces';
import { plainServer, until, withCore } from '../../core/support';

const never = new AbortController().signal;
const shrunk = (): Error => new Error('shorter');

describe('pieces of a text', () => {
  const piecesOf = async (text: string): Promise<string[]> => {
    const pieces: string[] = [];
    const send = (piece: string): Promise<void> => Promise.resolve(void pieces.push(piece));
    await new Pump().run(textPieces(text, send), never);
    return pieces;
  };

  it('are the text, and cut no character and no line end', async () => {
    for (const across of ['😀', '\r\n', 'ab', '\r\r', '\ud83d\ud83d', '\udc80\udc80']) {
      const text = `${'x'.repeat(pieceUnits - 1)}${across}${'y'.repeat(10)}`;
      const pieces = await piecesOf(text);
      assert.equal(pieces.join(''), text);
      const isKept = across === '😀' || across === '\r\n';
      assert.equal(pieces[1]!.startsWith(across), isKept, JSON.stringify(across));
    }
  });

  it('fit a queue of 1 MiB in any script, also while other sends fill it', async () =>
    withCore(async (core) => {
      core.options.sendQueueBytes = 1024 * 1024;
      let received = 0;
      const peer = await plainServer((socket) =>
        socket
          .pause()
          .on('data', (data) => (received += data.length))
          .pause(),
      );
      const process = (await core.makeNetworkProcess({ name: 'c', host: '127.0.0.1', service: peer.port }))!;
      const text = '漢'.repeat(5_000_000);
      const pump = new Pump();
      const done = pump.run(
        textPieces(text, (piece) => core.processSendString(process, piece)),
        never,
      );
      await stands(pump, process);
      // What another sends takes room that the pump counts on.
      const room = core.options.sendQueueBytes - process.traffic.bytesQueued;
      const other = room > 0 ? core.processSendBytes(process, Buffer.alloc(room)) : Promise.resolve();
      peer.sockets[0]!.resume();
      assert.equal(await done, 'sent');
      await other;
      await until('all has come', () => received === 3 * text.length + room);
      peer.close();
    })());

  it('are none for no text', async () => assert.deepEqual(await piecesOf(''), []));
});

describe('a file to send', () => {
  let folder: string;

  before(() => (folder = mkdtempSync(join(tmpdir(), 'netproc-source-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('arrives as it is, whatever the coding system', async () =>
    withCore(async (core) => {
      const bytes = randomBytes(3_000_001);
      const path = join(folder, 'random');
      writeFileSync(path, bytes);
      const sum = createHash('sha256');
      let received = 0;
      const peer = await plainServer((socket) =>
        socket.on('data', (data) => {
          sum.update(data);
          received += data.length;
        }),
      );
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host: '127.0.0.1',
        service: peer.port,
        coding: 'utf-8-dos',
      }))!;
      const file = (await SourceFile.open(path))!;
      assert.equal(file.size, bytes.length);
      const pump = new Pump();
      const send = (piece: Uint8Array): Promise<void> => core.processSendBytes(process, piece);
      assert.equal(await pump.run(file.pieces(send, shrunk), never), 'sent');
      await file.close();
      await until('all has come', () => received === bytes.length);
      assert.equal(sum.digest('hex'), createHash('sha256').update(bytes).digest('hex'));
      assert.equal(pump.taken, bytes.length);
      peer.close();
    })());

  it('waits for a peer that does not read, with at most 1 MiB in the queue', async () =>
    withCore(async (core) => {
      const path = join(folder, 'large');
      writeFileSync(path, Buffer.alloc(40_000_000, 7));
      const peer = await plainServer((socket) => socket.pause());
      const process = (await core.makeNetworkProcess({ name: 'c', host: '127.0.0.1', service: peer.port }))!;
      const file = (await SourceFile.open(path))!;
      const pump = new Pump();
      const cancel = new AbortController();
      let most = 0;
      const send = (piece: Uint8Array): Promise<void> => {
        const sent = core.processSendBytes(process, piece);
        most = Math.max(most, process.traffic.bytesQueued);
        return sent;
      };
      const done = pump.run(file.pieces(send, shrunk), cancel.signal);
      await stands(pump, process);
      assert.ok(most <= 1024 * 1024, String(most));
      cancel.abort();
      assert.equal(await done, 'cancelled');
      assert.equal(pump.waiting, process.traffic.bytesQueued);
      assert.equal(pump.taken, process.traffic.bytesSent);
      await file.close();
      peer.close();
    })());

  it('says how much a peer took that breaks the connection off', async () =>
    withCore(async (core) => {
      const path = join(folder, 'large');
      writeFileSync(path, Buffer.alloc(40_000_000, 7));
      const peer = await plainServer((socket) => socket.pause());
      const process = (await core.makeNetworkProcess({ name: 'c', host: '127.0.0.1', service: peer.port }))!;
      const file = (await SourceFile.open(path))!;
      const pump = new Pump();
      const send = (piece: Uint8Array): Promise<void> => core.processSendBytes(process, piece);
      const done = pump.run(file.pieces(send, shrunk), never);
      await stands(pump, process);
      peer.sockets[0]!.resetAndDestroy();
      await assert.rejects(done, { name: 'NetworkProcessError' });
      assert.ok(pump.taken > 0 && pump.taken < file.size);
      assert.equal(pump.taken, process.traffic.bytesSent);
      await file.close();
      peer.close();
    })());

  it('that becomes shorter is a failure, one that grows is sent as it was', async () => {
    const path = join(folder, 'changing');
    const read: number[] = [];
    const send = (piece: Uint8Array): Promise<void> => Promise.resolve(void read.push(piece.length));
    writeFileSync(path, 'x'.repeat(100));
    const shorter = (await SourceFile.open(path))!;
    truncateSync(path, 0);
    await assert.rejects(new Pump().run(shorter.pieces(send, shrunk), never), /shorter/);
    await shorter.close();
    writeFileSync(path, 'abc');
    const longer = (await SourceFile.open(path))!;
    writeFileSync(path, 'abcdef');
    assert.equal(await new Pump().run(longer.pieces(send, shrunk), never), 'sent');
    assert.deepEqual(read, [3]);
    await longer.close();
  });

  it('is an ordinary one, or none', async function () {
    assert.equal(await SourceFile.open(folder), null);
    await assert.rejects(SourceFile.open(join(folder, 'nothing')), /ENOENT/);
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    assert.equal(await SourceFile.open(join(folder, 'pipe')), null);
  });
});

/** Waits until nothing is taken any more although something waits. */
async function stands(pump: Pump, process: NetworkProcess): Promise<void> {
  let last = -1;
  let same = 0;
  await until('the peer takes no more', () => {
    same = pump.taken === last && process.traffic.bytesQueued > 0 ? same + 1 : 0;
    last = pump.taken;
    return same > 50;
  });
}
