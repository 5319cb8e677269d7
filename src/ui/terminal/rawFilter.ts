import type { OutputFilter } from './screen';
import { TextStyle } from './textStyle';

/** A sequence that has begun; longer ones are not waited for. */
const unfinished = /\x1b(?:[\x20-\x2f]{0,8}|\[[\x20-\x3f]{0,256}|[P\]X^_][^\x07\x1b]{0,4096}\x1b?)$/;
/** At least the longest of them. */
const reach = 4200;

/**
 * Ends what a peer may have switched on: modes, margins and character sets (DECSTR), mouse and focus reports, the other
 * screen, colours of its own. The cursor then stands below everything.
 */
const modesOff = [
  '\x18\x1b[!p\x1b[=0u\x1b[?25h',
  ...[9, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1016, 1047, 2004, 2026].map((mode) => `\x1b[?${mode}l`),
  ...[104, 110, 111, 112].map((colors) => `\x1b]${colors}\x07`),
  '\x1b[m\x1b[9999H\r\n',
].join('');

/** Lets everything through. An unfinished sequence waits for its end, so that nothing of ours gets into it. */
export class RawFilter implements OutputFilter {
  readonly style = new TextStyle();
  readonly hasWithheld = false;
  readonly isSafe = false;
  private held = '';

  write(text: string): string {
    const all = this.held + text;
    const begins = Math.max(0, all.length - reach);
    const start = all.slice(begins).search(unfinished);
    this.held = start < 0 ? '' : all.slice(begins + start);
    return start < 0 ? all : all.slice(0, begins + start);
  }

  reset(): string {
    this.held = '';
    return modesOff;
  }
}
