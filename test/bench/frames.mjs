// What the page does: its frames, and when lines come into sight.
import { setTimeout as sleep } from 'node:timers/promises';

const idleMs = 2_000;

/** Begins to note each frame's time, and each new newest time stamp or last line in the active editor. */
export function startFrames(page) {
  return page.evaluate(() => {
    const now = () => performance.timeOrigin + performance.now();
    const frames = { times: [now()], stamps: [], last: null, stopped: false };
    globalThis.benchFrames = frames;
    const look = () => {
      const text = document.querySelector('.editor-group-container.active .view-lines')?.textContent ?? '';
      if (frames.last === null && /last.line.\./.test(text)) frames.last = now();
      const stamp = (text.match(/(?<=.at.)\d{13}/g) ?? []).reduce((a, b) => Math.max(a, Number(b)), 0);
      if (stamp && stamp !== frames.stamps.at(-1)?.stamp) frames.stamps.push({ stamp, seen: now() });
    };
    const frame = () => {
      frames.times.push(now());
      // When this frame is drawn.
      setTimeout(look);
      if (!frames.stopped) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** Waits until the last line is in sight. */
export async function lastLineSeen(page, timeout = 60_000) {
  const handle = await page.waitForFunction(() => globalThis.benchFrames.last, undefined, { timeout });
  return handle.jsonValue();
}

/** Ends it. Returns {longest, p95} of the gaps between frames in milliseconds, and [{stamp, seen}]. */
export async function stopFrames(page) {
  const { times, stamps } = await page.evaluate(() => {
    globalThis.benchFrames.stopped = true;
    return globalThis.benchFrames;
  });
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  gaps.sort((a, b) => a - b);
  return { longest: gaps.at(-1) ?? 0, p95: gaps[Math.floor(gaps.length * 0.95)] ?? 0, stamps };
}

/** The same of a page to which nothing comes; it has come to rest then. */
export async function idleFrames(page) {
  await startFrames(page);
  await sleep(idleMs);
  return stopFrames(page);
}
