// Bytes at full speed into a terminal of ours, beside one that an extension fills without any control; and keys in it.
import { setTimeout as sleep } from 'node:timers/promises';

const MiB = 1024 * 1024;
const idleKeys = 30;
const pauseMs = 60;
/** No line of the source has any of them. */
const letters = 'QZXJKVW';

/** One run of so many MiB. Returns bytes per second, from the asking until the last line was drawn. */
export async function terminalFlood(session, kind, mebibytes) {
  const { page, port, call } = session;
  await openTerminal(session, { port, kind });
  try {
    const asked = await call('askTerminal', `flood ${mebibytes * MiB}\n`);
    const drawn = await lastLineDrawn(page);
    return (mebibytes * MiB * 1000) / (drawn - asked);
  } finally {
    await closeTerminal(session);
  }
}

/**
 * Types into a terminal of ours, first in peace, then during a flood. Returns {idle, busy}: milliseconds that 95 of 100
 * keys took at most, from the page's keydown until the terminal had drawn what was typed.
 */
export async function terminalKeys(session) {
  const { page, port, call } = session;
  await openTerminal(session, { port, kind: 'process' });
  try {
    await page.evaluate(watchKeys, letters);
    for (let i = 0; i < idleKeys; i++) await typeKey(page);
    const idle = await takeKeys(page);
    await call('askTerminal', `flood ${100 * MiB}\n`);
    let isOver = false;
    const drawn = lastLineDrawn(page).finally(() => (isOver = true));
    // It may fail while a key is waited for; then that is told, and not that nobody took notice.
    drawn.catch(() => undefined);
    while (!isOver) await typeKey(page);
    await drawn;
    // The last one may have come after the flood.
    const busy = (await takeKeys(page)).slice(0, -1);
    if (busy.length < 20) throw new Error(`only ${busy.length} keys were drawn during the flood`);
    return { idle: p95(idle), busy: p95(busy) };
  } finally {
    await closeTerminal(session);
  }
}

async function openTerminal({ page, call }, asked) {
  await call('openTerminal', asked);
  await page.waitForFunction(() => document.querySelector('.terminal-wrapper.active')?.xterm);
  await page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
}

/** The next one must not be taken for this one. */
async function closeTerminal({ page, call }) {
  await call('closeTerminal');
  await page.waitForFunction(() => !document.querySelector('.terminal-wrapper.active'));
}

/** Waits until the terminal has the last line. Returns when. */
async function lastLineDrawn(page) {
  const drawn = await page.waitForFunction(
    () => {
      const buffer = document.querySelector('.terminal-wrapper.active').xterm.buffer.active;
      for (let y = buffer.length - 1; y >= Math.max(buffer.length - 60, 0); y--) {
        if (buffer.getLine(y)?.translateToString(true).startsWith('last line ')) {
          return performance.timeOrigin + performance.now();
        }
      }
      return false;
    },
    undefined,
    { timeout: 180_000 },
  );
  return drawn.jsonValue();
}

/** In the page: notes when a key goes down and when all that was typed so far was drawn in the terminal. */
function watchKeys(letters) {
  const terminal = document.querySelector('.terminal-wrapper.active').xterm;
  const keys = { typed: '', down: 0, took: [] };
  globalThis.benchKeys = keys;
  const element = document.querySelector('.terminal-wrapper.active');
  element.addEventListener(
    'keydown',
    ({ key }) => {
      if (!letters.includes(key)) return;
      keys.typed += key;
      keys.down = performance.now();
    },
    true,
  );
  terminal.onRender(() => {
    if (!keys.down) return;
    const { active } = terminal.buffer;
    let text = '';
    for (let y = active.length - terminal.rows; y < active.length; y++) {
      text += active.getLine(y)?.translateToString(true) ?? '';
    }
    // A long line is shown by its end.
    if (!text.includes(keys.typed.slice(-20))) return;
    keys.took.push(performance.now() - keys.down);
    keys.down = 0;
  });
}

async function typeKey(page) {
  // By chance: no other part of the line reads the same.
  await page.keyboard.press(letters[Math.floor(Math.random() * letters.length)]);
  await page.waitForFunction(() => globalThis.benchKeys.down === 0, undefined, { timeout: 30_000 });
  await sleep(pauseMs);
}

function takeKeys(page) {
  return page.evaluate(() => globalThis.benchKeys.took.splice(0));
}

function p95(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)];
}
