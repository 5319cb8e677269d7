import type { SpawnOptions, SpawnSyncOptions } from 'node:child_process';

/** Whether a process with this pid exists and is not merely waiting to be reaped. */
export declare function isAlive(pid: number): boolean;

/** Runs a program to its end; throws unless it ends with 0. Returns stdout. */
export declare function runToEnd(file: string, args: readonly string[], options?: SpawnSyncOptions): string;

export interface RunOptions extends SpawnOptions {
  /** Milliseconds after which it is killed with all it started. */
  timeout?: number;
  onOutput?: (text: string) => void;
}

/** Runs a program to its end without blocking. */
export declare function runAsync(
  file: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<{ code: number; signal: NodeJS.Signals | null; timedOut: boolean; output: string }>;

/** The pids below `pid`, children before grandchildren. */
export declare function descendants(pid: number): number[];

/** Kills `pid`, everything below it, and the process group it leads. Does not wait. Returns the pids. */
export declare function killTree(pid: number): number[];

/** Waits until none of the pids is alive; true if so within `ms`. */
export declare function waitGone(pids: readonly number[], ms: number): Promise<boolean>;
