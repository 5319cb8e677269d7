import type { Disposable } from '../../core';
import type { Row } from './row';
import type { RowChange } from './rowModel';

/** Time, so that tests need not wait for it. */
export interface Timers {
  now(): number;
  /** Returns what stops it. */
  after(milliseconds: number, run: () => void): Disposable;
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return { dispose: () => clearTimeout(timer) };
  },
};

/** What draws. */
export interface RefreshSink {
  /** Draws these rows with their children again, or everything. */
  draw(rows: readonly Row[] | 'all'): void;
  /** Brings what stands outside the tree up to date: badge, menus. Runs also while the tree is hidden. */
  summarize(): void;
}

/** States are drawn at most four times a second, counters once: more would fight with the user's clicks. */
const stateIntervalMs = 250;
const trafficIntervalMs = 1000;

/**
 * Collects changes of rows and draws each changed row once per interval. Nothing is drawn while the view is hidden;
 * when it comes back everything is drawn once.
 */
export class RefreshQueue implements Disposable {
  private readonly state: Throttle<Row | null>;
  private readonly traffic: Throttle<Row>;
  private visible = false;
  private stale = false;

  constructor(
    private readonly sink: RefreshSink,
    timers: Timers,
  ) {
    this.state = new Throttle(stateIntervalMs, timers, (rows) => {
      sink.summarize();
      this.draw(rows);
    });
    this.traffic = new Throttle(trafficIntervalMs, timers, (rows) => this.draw(rows));
  }

  add(change: RowChange): void {
    if (change.kind === 'state') this.state.add(change.row);
    else if (change.kind === 'removed') return;
    else if (!this.visible) this.stale = true;
    else if (change.row) this.traffic.add(change.row);
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    if (!visible || !this.stale) return;
    this.stale = false;
    this.sink.draw('all');
  }

  dispose(): void {
    this.state.dispose();
    this.traffic.dispose();
  }

  private draw(rows: ReadonlySet<Row | null>): void {
    if (!this.visible) this.stale = true;
    else if (rows.has(null)) this.sink.draw('all');
    else this.sink.draw([...rows] as Row[]);
  }
}

/** Hands over what was added, at once after a pause, else at most once per interval. */
class Throttle<T> implements Disposable {
  private pending = new Set<T>();
  private timer: Disposable | undefined;
  private last = -Infinity;

  constructor(
    private readonly intervalMs: number,
    private readonly timers: Timers,
    private readonly flush: (items: ReadonlySet<T>) => void,
  ) {}

  add(item: T): void {
    this.pending.add(item);
    const wait = Math.max(0, this.last + this.intervalMs - this.timers.now());
    this.timer ??= this.timers.after(wait, () => this.run());
  }

  dispose(): void {
    this.timer?.dispose();
    this.pending.clear();
  }

  private run(): void {
    const items = this.pending;
    this.pending = new Set();
    this.timer = undefined;
    this.last = this.timers.now();
    this.flush(items);
  }
}
