import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { codeOf, plainServer, until, withCore } from './support';

/** A connection whose buffer shows bytes decoded as Latin-1, and its peer. */
async function latin(core: NetworkProcesses, first: Buffer) {
  const peer = await plainServer((socket) => void socket.write(first));
  const process = (await core.makeNetworkProcess({
    name: 'c',
    host: '127.0.0.1',
    service: peer.port,
    buffer: 'b',
    coding: 'latin-1-unix',
  }))!;
  await until('it is shown', () => process.buffer!.size >= first.length);
  return { peer, process, buffer: process.buffer! };
}

const says = (process: NetworkProcess, text: string): Promise<void> =>
  until(text, () => process.buffer!.fullText() === text);

describe('decodeAgain', () => {
  it(
    'shows the same bytes by the present coding system, and goes on with it',
    withCore(async (core) => {
      const { peer, process, buffer } = await latin(core, Buffer.from('é\nλ '));
      await core.processSendString(process, 'sent');
      assert.equal(buffer.fullText(), 'Ã©\nÎ» ');
      core.setProcessCodingSystem(process, 'utf-8-unix', 'utf-8-unix');
      await core.decodeAgain(process);
      assert.equal(buffer.fullText(), 'é\nλ ');
      peer.sockets[0]!.write('ü');
      await says(process, 'é\nλ ü');
      assert.equal(process.traffic.bytesReceived, 8);
      peer.close();
    }),
  );

  it(
    'cuts no character between what came and what comes, and finds out anew',
    withCore(async (core) => {
      const { peer, process } = await latin(core, Buffer.from('a\r\nü').subarray(0, 4));
      core.setProcessCodingSystem(process, 'undecided', 'utf-8-unix');
      await core.decodeAgain(process);
      peer.sockets[0]!.write(Buffer.from('ü').subarray(1));
      await says(process, 'a\nü');
      assert.equal(core.processCodingSystem(process).decode, 'utf-8-dos');
      peer.close();
    }),
  );

  it(
    'neither loses nor doubles what comes meanwhile, from disk or from memory',
    withCore(async (core) => {
      const folder = mkdtempSync(join(tmpdir(), 'netproc-again-'));
      try {
        for (const captureFolder of [null, folder]) {
          core.options.captureFolder = captureFolder;
          const { peer, process } = await latin(core, Buffer.from('0'.repeat(50_000)));
          peer.sockets[0]!.write('1'.repeat(50_000));
          const again = core.decodeAgain(process);
          peer.sockets[0]!.write('2'.repeat(50_000));
          await again;
          await says(process, '0'.repeat(50_000) + '1'.repeat(50_000) + '2'.repeat(50_000));
          core.deleteProcess(process);
          core.killBuffer('b');
          peer.close();
        }
      } finally {
        core.dispose();
        rmSync(folder, { recursive: true, force: true });
      }
    }),
  );

  it(
    'shows the newest when there is more than a buffer holds, and not what waits',
    withCore(async (core) => {
      const folder = mkdtempSync(join(tmpdir(), 'netproc-again-'));
      try {
        core.options.captureFolder = folder;
        core.options.bufferTextBytes = 1000;
        const { peer, process, buffer } = await latin(core, Buffer.from('0'.repeat(400)));
        for (const digit of '12345') {
          peer.sockets[0]!.write(digit.repeat(400));
          await until(digit, () => buffer.fullText().endsWith(digit));
        }
        core.stopProcess(process);
        peer.sockets[0]!.write('waits');
        await core.decodeAgain(process);
        assert.match(buffer.fullText(), /^4+5{400}$/);
        core.continueProcess(process);
        await until('the rest', () => buffer.fullText().endsWith('5waits'));
        assert.match(buffer.fullText(), /^4+5{400}waits$/);
        peer.close();
      } finally {
        core.dispose();
        rmSync(folder, { recursive: true, force: true });
      }
    }),
  );

  it(
    'goes by the coding system that is set while it reads',
    withCore(async (core) => {
      const { peer, process, buffer } = await latin(core, Buffer.from('é'));
      core.setProcessCodingSystem(process, 'koi8-r', 'koi8-r');
      const again = core.decodeAgain(process);
      core.setProcessCodingSystem(process, 'utf-8-unix', 'utf-8-unix');
      await again;
      assert.equal(buffer.fullText(), 'é');
      peer.sockets[0]!.write('é');
      await says(process, 'éé');
      assert.equal(core.processCodingSystem(process).decode, 'utf-8-unix');
      peer.close();
    }),
  );

  it(
    'works after the end, and keeps what this program wrote itself',
    withCore(async (core) => {
      const { peer, process, buffer } = await latin(core, Buffer.from('é'));
      peer.sockets[0]!.end();
      await until('it has ended', () => process.status === 'closed');
      core.setProcessCodingSystem(process, 'utf-8-unix', null);
      await core.decodeAgain(process);
      assert.equal(buffer.fullText(), 'é\nProcess c connection broken by remote peer\n');
      const [{ start, end }] = buffer.notes as [{ start: number; end: number }];
      assert.equal(buffer.text(start, end), 'Process c connection broken by remote peer');
      peer.close();
    }),
  );

  it(
    'refuses what it could not put back',
    withCore(async (core) => {
      const { peer, process, buffer } = await latin(core, Buffer.from('é'));
      const other = (await core.makeNetworkProcess({ name: 's', server: true, service: true, buffer }))!;
      assert.equal(await codeOf(core.decodeAgain(process)), 'NP_BUFFER_SHARED');
      core.deleteProcess(other);
      core.setProcessFilter(process, () => undefined);
      assert.equal(await codeOf(core.decodeAgain(process)), 'NP_BUFFER_SHARED');
      core.setProcessFilter(process, null);
      core.options.byteLogBytes = 1;
      peer.sockets[0]!.write('x');
      await until('it has come', () => process.traffic.bytesReceived === 3);
      peer.sockets[0]!.write('y');
      await until('it has come', () => process.traffic.bytesReceived === 4);
      assert.equal(await codeOf(core.decodeAgain(process)), 'NP_CAPTURE_GONE');
      core.killBuffer(buffer);
      assert.equal(await codeOf(core.decodeAgain(process)), 'NP_BUFFER_DEAD');
      peer.close();
    }),
  );
});
