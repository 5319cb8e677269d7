// The suite "host": the extension's tests inside a real extension host, with a small workspace.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { root } from './lib/paths.mjs';
import { runHostTests } from './lib/vscodeHost.mjs';

const workspace = mkdtempSync(`${tmpdir()}/netproc-workspace-`);
writeFileSync(`${workspace}/hello.txt`, 'Hello\n');
try {
  const passed = await runHostTests({ testsPath: `${root}/dist/test/host/hostMain.js`, workspace });
  process.exitCode = passed ? 0 : 1;
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
