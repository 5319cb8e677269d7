// Processes this tooling started: run one to its end, find its descendants, end them all by pid.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a process with this pid exists and is not merely waiting to be reaped. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (e) {
    return e.code === 'EPERM';
  }
  return process.platform !== 'linux' || statOf(pid)?.state !== 'Z';
}

/** Runs a program to its end, keeping its output for the error that a non-zero exit throws. Returns stdout. */
export function runToEnd(file, args, options = {}) {
  const { stdout, stderr, status, error } = spawnSync(file, args, {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    ...options,
  });
  if (error) throw new Error(`${file} could not be run: ${error.message}`);
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}:\n${tail(stdout + stderr)}`);
  return stdout;
}

/** Like runToEnd, without blocking; adds an optional time limit in milliseconds. Resolves to {code, output}. */
export function runAsync(file, args, { timeout, onOutput, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const take = (data) => {
      output += data;
      onOutput?.(String(data));
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    let timedOut = false;
    const timer = timeout && setTimeout(() => ((timedOut = true), killTree(child.pid)), timeout);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, signal, timedOut, output });
    });
  });
}

/** The pids below `pid`, children before grandchildren. */
export function descendants(pid) {
  const children = new Map();
  for (const [child, parent] of parents()) {
    children.set(parent, (children.get(parent) ?? []).concat(child));
  }
  const found = [];
  for (const queue = [pid]; queue.length;) {
    const next = children.get(queue.shift()) ?? [];
    found.push(...next);
    queue.push(...next);
  }
  return found;
}

/** Kills `pid`, everything below it, and whatever else is left in the process group it leads. Does not wait. */
export function killTree(pid) {
  const all = [pid, ...descendants(pid)];
  for (const target of [...all, -pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Already gone, or pid leads no group.
    }
  }
  return all;
}

/** Waits until none of the pids is alive; true if so within `ms`. */
export async function waitGone(pids, ms) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(25)) {
    if (!pids.some(isAlive)) return true;
  }
  return !pids.some(isAlive);
}

function parents() {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), statOf(name)?.parent]);
  }
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
}

/** State letter and parent of a Linux process. The name, in parentheses, may hold anything: look behind its end. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function tail(text) {
  return text.trim().split('\n').slice(-30).join('\n');
}
