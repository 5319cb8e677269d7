import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

/** Milliseconds between two looks at the event loop; taken off what was measured. */
const resolutionMs = 5;
const memoryEveryMs = 20;

/** What a run cost the extension host. */
export interface Cost {
  /** Milliseconds that the event loop came late. */
  readonly loop: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Bytes. */
  readonly rss: { readonly start: number; readonly peak: number };
}

/** Milliseconds since 1970 with their fractions, the same in the page on this machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Watches the extension host's event loop and memory. */
export class Meter {
  private readonly delays: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });
  private readonly start = process.memoryUsage.rss();
  private peak = this.start;
  private readonly timer = setInterval(() => this.look(), memoryEveryMs);

  constructor() {
    this.delays.enable();
  }

  stop(): Cost {
    this.delays.disable();
    clearInterval(this.timer);
    this.look();
    const late = (nanoseconds: number): number => Math.max(nanoseconds / 1e6 - resolutionMs, 0);
    const { delays } = this;
    const loop = { p50: late(delays.percentile(50)), p99: late(delays.percentile(99)), max: late(delays.max) };
    return { loop, rss: { start: this.start, peak: this.peak } };
  }

  private look(): void {
    this.peak = Math.max(this.peak, process.memoryUsage.rss());
  }
}
