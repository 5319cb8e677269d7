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

/** More often, the window has so much to do that now and then all of it comes late. */
const leastIntervalMs = 80;
const mostIntervalMs = 1000;
/**
 * From the beginning of an update to that of the next, in times of what it took: the window needs some for other things,
 * and who watches does not wait. More when so much comes that nothing is left of what was shown, as nobody reads along
 * then: twice in a row, for one stall does that also to a stream that can be read.
 */
const intervalFactor = 1.25;
const floodFactor = 4;
/** An update that nobody reports the end of counts as done then. */
const watchdogMs = 2000;
/** So long after the last update there is time for one more. */
const restMs = 1000;

/**
 * Decides when a document is brought up to date: at once after a quiet time, else at intervals of 1.25 times what the
 * last update took, in a flood 4 times, and of 80 ms to 1 s; never two at a time; not while `mayRefresh` says no. Once
 * more when nothing has come for a second.
 */
export class RefreshScheduler {
  private stale = false;
  private running = false;
  private wasFlood = false;
  private startedAt = -Infinity;
  private intervalMs = leastIntervalMs;
  private cancelTimer: () => void = () => undefined;
  private cancelRest: () => void = () => undefined;
  private waiting = false;
  private restDue = false;
  private disposed = false;

  /** @param refresh Begins an update, the one at rest with true; `done` is to be called when it has come through. */
  constructor(
    private readonly refresh: (atRest: boolean) => void,
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
    if (this.disposed || this.running || this.waiting) return;
    if (!(this.stale || this.restDue) || !this.mayRefresh()) return;
    const wait = this.startedAt + this.intervalMs - this.clock.now();
    if (wait > 0) this.wait(wait);
    else this.begin(!this.stale);
  }

  /**
   * The update that was begun has come through.
   *
   * @param isFlood Nothing is left of what was shown before.
   */
  done(isFlood = false): void {
    if (!this.running) return;
    this.running = false;
    this.cancelTimer();
    const took = this.clock.now() - this.startedAt;
    this.intervalMs = Math.min(
      Math.max((isFlood && this.wasFlood ? floodFactor : intervalFactor) * took, leastIntervalMs),
      mostIntervalMs,
    );
    this.wasFlood = isFlood;
    this.poke();
  }

  dispose(): void {
    this.disposed = true;
    this.cancelTimer();
    this.cancelRest();
  }

  private wait(ms: number): void {
    this.waiting = true;
    this.cancelTimer = this.clock.after(ms, () => {
      this.waiting = false;
      this.poke();
    });
  }

  private begin(atRest: boolean): void {
    this.stale = false;
    this.restDue = false;
    this.running = true;
    this.startedAt = this.clock.now();
    this.cancelTimer = this.clock.after(watchdogMs, () => this.done());
    this.cancelRest();
    if (!atRest) this.cancelRest = this.clock.after(restMs, () => this.rest());
    this.refresh(atRest);
  }

  private rest(): void {
    this.restDue = true;
    this.poke();
  }
}
