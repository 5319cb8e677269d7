import { ownMark } from '../ownMark';
import { Column, textWidth } from './columns';
import { inputPart, showTyped } from './inputLine';
import type { LineEditor } from './lineEditor';
import type { TextStyle } from './textStyle';

const plainStyle = '\x1b[m';
/** Grey: VS Code gives it the contrast to be read, which faint text lacks in light themes. */
const dimStyle = '\x1b[0;90m';
/** Where less of the row than that is free, the line being typed has a row of its own. */
const leastColumns = 24;

/** What a peer's text goes through. */
export interface OutputFilter {
  readonly style: TextStyle;
  /** Whether anything was ever withheld. */
  readonly hasWithheld: boolean;
  /** Whether what comes out stays within its row and in whole sequences, so that the cursor can be followed. */
  readonly isSafe: boolean;
  write(text: string): string;
  /** Forgets what is unfinished. Returns what to write to end whatever outlives the output. */
  reset(): string;
}

/**
 * What to write to a terminal so that the peer's output, lines of our own and the line being typed never mix: the
 * latter stands behind the output, in one row, is taken away for output and drawn again. Every method returns what is
 * to be written for it.
 */
export class Screen {
  private readonly column: Column;
  /** Columns of each character echoed in this row, as far as nothing stands behind it. */
  private echoed: number[] = [];
  private drawn: { readonly start: number; readonly isBelow: boolean } | null = null;

  /**
   * @param line What is being typed; empty when it is not to be seen.
   * @param notice Said once, when something has been withheld for the first time.
   */
  constructor(
    columns: number,
    private filter: OutputFilter,
    private readonly line: LineEditor,
    private notice: string | null,
  ) {
    this.column = new Column(columns);
  }

  /** Whether output stands in the cursor's row. */
  get isMidRow(): boolean {
    return this.column.at > 0;
  }

  /** Takes the line being typed away. Between this and `draw`, output may be written. */
  erase(): string {
    const { drawn, column } = this;
    // Behind the piece before, the terminal was asked whether it is drawn.
    column.interrupt();
    if (!drawn) return '';
    this.drawn = null;
    let moves = `\x1b[${drawn.start + 1}G\x1b[K`;
    if (drawn.isBelow) {
      // Behind a full row, output goes on in the next one anyway.
      if (column.at < column.width) moves += `\x1b[A\x1b[${column.at + 1}G`;
      else column.at = 0;
    }
    return moves + this.filter.style.sequence;
  }

  /** Draws the line being typed behind the output. */
  draw(): string {
    if (this.line.text === '') return '';
    const { at, width } = this.column;
    const isBelow = at > 0 && width - at < Math.min(leastColumns, width);
    const start = isBelow ? 0 : at;
    this.drawn = { start, isBelow };
    // The last column stays free: behind it, the cursor would not be where it seems to be.
    const { shown, cursor } = inputPart(this.line, Math.max(2, width - start - 1));
    return `${plainStyle}${isBelow ? '\r\n' : ''}${shown}\x1b[K\x1b[${start + cursor + 1}G`;
  }

  redraw(): string {
    return this.erase() + this.draw();
  }

  /** Output of the peer; between `erase` and `draw`. */
  output(text: string): string {
    const style = this.filter.style.sequence;
    const shown = this.filter.write(text);
    if (shown !== '') this.echoed = [];
    let before = '';
    if (this.notice !== null && this.filter.hasWithheld && !this.isMidRow) {
      before = this.rowOfOurs(this.notice) + style;
      this.notice = null;
    }
    if (this.filter.isSafe) this.column.write(shown);
    return before + shown;
  }

  /** Another filter from now on; what the peer may have left switched on under the one before is ended. */
  setFilter(filter: OutputFilter): string {
    const calmed = this.erase() + this.calm();
    this.filter = filter;
    return calmed + this.draw();
  }

  /** Ends whatever outlives the peer's output: what comes next does not follow what came before. */
  calm(): string {
    if (!this.filter.isSafe) this.column.at = 0;
    this.echoed = [];
    return this.filter.reset();
  }

  /** A line of our own in a row of its own; between `erase` and `draw`. */
  ownLine(line: string): string {
    return this.rowOfOurs(line) + this.filter.style.sequence;
  }

  private rowOfOurs(line: string): string {
    // CAN: a raw peer may be in the middle of something.
    const start = !this.filter.isSafe ? '\x18\r\n' : this.isMidRow ? '\r\n' : '';
    this.column.at = 0;
    this.echoed = [];
    return `${start}${dimStyle}${ownMark} ${line}${plainStyle}\r\n`;
  }

  /** What was typed becomes a part of the terminal's text, in the default style. */
  echo(text: string, end: '' | '\r\n'): string {
    const shown = showTyped(text) + end;
    const erased = this.erase();
    this.column.write(shown);
    this.echoed = end === '' ? [...this.echoed, ...Array.from(text, (c) => textWidth(showTyped(c)))] : [];
    return `${erased}${plainStyle}${shown}${this.filter.style.sequence}${this.draw()}`;
  }

  /** Takes the character before the cursor away, if it was echoed there: what the peer wrote stays. */
  echoBackspace(): string {
    const width = this.echoed.pop() ?? 0;
    const back = '\b'.repeat(width);
    const shown = back + ' '.repeat(width) + back;
    this.column.write(shown);
    return shown;
  }

  /** All rows but what was scrolled away are cleared; the line being typed stays. */
  clear(): string {
    this.drawn = null;
    this.column.at = 0;
    this.echoed = [];
    return `${plainStyle}\x1b[2J\x1b[H${this.filter.style.sequence}${this.draw()}`;
  }

  resize(columns: number): string {
    if (columns === this.column.width) return '';
    const { drawn } = this;
    if (drawn) this.drawn = { ...drawn, start: Math.min(drawn.start, columns - 1) };
    this.column.resize(columns);
    return this.redraw();
  }
}
