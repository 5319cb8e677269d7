// The suite "conformance": all scenarios, their counts in the file that the runner of the suites reads.
import { readFileSync, writeFileSync } from 'node:fs';
import { runConformance } from './conformance.mjs';
import { root } from './lib/paths.mjs';

const { passed, failed, notYet, skipped, failures } = await runConformance();
const result = {
  passed,
  failed,
  skipped: skipped.map(({ id, reason }) => ({ name: `conformance ${id}`, reason })),
  failures: failures.map(({ id }) => `conformance ${id}`),
};
// Known not to pass: said by name, as skipped. One of them that passes has been counted as failed.
const listed = JSON.parse(readFileSync(`${root}/test/conformance/notYet.json`, 'utf8'));
for (const [id, reason] of Object.entries(notYet ? listed : {})) {
  const isToldOtherwise = [...skipped, ...failures].some((other) => other.id === id);
  if (!isToldOtherwise) result.skipped.push({ name: `conformance ${id}`, reason });
}
writeFileSync(process.env.NETPROC_RESULT, JSON.stringify(result));
process.exitCode = failed ? 1 : 0;
