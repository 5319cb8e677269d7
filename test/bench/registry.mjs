// What one name, look-up, listing and deletion costs with few and with many live processes.
import { createRequire } from 'node:module';
import { root } from '../tools/lib/paths.mjs';
import { median } from './median.mjs';

const { createNetworkProcesses } = createRequire(import.meta.url)(`${root}/dist/core.js`);

const operations = 2_000;

/** Microseconds for one operation of each kind among `live` processes, whose names all ask for the same one. */
async function cost(live) {
  const core = createNetworkProcesses();
  // Connecting processes are live and need no socket: an address that no packet leaves for, and no waiting.
  const make = () =>
    core.makeNetworkProcess({
      name: 'same',
      type: 'datagram',
      host: '127.0.0.1',
      service: 9,
      nowait: true,
      stop: true,
    });
  for (let i = 0; i < live; i++) await make();
  // The same number of names each time: what is measured is the registry, not the processor's cache.
  const names = core
    .processList()
    .slice(0, 10)
    .map((p) => p.name);
  const took = (count, run) => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < count; i++) run(i);
    return Number(process.hrtime.bigint() - start) / 1e3 / count;
  };
  const start = process.hrtime.bigint();
  const made = [];
  for (let i = 0; i < 1_000; i++) made.push(await make());
  const name = Number(process.hrtime.bigint() - start) / 1e3 / 1_000;
  const lookup = took(operations * 10, (i) => core.getProcess(names[i % names.length]));
  const listings = Math.max(20, Math.ceil(20_000 / live));
  const list = took(listings, () => core.processList()) / (live + 1_000);
  const remove = took(made.length, (i) => core.deleteProcess(made[i]));
  core.dispose();
  return { name, lookup, list, delete: remove };
}

/** The cost at 10,000 processes divided by that at 10, for each operation. */
export async function registry(rounds) {
  const ratios = { name: [], lookup: [], list: [], delete: [] };
  await cost(100);
  for (let i = 0; i < rounds; i++) {
    const few = await cost(10);
    const many = await cost(10_000);
    for (const key of Object.keys(ratios)) ratios[key].push(many[key] / few[key]);
  }
  return Object.fromEntries(Object.entries(ratios).map(([key, values]) => [key, median(values)]));
}
