/** Time, to be replaced in tests. */
export interface Clock {
  now(): number;
  /** Calls back once; the function returned cancels. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

const leastIntervalMs = 50;
const mostIntervalMs = 1000;
/** An update that nobody reports the end of counts as done then. */
const watchdogMs = 2000;

/**
 * Decides when a document is brought up to date: at once after a quiet time, else at intervals of twice what the last
 * update took, 50 ms to 1 s; never two at a time; not while `mayRefresh` says no.
 */
export class RefreshScheduler {
  private stale = false;
  private running = false;
  private startedAt = -Infinity;
  private intervalMs = leastIntervalMs;
  private cancelTimer: () => void = () => undefined;
  private waiting = false;
  private disposed = false;

  /** @param refresh Begins an update; `done` is to be called when it has come through. */
  constructor(
    private readonly refresh: () => void,
    private readonly mayRefresh: () => boolean,
    private readonly clock: Clock = systemClock,
  ) {}

  /** There is something new to show. */
  changed(): void {
    this.stale = true;
    this.poke();
  }

  /** What `mayRefresh` says may have changed. */
  poke(): void {
    if (this.disposed || !this.stale || this.running || this.waiting || !this.mayRefresh()) return;
    const wait = this.startedAt + this.intervalMs - this.clock.now();
    if (wait > 0) this.wait(wait);
    else this.begin();
  }

  /** The update that was begun has come through. */
  done(): void {
    if (!this.running) return;
    this.running = false;
    this.cancelTimer();
    const took = this.clock.now() - this.startedAt;
    this.intervalMs = Math.min(Math.max(2 * took, leastIntervalMs), mostIntervalMs);
    this.poke();
  }

  dispose(): void {
    this.disposed = true;
    this.cancelTimer();
  }

  private wait(ms: number): void {
    this.waiting = true;
    this.cancelTimer = this.clock.after(ms, () => {
      this.waiting = false;
      this.poke();
    });
  }

  private begin(): void {
    this.stale = false;
    this.running = true;
    this.startedAt = this.clock.now();
    this.cancelTimer = this.clock.after(watchdogMs, () => this.done());
    this.refresh();
  }
}
