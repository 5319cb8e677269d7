import { eastAsianWidth } from 'get-east-asian-width';

/** Drawn over the character before it. */
const overlaid = /[\p{Mn}\p{Me}\u1160-\u11ff]/u;
const sequence = /\x1b\[([\d;:]*)(.)/y;
const tabWidth = 8;

/** Columns that a visible character takes in the terminal: 0, 1 or 2. */
export function charWidth(c: string): number {
  const code = c.codePointAt(0)!;
  // Latin letters.
  if (code < 0x300) return 1;
  return overlaid.test(c) ? 0 : eastAsianWidth(code);
}

export function textWidth(text: string): number {
  let width = 0;
  for (const c of text) width += charWidth(c);
  return width;
}

/** Where the cursor is in its row, from what was written: only what the escape filter lets through. */
export class Column {
  /** From 0; equal to the width when the row is full and the next character begins a new one. */
  at = 0;
  /** Whether an accent would join the character before it: not behind a control or a sequence. */
  private joins = false;

  constructor(private columns: number) {}

  get width(): number {
    return this.columns;
  }

  /** The terminal was made wider or narrower; it cuts the cursor's row off. */
  resize(columns: number): void {
    this.columns = columns;
    this.at = Math.min(this.at, columns);
  }

  /** Something was written that moves nothing. */
  interrupt(): void {
    this.joins = false;
  }

  write(text: string): void {
    const line = text.lastIndexOf('\n') + 1;
    if (line > 0) {
      this.at = 0;
      this.joins = false;
    }
    for (let i = line; i < text.length;) {
      const code = text.charCodeAt(i);
      const start = i;
      if (isAscii(code)) {
        do i++;
        while (isAscii(text.charCodeAt(i)));
        this.ascii(i - start);
      } else if (code > 0x7e) {
        const c = String.fromCodePoint(text.codePointAt(i)!);
        i += c.length;
        this.character(charWidth(c));
      } else {
        if (code === 0x1b) i = this.sequence(text, i);
        else this.control(text[i++]!);
        this.joins = false;
      }
    }
  }

  private ascii(length: number): void {
    const end = this.at + length;
    this.at = end <= this.columns ? end : ((end - 1) % this.columns) + 1;
    this.joins = true;
  }

  private character(width: number): void {
    if (width === 0 && this.joins) return;
    this.joins = width > 0;
    const moved = Math.max(1, width);
    this.at = this.at + moved > this.columns ? moved : this.at + moved;
  }

  private control(c: string): void {
    if (c === '\r') this.at = 0;
    // The cursor never stands behind the last column but when text has filled the row.
    else if (c === '\b') this.at = Math.max(0, Math.min(this.at, this.last) - 1);
    else if (c === '\t' && this.at <= this.last) {
      this.at = Math.min(this.last, this.at + tabWidth - (this.at % tabWidth));
    }
  }

  /** Returns where it ends. */
  private sequence(text: string, start: number): number {
    sequence.lastIndex = start;
    const [all, parameters, final] = sequence.exec(text)!;
    this.move(final!, Number(parameters) || 1);
    return start + all.length;
  }

  private move(final: string, n: number): void {
    if (final === 'C') this.at = Math.min(this.last, Math.min(this.at, this.last) + n);
    else if (final === 'D') this.at = Math.max(0, Math.min(this.at, this.last) - n);
    else if (final === 'G') this.at = Math.min(this.last, n - 1);
    else if (final !== 'm' && final !== 'K') this.at = Math.min(this.at, this.last);
  }

  private get last(): number {
    return this.columns - 1;
  }
}

function isAscii(code: number): boolean {
  return code >= 0x20 && code <= 0x7e;
}
