// What activation costs: the bytes it reads, and its time in a real extension host, each run a fresh one.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { root } from '../tools/lib/paths.mjs';
import { runHostTests } from '../tools/lib/vscodeHost.mjs';
import { median } from './median.mjs';

/** {milliseconds, readTables}: the median of some hosts, and whether any of them read what is for later. */
export async function activation(rounds) {
  const folder = mkdtempSync(`${tmpdir()}/netproc-bench-`);
  const results = [];
  try {
    for (let i = 0; i < rounds; i++) {
      const file = `${folder}/${i}.json`;
      const passed = await runHostTests({
        testsPath: `${root}/dist/test/bench/benchMain.js`,
        workspace: folder,
        env: { NETPROC_BENCH_RESULT: file },
      });
      if (!passed) throw new Error('the extension host failed');
      results.push(JSON.parse(readFileSync(file, 'utf8')));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    milliseconds: median(results.map((r) => r.milliseconds)),
    readTables: results.some((r) => r.readTables),
  };
}

/** Kilobytes of a file. */
export function kilobytes(file) {
  return statSync(file).size / 1000;
}
