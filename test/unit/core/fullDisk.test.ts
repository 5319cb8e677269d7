import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tools/lib/paths.mjs';

/** More than may wait in memory. */
const mebibytes = 32;

/** Run by a program of its own: receives more than its disk takes, and tells what became of it. */
const script = `
const net = require('node:net');
const { createHash, randomBytes } = require('node:crypto');
const { createNetworkProcesses } = require(${JSON.stringify(join(root, 'dist/core.js'))});
const core = createNetworkProcesses();
core.options.captureFolder = process.argv[1];
const bytes = randomBytes(${mebibytes} * 1024 * 1024);
const hash = (data) => createHash('sha256').update(data).digest('hex');
const changes = [];
core.onDidChangeProcess(({ kind }) => kind === 'capture' && changes.push(kind));
const server = net.createServer((socket) => socket.end(bytes)).listen(0, '127.0.0.1', async () => {
  const got = [];
  const process = await new Promise((resolve) => core.makeNetworkProcess({
    name: 'c', host: '127.0.0.1', service: server.address().port, coding: 'binary',
    filter: (_, chunk) => void got.push(chunk), sentinel: resolve,
  }));
  const { capture } = process.byteLog;
  const kept = await capture.read(0, capture.size);
  console.log(JSON.stringify({
    whole: hash(Buffer.concat(got)) === hash(bytes), changes, state: capture.state, code: capture.error?.code,
    message: capture.error?.message, size: capture.size, same: hash(kept) === hash(bytes.subarray(0, capture.size)),
  }));
  core.dispose();
  server.close();
});
`;

/** A disk of 2 MiB: a file system of its own where that is allowed, else a limit on the size of files. */
const disks = [
  ['unshare', ['-Urm', 'sh', '-c', 'mount -t tmpfs -o size=2m none "$1" && exec "$2" -e "$3" "$1"', 'sh']],
  ['bash', ['-c', 'ulimit -f 2048 && exec "$2" -e "$3" "$1"', 'bash']],
] as const;

describe('a full disk', () => {
  it('ends the capture, which says so and keeps what it has; the stream goes on', function () {
    this.timeout(30_000);
    const folder = mkdtempSync(join(tmpdir(), 'netproc-full-'));
    try {
      const runs = disks.map(([command, args]) => {
        const run = spawnSync(command, [...args, folder, process.execPath, script], {
          encoding: 'utf8',
          timeout: 20_000,
        });
        return { command, ...run };
      });
      const told = runs.filter((run) => run.status === 0 && run.stdout.startsWith('{'));
      assert.ok(told.length > 0, runs.map((run) => `${run.command}: ${run.stderr}`).join('\n'));
      for (const { stdout } of told) {
        const { message, size, ...rest } = JSON.parse(stdout) as Record<string, unknown>;
        assert.deepEqual(rest, {
          whole: true,
          changes: ['capture'],
          state: 'failed',
          code: 'NP_CAPTURE_FAILED',
          same: true,
        });
        assert.match(
          String(message),
          /^Capturing traffic: (No space left on device|File too large) \(c, after \d+ bytes\)$/,
        );
        assert.ok(Number(size) < 2 * 1024 * 1024);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
