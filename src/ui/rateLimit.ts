/** Lets one event of a kind through per interval and counts the others. */
export class RateLimit {
  private readonly kinds = new Map<string, { next: number; held: number }>();

  /** @param now Milliseconds; only differences count. */
  constructor(
    private readonly intervalMs: number,
    private readonly now: () => number,
  ) {}

  /** How many of this kind were held back since the last one let through; null to hold this one back as well. */
  take(kind: string): number | null {
    const time = this.now();
    const entry = this.kinds.get(kind);
    if (entry && time < entry.next) {
      entry.held++;
      return null;
    }
    this.kinds.set(kind, { next: time + this.intervalMs, held: 0 });
    return entry?.held ?? 0;
  }
}
