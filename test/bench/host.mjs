// The figures of `npm run bench -- --host`: streams into a real VS Code, each beside its baseline of the same run.
import { flood } from './documentFlood.mjs';
import { startHostSession } from './hostSession.mjs';
import { median } from './median.mjs';
import { quiet, steady } from './steadyStream.mjs';
import { terminalFlood, terminalKeys } from './terminalFlood.mjs';

/** Measures so many rounds, and gives each figure to `figure(name, value, unit, holds, must)`. */
export async function measureHost(figure, rounds) {
  const atMost = (name, value, unit, limit, beside) =>
    figure(name, value, unit, value <= limit, `at most ${shown(limit)}${beside ? `; ${beside}` : ''}`);
  const session = await startHostSession();
  try {
    const { rss: idle } = await session.call('memory');
    // Its memory grows with the first traffic that it gets, in however small pieces, and it gives none back. So it is
    // warmed by small ones, and the small ones come first.
    await times(8, () => flood(session, 'document', 50));
    const small = await times(rounds, () => flood(session, 'document', 50));
    const runs = { document: [], buffer: [], filter: [], socket: [] };
    for (const pair of [
      ['document', 'buffer'],
      ['filter', 'socket'],
    ]) {
      await times(rounds, async () => {
        for (const into of pair) runs[into].push(await flood(session, into, 200));
      });
    }
    tellIntake(runs, figure);
    tellDocuments(runs, atMost);
    tellMemory(small, runs.document, idle, atMost);
    // The first one warms up.
    await steady(session);
    const idleLine = median(await times(rounds, () => quiet(session)));
    tellSteady(await times(rounds, () => steady(session)), idleLine, atMost);
    tellTerminal(await terminals(session, rounds), figure, atMost);
  } finally {
    await session.close();
  }
}

/** {plain, process: [bytes per second]} of floods, and [{idle, busy}] milliseconds that 95 of 100 keys took at most. */
async function terminals(session, rounds) {
  await terminalFlood(session, 'process', 10);
  const rate = { plain: [], process: [] };
  const keys = [];
  for (let i = 0; i < rounds; i++) {
    for (const kind of ['plain', 'process']) rate[kind].push(await terminalFlood(session, kind, 50));
    keys.push(await terminalKeys(session));
  }
  return { rate, keys };
}

function tellIntake(runs, figure) {
  const rate = Object.fromEntries(Object.entries(runs).map(([into, all]) => [into, by(all, (run) => run.rate / 1e6)]));
  const rates = Object.entries(rate).map(([into, value]) => `${into} ${shown(value)}`);
  console.log(`       200 MiB into each, in MB/s: ${rates.join(', ')}`);
  const intake = median(runs.document.map((run, i) => run.rate / runs.buffer[i].rate));
  figure('intake of a document that is shown', intake, ' of a buffer without a view', intake >= 0.5, 'at least 0.5');
}

function tellDocuments({ document, socket }, atMost) {
  const sinkLoop = by(socket, ({ loop }) => loop.p99);
  const loop = by(document, ({ loop }) => loop.p99);
  atMost('event loop, p99', loop, ' ms', Math.max(40, 2 * sinkLoop), `bare socket ${shown(sinkLoop)}`);

  const idleGap = by(document, ({ idle }) => idle.longest);
  const gap = by(document, ({ frames }) => frames.longest);
  atMost('longest gap of frames', gap, ' ms', Math.max(200, 3 * idleGap), `idle ${shown(idleGap)}`);

  const transfer = by(document, ({ seconds }) => seconds * 1000);
  const late = by(document, ({ seen, received }) => seen - received);
  const limit = Math.max(1500, 0.75 * transfer);
  atMost('last byte in sight after its receipt', late, ' ms', limit, `transfer ${shown(transfer)}`);
}

function tellMemory(small, large, idle, atMost) {
  const growth = ({ rss }) => (rss.peak - idle) / 1e6;
  const use = ({ used }) => used / 1e6;
  for (const [name, value] of Object.entries({ 'growth of memory': growth, 'memory in use after it': use })) {
    const few = by(small, value);
    atMost(`${name}, 200 MiB against 50`, by(large, value) / few, ' times', 1.2, `50 MiB ${shown(few)} MB`);
  }
}

function tellSteady(runs, idle, atMost) {
  const [p95, last] = [by(runs, (run) => run.p95), by(runs, (run) => run.last)];
  const beside = `idle ${shown(idle)}, p95 ${shown(p95)}, the last line ${shown(last)}`;
  const latest = by(runs, (run) => run.latest);
  atMost('1 MB/s, latest line in sight', latest, ' ms', 300, beside);
}

function tellTerminal({ rate, keys }, figure, atMost) {
  const plain = median(rate.plain);
  const share = median(rate.process) / plain;
  const must = `at least 0.7; ${shown(plain / 1e6)} MB/s`;
  figure('flood into a terminal', share, ' of the uncontrolled rate', share >= 0.7, must);
  const idle = by(keys, (run) => run.idle);
  const busy = by(keys, (run) => run.busy);
  atMost('key in a flooded terminal, p95', busy, ' ms', Math.max(100, 2.5 * idle), `idle ${shown(idle)}`);
}

/** The median of a value of each run. */
function by(runs, value) {
  return median(runs.map(value));
}

async function times(count, run) {
  const results = [];
  for (let i = 0; i < count; i++) results.push(await run());
  return results;
}

function shown(value) {
  return value.toFixed(value < 10 && !Number.isInteger(value) ? 2 : 0);
}
