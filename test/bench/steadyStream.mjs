// A stream of even speed into a visible process buffer: how late its lines come into sight.
import { idleFrames, lastLineSeen, startFrames, stopFrames } from './frames.mjs';

const bytes = 10_000_000;
const milliseconds = 10_000;
const quietBytes = 1_600;

/** One run of 1 MB/s for 10 s. Returns {latest, p95, last}: milliseconds from the sending of a line to its sight. */
export async function steady({ page, port, call }) {
  await call('openFlood', { port, bytes, into: 'document' });
  try {
    await call('memory');
    await idleFrames(page);
    await startFrames(page);
    const { received } = await call('runFlood', `steady ${bytes} ${milliseconds}\n`);
    const last = (await lastLineSeen(page)) - received;
    const { stamps } = await stopFrames(page);
    // A new stamp shows all that was sent since the one before it; the oldest of that has waited longest.
    const late = stamps.slice(1).map(({ seen }, i) => seen - stamps[i].stamp);
    late.sort((a, b) => a - b);
    return { latest: late.at(-1), p95: late[Math.floor(late.length * 0.95)], last };
  } finally {
    await call('closeFlood');
  }
}

/** The same time with a line now and then: the milliseconds from the sending of a line to its sight, at most. */
export async function quiet({ page, port, call }) {
  await call('openFlood', { port, bytes: quietBytes, into: 'document' });
  try {
    await call('memory');
    await idleFrames(page);
    await startFrames(page);
    await call('runFlood', `steady ${quietBytes} ${milliseconds}\n`);
    await lastLineSeen(page);
    const { stamps } = await stopFrames(page);
    return Math.max(...stamps.map(({ seen, stamp }) => seen - stamp));
  } finally {
    await call('closeFlood');
  }
}
