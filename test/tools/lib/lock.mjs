import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './processes.mjs';

/**
 * Runs `work` while holding the lock folder `path`; a second run waits for the first. A lock whose owner is gone (a
 * run that was killed) is taken over.
 */
export async function withLock(path, work) {
  await take(path);
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

async function take(path) {
  for (let told = false; ; await sleep(300)) {
    try {
      mkdirSync(path);
      writeFileSync(`${path}/pid`, String(process.pid));
      return;
    } catch (e) {
      if (e.code !== 'EEXIST') throw e;
    }
    if (ownerIsGone(path)) rmSync(path, { recursive: true, force: true });
    else if (!told) {
      told = true;
      console.log('Waiting for another run to finish the same set-up…');
    }
  }
}

function ownerIsGone(path) {
  let pid;
  try {
    pid = Number(readFileSync(`${path}/pid`, 'utf8'));
  } catch {
    return false; // Made this very moment, or given back: look again.
  }
  return pid > 0 && !isAlive(pid);
}
