import type { TextBuffer } from '../../core';

/** What a window reads of a buffer. */
export type Tail = Pick<TextBuffer, 'size' | 'trimmed' | 'tail'>;

/** UTF-16 units in a window that was just cut. */
export const windowUnits = 256 * 1024;
/** It grows to this before it is cut again. */
export const largestWindowUnits = 1.5 * windowUnits;

/**
 * The end of a buffer's text, in a document small enough to be sent whole. While it grows its start stays where it is,
 * so that the editor sees text appended; cutting it replaces the document, which costs memory until it is closed.
 */
export class TailWindow {
  /** The first character shown, counted from the first that ever was in the buffer. */
  private start = 0;

  /** The text to show, how many characters are missing before it, and whether they have just become more. */
  take(buffer: Tail): { text: string; omitted: number; cut: boolean } {
    const wide = buffer.tail(largestWindowUnits);
    const wideStart = buffer.trimmed + wide.omitted;
    if (this.keeps(buffer, wideStart)) {
      return { text: dropCharacters(wide.text, this.start - wideStart), omitted: this.start, cut: false };
    }
    const tail = wide.omitted === 0 ? wide : buffer.tail(windowUnits);
    this.start = buffer.trimmed + tail.omitted;
    return { text: tail.text, omitted: this.start, cut: true };
  }

  /** Whether taking it now would cut off text that was shown. */
  wouldCut(buffer: Tail): boolean {
    return !this.keeps(buffer, buffer.trimmed + buffer.tail(largestWindowUnits).omitted);
  }

  /** No: the start was dropped, or text was deleted and it lies behind the end. */
  private keeps(buffer: Tail, wideStart: number): boolean {
    return this.start >= wideStart && this.start <= buffer.trimmed + buffer.size;
  }
}

function dropCharacters(text: string, count: number): string {
  let unit = 0;
  for (let i = 0; i < count; i++) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  return text.slice(unit);
}
