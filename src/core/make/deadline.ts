import type { Ending } from '../transport/connectStream';

/** Something that goes on in phases, each with a time of its own. */
export interface Phased extends Ending {
  /**
   * What is done next has a time of its own.
   *
   * @param ms Null: no limit, since somebody is asked.
   * @param reason What it ends with when the time is over.
   */
  phase(ms: number | null, reason?: () => Error): void;
}

/** Ends what takes too long, and what is given up. */
export class Deadline implements Phased {
  reason: Error | null = null;
  private timer: NodeJS.Timeout | null = null;
  private listener: ((reason: Error) => void) | null = null;

  phase(ms: number | null, reason: () => Error = () => new Error('timed out')): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = ms === null || this.reason ? null : setTimeout(() => this.end(reason()), ms);
  }

  onEnd(listener: (reason: Error) => void): () => void {
    this.listener = listener;
    return () => {
      this.listener = null;
    };
  }

  end(reason: Error): void {
    if (this.reason) return;
    this.reason = reason;
    this.listener?.(reason);
  }

  dispose(): void {
    this.phase(null);
    this.listener = null;
  }
}

/**
 * Performs something that can be given up by a signal, which is aborted when `phased` ends. It is not waited for then: who
 * gave it up hears that, not what came of it.
 */
export async function whileGoing<T>(phased: Phased, perform: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (phased.reason) throw phased.reason;
  const controller = new AbortController();
  return new Promise((resolve, reject) => {
    const off = phased.onEnd((reason) => {
      controller.abort();
      reject(reason);
    });
    perform(controller.signal).finally(off).then(resolve, reject);
  });
}
