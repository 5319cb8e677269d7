import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Options } from '../api';
import type { TrafficCapture } from './trafficCapture';

/** Captures written at one time: each has up to three files open meanwhile. */
const writersAtOnce = 16;

/** Bytes that wait to be written from which on each capture may have little waiting. */
const crowdedFrom = 64 * 1024 * 1024;

/** Another computer's captures, in a folder that both see, are left alone this long. */
const strangersMs = 30 * 24 * 3_600_000;

/**
 * The captures of a registry: a folder of this program's below the user's, removed at the end; how much all may take
 * together; and the removal of what dead programs left.
 */
export class CaptureStore {
  /** Of ended processes, oldest first. */
  private readonly ended = new Set<TrafficCapture>();
  private readonly session = `${host}-${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  /** The folders it made. */
  private readonly made = new Set<string>();
  private taken = 0;
  /** What waits to be written, of all captures. */
  waiting = 0;
  private writers = 0;
  private readonly queue: (() => void)[] = [];
  private last = 0;
  private disposed = false;

  constructor(private readonly options: Pick<Options, 'captureFolder' | 'captureBytes' | 'captureTotalBytes'>) {
    sessions.add(this.session);
  }

  get isOn(): boolean {
    return this.options.captureFolder !== null && this.options.captureBytes > 0;
  }

  /** Bytes of one capture. */
  get limit(): number {
    return this.options.captureBytes;
  }

  /** Bytes of all together. */
  get totalLimit(): number {
    return this.options.captureTotalBytes;
  }

  /** Bytes that all take now. */
  get size(): number {
    return this.taken;
  }

  /** Where the files of one more capture begin: `.bytes`, `.index` and `.peers` are put behind. */
  newPath(): string {
    const folder = join(this.options.captureFolder!, this.session);
    this.made.add(folder);
    return join(folder, String(++this.last));
  }

  /** Takes room, if need be from captures of ended processes. False when even they have too little. */
  take(capture: TrafficCapture, bytes: number): boolean {
    if (this.taken + bytes > this.totalLimit && !this.makeRoom(capture, bytes)) return false;
    this.taken += bytes;
    return true;
  }

  private makeRoom(capture: TrafficCapture, bytes: number): boolean {
    const others = [...this.ended].filter((old) => old !== capture);
    const free = others.reduce((sum, old) => sum + old.room, this.totalLimit - this.taken);
    if (free < bytes) return false;
    for (const old of others) if (this.taken + bytes > this.totalLimit) old.discard();
    return true;
  }

  /** Its process has ended. */
  finished(capture: TrafficCapture): void {
    this.ended.delete(capture);
    this.ended.add(capture);
  }

  /** Another process goes on with it. */
  resumed(capture: TrafficCapture): void {
    this.ended.delete(capture);
  }

  /** So much waits for the disk that no capture may have much waiting. */
  get isCrowded(): boolean {
    return this.waiting > crowdedFrom;
  }

  /** It was removed and gives back its room. */
  forget(capture: TrafficCapture, bytes: number): void {
    this.ended.delete(capture);
    this.taken -= bytes;
  }

  /** Writes, when it is its turn. */
  async writing(write: () => Promise<void>): Promise<void> {
    if (this.writers >= writersAtOnce) await new Promise<void>((resolve) => this.queue.push(resolve));
    this.writers += 1;
    try {
      if (this.disposed) throw new Error('disposed');
      await write();
    } finally {
      this.writers -= 1;
      this.queue.shift()?.();
      // What was being written when all ended may have come after the folder was removed.
      if (this.disposed && this.writers === 0) this.removeFolders();
    }
  }

  /** Removes what programs left there that are no more. What can't be removed stays. */
  async removeOrphans(): Promise<void> {
    const { captureFolder } = this.options;
    if (captureFolder === null) return;
    const names = await readdir(captureFolder).catch(() => []);
    for (const name of names) {
      const path = join(captureFolder, name);
      if (await isOrphan(name, path)) await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /** Removes everything at once. */
  dispose(): void {
    this.disposed = true;
    this.removeFolders();
    sessions.delete(this.session);
  }

  private removeFolders(): void {
    for (const folder of this.made) {
      try {
        rmSync(folder, { recursive: true, force: true });
      } catch {
        // The next start removes it.
      }
    }
  }
}

/** The folders of this program's registries. */
const sessions = new Set<string>();

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Names are HOST-PID-START-RANDOM; anything else is not ours to touch. */
async function isOrphan(name: string, path: string): Promise<boolean> {
  if (sessions.has(name)) return false;
  const parts = /^([0-9a-f]{8})-(\d+)-[0-9a-z]+-[0-9a-z]+$/.exec(name);
  if (!parts) return false;
  if (parts[1] !== host) {
    const info = await stat(path).catch(() => null);
    return info !== null && Date.now() - info.mtimeMs > strangersMs;
  }
  return !isAlive(Number(parts[2]));
}

function isAlive(pid: number): boolean {
  // Its number was another's before: in a container the same ones come again and again.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
