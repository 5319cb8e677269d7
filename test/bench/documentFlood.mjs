// Bytes at full speed into a visible process buffer, beside the same bytes into things that nobody looks at.
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLineSeen, startFrames, stopFrames } from './frames.mjs';

const MiB = 1024 * 1024;
const idleMs = 2_000;

/**
 * One run of so many MiB. Returns what the host's flood tells, and {rate (bytes per second), seconds} of the transfer;
 * of a document also {seen, idle, frames}: when the page showed the last line, and its gaps before and during the flood.
 */
export async function flood({ page, port, call }, into, mebibytes) {
  const bytes = mebibytes * MiB;
  await call('openFlood', { port, bytes, into });
  try {
    const idle = into === 'document' ? await idleFrames(page) : undefined;
    await startFrames(page);
    const result = await call('runFlood', `flood ${bytes}\n`);
    const seconds = (result.received - result.first) / 1000;
    const measured = { ...result, seconds, rate: bytes / seconds };
    const seen = into === 'document' ? await lastLineSeen(page) : null;
    const frames = await stopFrames(page);
    if (into !== 'document') return measured;
    const memory = await call('memory');
    return { ...measured, seen, idle, frames, used: memory.used };
  } finally {
    await call('closeFlood');
  }
}

async function idleFrames(page) {
  await startFrames(page);
  await sleep(idleMs);
  return stopFrames(page);
}
