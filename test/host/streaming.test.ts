import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { Capture, NetworkProcess, NetworkProcesses } from '../../src/core';
import { root } from '../tools/lib/paths.mjs';
import { cannotRun } from '../support/cannotRun';
import { clear, command, getCore, makeClient, showBuffer, textOf, until } from './support';

const MiB = 1024 * 1024;
const readAtOnce = 8 * MiB;

interface Sending {
  /** To each connection; then it is closed. 0: nothing is sent and nothing closed. */
  readonly bytes: number;
  readonly content: 'random' | 'lines' | 'line';
  readonly pieceBytes?: number;
  /** Between two pieces; absent: as fast as they go. */
  readonly pauseMs?: number;
}

/** The other side, in a thread of its own. */
class Source {
  private readonly sent: string[] = [];
  private readonly got: string[] = [];
  private readonly worker: Worker;
  port = 0;

  constructor({ pieceBytes = 64 * 1024, pauseMs = -1, ...sending }: Sending) {
    this.worker = new Worker(join(root, 'test/support/byteSource.mjs'), {
      workerData: { ...sending, pieceBytes, pauseMs },
    });
    this.worker.on('message', (told: { port?: number; number?: number; sent?: string; got?: string }) => {
      this.port = told.port ?? this.port;
      if (told.sent) this.sent[told.number!] = told.sent;
      if (told.got) this.got[told.number!] = told.got;
    });
  }

  async ready(): Promise<this> {
    await until('the source to listen', () => this.port);
    return this;
  }

  /** SHA-256 of what a connection was sent. */
  sumSent(number = 0): Promise<string> {
    return until('the source to have sent all', () => this.sent[number], 90_000);
  }

  /** SHA-256 of what came from a connection until its end. */
  sumGot(number = 0): Promise<string> {
    return until('the source to get all', () => this.got[number], 90_000);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}

async function sumOf(capture: Capture): Promise<string> {
  const sum = createHash('sha256');
  for (let at = 0; at < capture.size; at += readAtOnce) sum.update(await capture.read(at, at + readAtOnce));
  return sum.digest('hex');
}

describe('Streams', function () {
  this.timeout(240_000);
  let core: NetworkProcesses;
  let folder: string;
  let folderBefore: string | null;
  const sources: Source[] = [];

  before(async () => {
    core = await getCore();
    folderBefore = core.options.captureFolder;
  });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproc-streams-'));
    core.options.captureFolder = folder;
  });

  afterEach(async () => {
    await clear(core);
    core.options.captureFolder = folderBefore;
    await Promise.all(sources.splice(0).map((source) => source.end()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function startSource(sending: Sending): Promise<Source> {
    const source = new Source(sending);
    sources.push(source);
    return source.ready();
  }

  /** A process whose document is shown before it reads anything. */
  async function shown(source: Source, coding = 'utf-8-unix'): Promise<{ process: NetworkProcess; uri: vscode.Uri }> {
    const process = await makeClient(core, source.port, { buffer: '*stream*', coding });
    const hold = core.holdReading(process);
    const { document } = await showBuffer(process.buffer!);
    hold.dispose();
    return { process, uri: document.uri };
  }

  const ended = (process: NetworkProcess): Promise<unknown> =>
    until(`the end of ${process.name}`, () => core.processStatus(process) === 'closed', 200_000);

  async function isWhole(process: NetworkProcess, source: Source, bytes: number, number = 0): Promise<void> {
    const { capture, size } = process.byteLog;
    assert.equal(capture.error, null);
    assert.deepEqual([size, capture.size, process.traffic.bytesReceived], [bytes, bytes, bytes]);
    assert.equal(await sumOf(capture), await source.sumSent(number));
  }

  /** The stream of a source into a document and a terminal at once. */
  async function inBoth(sending: Sending, whenBehind: 'slow' | 'skip'): Promise<void> {
    const settings = vscode.workspace.getConfiguration('networkProcesses.terminal');
    await settings.update('whenBehind', whenBehind, vscode.ConfigurationTarget.Global);
    const source = await startSource(sending);
    const process = await makeClient(core, source.port, { buffer: '*stream*', coding: 'binary' });
    const hold = core.holdReading(process);
    const { uri } = (await showBuffer(process.buffer!)).document;
    await command('openTerminal');
    const terminal = await until('the terminal', () => vscode.window.activeTerminal);
    hold.dispose();
    await ended(process);
    await isWhole(process, source, sending.bytes);
    await until('the end to be shown', () => textOf(uri)?.endsWith('connection broken by remote peer\n'), 30_000);
    terminal.dispose();
    await settings.update('whenBehind', undefined, vscode.ConfigurationTarget.Global);
  }

  it('of 200 MiB of any bytes are captured to the last one while a document and a terminal show them', () =>
    inBoth({ bytes: 200 * MiB, content: 'random' }, 'skip'));

  it('that wait for a terminal are captured to the last byte', () =>
    inBoth({ bytes: 2 * MiB, content: 'random' }, 'slow'));

  it('that are sent come whole, and are captured as sent', async () => {
    const source = await startSource({ bytes: 0, content: 'lines' });
    const process = await makeClient(core, source.port, { coding: 'binary' });
    const sum = createHash('sha256');
    for (let piece = 0; piece < 10; piece++) {
      const bytes = Buffer.alloc(5 * MiB, `${piece} and what else there is, up to byte 0xff: \xff`, 'latin1');
      sum.update(bytes);
      await core.processSendBytes(process, bytes);
    }
    await core.processSendEof(process);
    const expected = sum.digest('hex');
    assert.equal(await source.sumGot(), expected);
    assert.equal(process.traffic.bytesSent, 50 * MiB);
    assert.equal(await sumOf(process.byteLog.capture), expected);
  });

  it('of several processes at once keep to themselves', async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const source = await startSource({ bytes: 10 * MiB, content: 'random' });
        return { source, process: await makeClient(core, source.port, { buffer: '*all*', coding: 'binary' }) };
      }),
    );
    await vscode.commands.executeCommand('workbench.view.extension.networkProcesses');
    for (const { process, source } of all) {
      await ended(process);
      await isWhole(process, source, 10 * MiB);
    }
  });

  it('of one line of 5 MB are shown by their end', async () => {
    const bytes = 5_000_000;
    const source = await startSource({ bytes, content: 'line' });
    const { process, uri } = await shown(source);
    await ended(process);
    await isWhole(process, source, bytes);
    const last = String.fromCharCode(0x61 + ((bytes - 1) % 26));
    const end = `${last}\n▸ Process ${process.name} connection broken by remote peer\n`;
    await until('the end to be shown', () => textOf(uri)?.endsWith(end), 30_000);
  });

  it('that come byte by byte are shown whole', async () => {
    const source = await startSource({ bytes: 8_000, content: 'lines', pieceBytes: 1, pauseMs: 0 });
    const { process, uri } = await shown(source);
    await ended(process);
    await isWhole(process, source, 8_000);
    const text = process.buffer!.fullText();
    assert.equal(text.split('\n').length, 100 + 3);
    await until('all of it to be shown', () => textOf(uri) === text.replace('\nProcess ', '\n▸ Process '), 30_000);
  });

  it('that flow evenly are shown meanwhile', async () => {
    const source = await startSource({ bytes: 2 * MiB, content: 'lines', pieceBytes: 20_000, pauseMs: 20 });
    const { process, uri } = await shown(source);
    let updates = 0;
    const changed = vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.uri.toString() === uri.toString() && process.status === 'open') updates += 1;
    });
    await ended(process);
    changed.dispose();
    assert.ok(updates >= 1, 'nothing was shown before the end');
    await isWhole(process, source, 2 * MiB);
    await until('the end to be shown', () => textOf(uri)?.endsWith('connection broken by remote peer\n'), 30_000);
  });

  describe('go on when the capture', () => {
    /** Lets some of the stream come, does that to the disk, and sees the rest come. */
    async function failing(spoil: (capture: Capture) => unknown, why: RegExp): Promise<Capture> {
      const told: string[] = [];
      const changes = core.onDidChangeProcess(({ kind, process }) => {
        if (kind === 'capture') told.push(process.name);
      });
      const source = await startSource({ bytes: 16 * MiB, content: 'lines', pauseMs: 2 });
      const { process, uri } = await shown(source);
      await until('some of it', () => process.byteLog.size >= 2 * MiB);
      await spoil(process.byteLog.capture);
      await ended(process);
      await until('the failure to be told', () => told.length > 0);
      changes.dispose();
      const { capture, size } = process.byteLog;
      assert.deepEqual(told, [process.name]);
      assert.equal(size, 16 * MiB);
      assert.equal(capture.state, 'failed');
      assert.match(capture.error!.message, why);
      assert.ok(capture.size < 16 * MiB);
      await until('the end to be shown', () => textOf(uri)?.endsWith('connection broken by remote peer\n'), 30_000);
      return capture;
    }

    it('finds its folder gone', async () => {
      const remove = async (capture: Capture): Promise<void> => {
        // What is read is on the disk.
        await capture.read(0, 1);
        rmSync(folder, { recursive: true });
      };
      await failing(remove, /^Capturing traffic: No such file/);
    });

    it('has nowhere to write', async () => {
      // Root may write into a folder that is read-only, but not there.
      const isRoot = process.getuid?.() === 0;
      const readOnly = isRoot ? '/sys/netproc' : join(folder, 'locked');
      if (!isRoot) {
        mkdirSync(readOnly);
        chmodSync(readOnly, 0o500);
      }
      core.options.captureFolder = readOnly;
      const capture = await failing(() => undefined, /^Capturing traffic: /);
      assert.equal(capture.size, 0);
    });

    it('finds the disk full', async function () {
      if (process.platform !== 'linux') cannotRun(this, 'needs to limit the size of files of a running program');
      const limit = (bytes: number | 'unlimited'): void => {
        const { status, stderr } = spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
        assert.equal(status, 0, String(stderr));
      };
      try {
        const capture = await failing(() => limit(4 * MiB), /^Capturing traffic: File too large .* after \d+ bytes/);
        assert.ok(capture.size <= 4 * MiB);
        assert.equal((await capture.read(0, capture.size)).length, capture.size);
      } finally {
        limit('unlimited');
      }
    });
  });
});
