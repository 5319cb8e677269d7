import type { TextBuffer } from '../../core';

/** What a window reads of a buffer. */
export type Tail = Pick<TextBuffer, 'size' | 'trimmed' | 'tail'>;

/** The part of a buffer that a document shows. */
export interface Shown {
  readonly text: string;
  /** Its first character, counted from the first that ever was in the buffer. */
  readonly start: number;
  /** Characters in it. */
  readonly characters: number;
}

/** UTF-16 units: how large a window may grow, and what is left of it then. */
interface Limits {
  readonly most: number;
  readonly cut: number;
}

const Ki = 1024;
export const busyLimits: Limits = { most: 384 * Ki, cut: 256 * Ki };
export const restLimits: Limits = { most: 1024 * Ki, cut: 768 * Ki };
/** Characters a second from which on a buffer is busy, when they come for longer than a moment. */
export const busyRate = 256 * Ki;

/**
 * The end of a buffer's text, in a document small enough to be sent whole. Its start stays where it is, so that the
 * editor sees text appended, until it is too large: then it is cut. It is smaller while much comes, so that what comes is
 * soon shown.
 */
export class TailWindow {
  private start = -1;
  private units = 0;
  /** End of the buffer when it was looked at last, as a count of characters. */
  private end = 0;
  private lookedAt = -Infinity;
  /** Characters that came beyond what `busyRate` allows for. */
  private excess = 0;

  /**
   * The text to show.
   *
   * @param now Milliseconds.
   * @param atRest Nothing has come for a while.
   */
  take(buffer: Tail, now: number, atRest: boolean): Shown {
    const isFirst = this.start < 0;
    const limits = this.isBusy(buffer, now, atRest) ? busyLimits : restLimits;
    const shown = isFirst || (atRest && this.canWiden) ? read(buffer, limits.most) : this.next(buffer, limits);
    this.start = shown.start;
    this.units = shown.text.length;
    return shown;
  }

  /** From the same start if it may be, else what is left after a cut. */
  private next(buffer: Tail, { most, cut }: Limits): Shown {
    // A character has at least one unit.
    if (Math.min(buffer.trimmed + buffer.size - this.start, buffer.size) > most) return read(buffer, cut);
    const widest = read(buffer, most);
    if (this.keeps(buffer, widest)) return drop(widest, this.start - widest.start);
    return widest.start > buffer.trimmed ? read(buffer, cut) : widest;
  }

  /** Whether there is more to show once there is time for it: a window that may have been busy is made large at rest. */
  get canWiden(): boolean {
    return this.start > 0 && this.units <= busyLimits.most;
  }

  /** No: the start was dropped or is too far away, or text was deleted and it lies behind the end. */
  private keeps(buffer: Tail, widest: Shown): boolean {
    return this.start >= widest.start && this.start <= buffer.trimmed + buffer.size;
  }

  private isBusy(buffer: Tail, now: number, atRest: boolean): boolean {
    const end = buffer.trimmed + buffer.size;
    const isFirst = this.lookedAt === -Infinity;
    const allowed = isFirst ? Infinity : ((now - this.lookedAt) * busyRate) / 1000;
    const came = Math.max(end - this.end, 0);
    this.excess = atRest ? 0 : Math.min(Math.max(this.excess + came - allowed, 0), 2 * busyRate);
    this.end = end;
    this.lookedAt = now;
    return this.excess > busyRate;
  }
}

function read(buffer: Tail, units: number): Shown {
  const { text, omitted } = buffer.tail(units);
  return { text, start: buffer.trimmed + omitted, characters: buffer.size - omitted };
}

function drop({ text, start, characters }: Shown, count: number): Shown {
  const [units = 0] = unitsAt(text, characters, [count]);
  return { text: text.slice(units), start: start + count, characters: characters - count };
}

/**
 * Where in a text characters begin.
 *
 * @param characters How many the text has.
 * @param places Counted in characters, ascending.
 * @returns The same counted in UTF-16 units.
 */
export function unitsAt(text: string, characters: number, places: readonly number[]): number[] {
  if (characters === text.length) return [...places];
  let unit = 0;
  let at = 0;
  return places.map((place) => {
    for (; at < place; at++) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
    return unit;
  });
}
