// `npm run bench`: figures, as ratios within one run; each says what it must be. `-- --quick` does one round, `-- --host`
// the ones of streams that a real VS Code shows.
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { root } from './lib/paths.mjs';
import { installPackages } from './lib/setup.mjs';

installPackages();
const { buildCore, buildExtension, buildTests, bundleCodings } = await import('./build.mjs');
const isHost = process.argv.includes('--host');
const rounds = process.argv.includes('--quick') ? 1 : 3;
let missed = 0;

function figure(name, value, unit, holds, must) {
  if (!holds) missed += 1;
  console.log(`${holds ? 'ok    ' : 'MISSED'} ${name}: ${value.toFixed(value < 10 ? 2 : 0)}${unit} (${must})`);
}

await (isHost ? hostBench() : extensionBench());
process.exitCode = missed ? 1 : 0;

async function hostBench() {
  await buildExtension();
  await buildTests();
  const { measureHost } = await import('../bench/host.mjs');
  await measureHost(figure, rounds);
}

async function extensionBench() {
  const { packageExtension } = await import('./package.mjs');
  const vsix = await packageExtension(`${tmpdir()}/netproc-bench-${process.pid}.vsix`);
  await buildCore();
  await bundleCodings();
  await buildTests();
  const { throughput } = await import('../bench/throughput.mjs');
  const t = await throughput(Math.max(rounds, 3));
  console.log(
    `       256 MiB over TCP: bare socket ${t.bare.toFixed(0)} MiB/s, recording filter ${t.ours.toFixed(0)} MiB/s`,
  );
  figure('throughput into a recording filter', t.ratio, ' of a bare socket', t.ratio >= 0.8, 'at least 0.8');

  const { connects } = await import('../bench/connects.mjs');
  for (const [what, { ratio, bare, ours }] of Object.entries(await connects(rounds + 2))) {
    console.log(`       ${what}: bare sockets ${bare.toFixed(0)} a second, processes ${ours.toFixed(0)}`);
    // One after another is what a program does that connects and deletes; many at once is told, not judged: what counts
    // there is how much garbage two processes on two cores leave to collect.
    if (what.endsWith('at once')) console.log(`       ${what}: ${ratio.toFixed(2)} of bare sockets`);
    else figure(what, ratio, ' of bare sockets', ratio >= 0.8, 'at least 0.8');
  }

  const { adoptedThroughput } = await import('../bench/throughput.mjs');
  const adopted = await adoptedThroughput(rounds + 4);
  figure('TCP through an adopted descriptor', adopted, ' of an ordinary socket', adopted >= 0.95, 'at least 0.95');

  const { tlsSpeeds } = await import('../bench/tls.mjs');
  const { throughput: sink, inPieces, handshakes } = await tlsSpeeds(rounds + 6);
  console.log(`       256 MiB over TLS: bare ${sink.bare.toFixed(0)} MiB/s, ours ${sink.ours.toFixed(0)} MiB/s`);
  figure('TLS into a filter', sink.ratio, ' of bare TLS', sink.ratio >= 0.9, 'at least 0.9');
  console.log(`       TLS into a filter in pieces of 4 KiB: ${inPieces.ratio.toFixed(2)} of bare TLS`);
  figure('TLS handshakes', handshakes.ratio, ' of bare TLS', handshakes.ratio >= 0.8, 'at least 0.8');

  const { cancels } = await import('../bench/cancels.mjs');
  for (const [phase, longest] of Object.entries(await cancels(10))) {
    figure(`cancelled, silent in ${phase}`, longest, ' ms', longest <= 100, 'at most 100 ms');
  }

  const { packets } = await import('../bench/native.mjs');
  for (const [name, ratio] of Object.entries(await packets(rounds + 2))) {
    figure(`native sockets, ${name}`, ratio, ' of C', ratio >= 0.5, 'at least 0.5');
  }

  const { registry } = await import('../bench/registry.mjs');
  for (const [operation, ratio] of Object.entries(await registry(rounds + 2))) {
    figure(`${operation}, 10,000 processes against 10`, ratio, ' times', ratio <= 1.5, 'at most 1.5');
  }

  const { codings } = await import('../bench/codings.mjs');
  for (const [name, ratio] of Object.entries(codings(rounds + 2))) {
    figure(name, ratio, ' of iconv-lite', ratio >= 0.8, 'at least 0.8');
  }

  const { activation, kilobytes } = await import('../bench/activation.mjs');
  const read = kilobytes(`${root}/dist/extension.js`);
  figure('what activation loads', read, ' KB', read < 250, 'under 250 KB');
  const packed = kilobytes(vsix);
  rmSync(vsix);
  figure('the package', packed, ' KB', packed < 1500, 'under 1,500 KB');
  const { milliseconds, readTables } = await activation(rounds);
  figure('activation in a real extension host', milliseconds, ' ms', milliseconds < 100, 'under 100 ms');
  figure('files for later read by activation', Number(readTables), '', !readTables, 'none');
}
