// How fast a recording filter gets text, beside a bare Node socket that decodes and records the same.
import { fork } from 'node:child_process';
import net from 'node:net';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { StringDecoder } from 'node:string_decoder';
import { root } from '../tools/lib/paths.mjs';
import { compiledFile, here } from '../tools/native.mjs';
import { median } from './median.mjs';

const { createNetworkProcesses } = createRequire(import.meta.url)(`${root}/dist/core.js`);
const mebibytes = 256;

async function bare(port) {
  const recorded = [];
  const decoder = new StringDecoder('utf8');
  const socket = net.connect(port, '127.0.0.1');
  socket.on('data', (bytes) => recorded.push(decoder.write(bytes)));
  await once(socket, 'close');
  return recorded;
}

async function ours(port) {
  const recorded = [];
  const core = createNetworkProcesses();
  await new Promise((resolve) =>
    core.makeNetworkProcess({
      name: 'bench',
      host: '127.0.0.1',
      service: port,
      coding: 'utf-8-unix',
      filter: (_, text) => void recorded.push(text),
      sentinel: resolve,
    }),
  );
  core.dispose();
  return recorded;
}

async function seconds(run, port) {
  const start = process.hrtime.bigint();
  const recorded = await run(port);
  const took = Number(process.hrtime.bigint() - start) / 1e9;
  const bytes = recorded.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (Math.abs(bytes - mebibytes * 1024 * 1024) > 2) throw new Error(`recorded ${bytes} bytes of ${mebibytes} MiB`);
  return took;
}

/** Discards what a socket has; the seconds that took. */
async function sink(socket) {
  const start = process.hrtime.bigint();
  let bytes = 0;
  socket.on('data', (chunk) => (bytes += chunk.length));
  await once(socket, 'close');
  if (bytes !== mebibytes * 1024 * 1024) throw new Error(`${bytes} bytes of ${mebibytes} MiB`);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const plain = (port) => sink(net.connect(port, '127.0.0.1'));

/** A native socket that connects and is then given to Node, as options before connecting need it. */
async function adopted(port) {
  const addon = createRequire(import.meta.url)(compiledFile(here));
  const { AF_INET, SOCK_STREAM } = addon.constants;
  const socket = addon.socket(AF_INET, SOCK_STREAM, 0);
  socket.connect(addon.address4(Uint8Array.of(127, 0, 0, 1), port));
  await new Promise((resolve) => socket.watch(2, resolve));
  return sink(new net.Socket({ fd: socket.release() }));
}

/** How fast a native socket is that Node was given, of one that Node made. */
export const adoptedThroughput = async (rounds) => (await compared(rounds, plain, adopted)).ratio;

/** Pairs of runs, one after the other in changing order; the median of their ratios. */
export const throughput = (rounds) =>
  compared(
    rounds,
    (port) => seconds(bare, port),
    (port) => seconds(ours, port),
  );

async function compared(rounds, bare, ours) {
  const source = fork(new URL('source.mjs', import.meta.url), [String(mebibytes)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const port = Number(String((await once(source.stdout, 'data'))[0]));
  const ratios = [];
  const rates = { ours: [], bare: [] };
  try {
    await bare(port);
    await ours(port);
    for (let i = 0; i < rounds; i++) {
      const first = i % 2 === 0 ? bare : ours;
      const a = await first(port);
      const b = await (first === bare ? ours : bare)(port);
      const [bareTime, oursTime] = first === bare ? [a, b] : [b, a];
      ratios.push(bareTime / oursTime);
      rates.ours.push(mebibytes / oursTime);
      rates.bare.push(mebibytes / bareTime);
    }
  } finally {
    source.kill();
  }
  return { ratio: median(ratios), ours: median(rates.ours), bare: median(rates.bare) };
}
