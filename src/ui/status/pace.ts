import type { Disposable } from '../../core';
import type { Timers } from '../rows/refreshQueue';

const intervalMs = 500;

/** Draws at most twice a second, and goes on by itself while drawing says that it should. */
export class Pace implements Disposable {
  private timer: Disposable | undefined;
  private last = -Infinity;

  /** @param draw Returns whether to draw again although nothing has changed. */
  constructor(
    private readonly timers: Timers,
    private readonly draw: () => boolean,
  ) {}

  /** Something has changed. */
  poke(): void {
    const wait = Math.max(0, this.last + intervalMs - this.timers.now());
    this.timer ??= this.timers.after(wait, () => this.run());
  }

  /** Nothing is drawn until the next `poke`, which is at once. */
  stop(): void {
    this.timer?.dispose();
    this.timer = undefined;
    this.last = -Infinity;
  }

  dispose(): void {
    this.stop();
  }

  private run(): void {
    this.timer = undefined;
    this.last = this.timers.now();
    if (this.draw()) this.poke();
  }
}
