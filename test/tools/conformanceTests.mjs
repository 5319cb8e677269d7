// The suite "conformance": all scenarios, their counts in the file that the runner of the suites reads. Scenarios that
// are known to need what is not built yet are printed by name and counted apart: they ran, so they are not skipped.
import { writeFileSync } from 'node:fs';
import { runConformance } from './conformance.mjs';

/** What scenarios need that takes native sockets: those run where they are not switched off. */
const native = process.env.NETPROC_ADDON === 'off' ? ['seqpacket', 'unixdgram', 'options'] : [];

const outcome = await runConformance({ without: native });
const { passed, failed, failures } = outcome;
const skipped = outcome.skipped.filter(({ reason }) => !native.some((need) => reason === `needs ${need}`));
const result = {
  passed,
  failed,
  skipped: skipped.map(({ id, reason }) => ({ name: `conformance ${id}`, reason })),
  failures: failures.map(({ id }) => `conformance ${id}`),
};
writeFileSync(process.env.NETPROC_RESULT, JSON.stringify(result));
process.exitCode = failed ? 1 : 0;
