/** How far back it looks. */
const windowMs = 3_000;

/** The rate of a growing total over the last seconds. */
export class RateMeter {
  private samples: { readonly time: number; readonly total: number }[] = [];

  /** @param now Milliseconds; only differences count. */
  constructor(private readonly now: () => number) {}

  /** Takes the total as it is now, and returns by how much it grows a second. */
  rate(total: number): number {
    const time = this.now();
    this.samples.push({ time, total });
    // The newest one that is too old is where the window begins.
    while (this.samples.length > 2 && time - this.samples[1]!.time >= windowMs) this.samples.shift();
    const [first] = this.samples;
    const passed = time - first!.time;
    return passed > 0 ? Math.max(0, ((total - first!.total) * 1000) / passed) : 0;
  }
}
