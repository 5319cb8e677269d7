// Runs in an extension host: how long the extension takes to become active, and what it has read by then.
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';

const id = 'network-processes.network-processes';

export async function run(): Promise<void> {
  // Tells the launcher where the workbench's own lines on this console end.
  console.log('-- tests begin --');
  const extension = vscode.extensions.getExtension(id);
  if (!extension) throw new Error(`no extension ${id}`);
  if (extension.isActive) throw new Error('it was active before anybody asked for it');
  await quiet();
  const start = performance.now();
  await extension.activate();
  const milliseconds = performance.now() - start;
  const apart = /[\\/](charsetTables|openParts|streamParts|terminalParts)\.js$/;
  const readTables = Object.keys(require.cache).some((file) => apart.test(file));
  writeFileSync(process.env.NETPROC_BENCH_RESULT!, JSON.stringify({ milliseconds, readTables }));
}

/** Waits until the host has started everything else: a second without a delay of its event loop, or half a minute. */
async function quiet(): Promise<void> {
  const limit = performance.now() + 30_000;
  for (let calm = performance.now(); performance.now() - calm < 1_000 && performance.now() < limit;) {
    const before = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (performance.now() - before > 25) calm = performance.now();
  }
}
