// `npm run bench`: figures, as ratios within one run; each says what it must be. `-- --quick` does one round.
import { installPackages } from './lib/setup.mjs';

installPackages();
const { buildCore, buildExtension } = await import('./build.mjs');
await buildExtension();
await buildCore();
const rounds = process.argv.includes('--quick') ? 1 : 3;
let missed = 0;

function figure(name, value, unit, holds, must) {
  if (!holds) missed += 1;
  console.log(`${holds ? 'ok    ' : 'MISSED'} ${name}: ${value.toFixed(value < 10 ? 2 : 0)}${unit} (${must})`);
}

const { throughput } = await import('../bench/throughput.mjs');
const t = await throughput(Math.max(rounds, 3));
console.log(
  `       256 MiB over TCP: bare socket ${t.bare.toFixed(0)} MiB/s, recording filter ${t.ours.toFixed(0)} MiB/s`,
);
figure('throughput into a recording filter', t.ratio, ' of a bare socket', t.ratio >= 0.8, 'at least 0.8');

const { registry } = await import('../bench/registry.mjs');
for (const [operation, ratio] of Object.entries(await registry(rounds + 2))) {
  figure(`${operation}, 10,000 processes against 10`, ratio, ' times', ratio <= 1.5, 'at most 1.5');
}

process.exitCode = missed ? 1 : 0;
