/** Most notes remembered: they are for views, which show the end of a buffer. */
const most = 1_000;

/**
 * The parts of a buffer's text that this program wrote itself, as offsets in characters from the first that ever was in
 * the buffer: text trimmed from the start does not move them. Ascending, and apart.
 */
export class Notes {
  private ranges: { start: number; end: number }[] = [];

  add(start: number, end: number): void {
    // Nearly always the last one; but a process may write above another's.
    const before = this.ranges.findLastIndex((range) => range.start < start) + 1;
    this.ranges.splice(before, 0, { start, end });
    if (this.ranges.length > most) this.ranges.shift();
  }

  /** The ones that begin at or after an offset. */
  from(offset: number): readonly { readonly start: number; readonly end: number }[] {
    return this.ranges.filter((range) => range.start >= offset);
  }

  inserted(at: number, count: number): void {
    // Nearly always text goes behind them all.
    if (at >= (this.ranges.at(-1)?.end ?? 0)) return;
    for (const range of this.ranges) {
      if (range.start >= at) range.start += count;
      if (range.end > at) range.end += count;
    }
  }

  deleted(start: number, end: number): void {
    const moved = (at: number): number => (at >= end ? at - (end - start) : Math.min(at, start));
    this.ranges = this.ranges
      .map((range) => ({ start: moved(range.start), end: moved(range.end) }))
      .filter((range) => range.end > range.start);
  }

  clear(): void {
    this.ranges = [];
  }
}
