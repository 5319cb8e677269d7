// What one name, look-up, listing and deletion costs with few and with many live processes.
import { createRequire } from 'node:module';
import { root } from '../tools/lib/paths.mjs';
import { median } from './median.mjs';

const { createNetworkProcesses } = createRequire(import.meta.url)(`${root}/dist/core.js`);

const operations = 2_000;

/** What operations of each kind take among `live` processes, whose names all ask for the same one. */
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
  const lookup = took(operations * 10, (i) => core.getProcess(names[i % names.length]));
  const list = took(Math.max(20, Math.ceil(20_000 / live)), () => core.processList()) / live;
  // One more and one less, in turns: there are never more than one beyond what is measured.
  let made = 0n;
  let deleted = 0n;
  for (let i = 0; i < operations; i++) {
    const start = process.hrtime.bigint();
    const one = await make();
    const middle = process.hrtime.bigint();
    core.deleteProcess(one);
    deleted += process.hrtime.bigint() - middle;
    made += middle - start;
  }
  core.dispose();
  return { name: Number(made), lookup, list, delete: Number(deleted) };
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
