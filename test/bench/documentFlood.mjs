// Bytes at full speed into a visible process buffer, beside the same bytes into things that nobody looks at.
import { idleFrames, lastLineSeen, startFrames, stopFrames } from './frames.mjs';

const MiB = 1024 * 1024;

/**
 * One run of so many MiB. Returns what the host's flood tells, {rate (bytes per second), seconds} of the transfer,
 * {idle, frames}, the page's gaps before and during the flood, the bytes of memory {used} after it, and of a document
 * when the page showed the last line, {seen}.
 */
export async function flood({ page, port, call }, into, mebibytes) {
  const bytes = mebibytes * MiB;
  await call('openFlood', { port, bytes, into });
  try {
    // All begin alike: the page at rest, the host without garbage.
    await call('memory');
    const idle = await idleFrames(page);
    await startFrames(page);
    const result = await call('runFlood', `flood ${bytes}\n`);
    const seconds = (result.received - result.first) / 1000;
    const measured = { ...result, seconds, rate: bytes / seconds };
    const seen = into === 'document' ? await lastLineSeen(page) : null;
    const frames = await stopFrames(page);
    const { used } = await call('memory');
    return { ...measured, seen, idle, frames, used };
  } finally {
    await call('closeFlood');
  }
}
