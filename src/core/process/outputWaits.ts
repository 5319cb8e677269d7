import type { Process } from './process';

interface Wait {
  /** Whose output ends it; null for anybody's. */
  readonly process: Process | null;
  readonly end: (hadOutput: boolean) => void;
}

/**
 * Those who wait for output. Emacs blocks in such a wait and reads meanwhile; here everything goes on by itself, and the
 * wait only tells when.
 *
 * @see Emacs Lisp manual, "Accepting Output"
 */
export class OutputWaits {
  private readonly waits = new Set<Wait>();

  /** A process has given output to its filter. */
  delivered(process: Process): void {
    this.end(true, (wait) => wait.process === process || wait.process === null);
  }

  /** A process will give no more. */
  ended(process: Process): void {
    this.end(false, (wait) => wait.process === process);
  }

  /**
   * Resolves to true with the next output, to false when the process ends or the time is over.
   *
   * @param process Whose output; null for anybody's.
   * @param timeoutMs 0 and less: what can be read at once; null: no limit.
   */
  wait(process: Process | null, timeoutMs: number | null): Promise<boolean> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | null = null;
      const wait: Wait = {
        process,
        end: (hadOutput) => {
          this.waits.delete(wait);
          if (timer) clearTimeout(timer);
          resolve(hadOutput);
        },
      };
      this.waits.add(wait);
      if (timeoutMs === null) return;
      if (timeoutMs > 0) timer = setTimeout(() => wait.end(false), Math.min(timeoutMs, longestTimer));
      else afterPolling(() => wait.end(false));
    });
  }

  /** Ends every wait. */
  dispose(): void {
    this.end(false, () => true);
  }

  private end(hadOutput: boolean, isMeant: (wait: Wait) => boolean): void {
    for (const wait of [...this.waits]) if (isMeant(wait)) wait.end(hadOutput);
  }
}

/** Node's timers take no more: about 25 days. */
const longestTimer = 2 ** 31 - 1;

/** Once the event loop has asked the system for input, from wherever in the loop this is called. */
function afterPolling(done: () => void): void {
  setImmediate(() => setImmediate(done));
}
