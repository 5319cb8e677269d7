import { PackedText, type Spare } from './packedText';

/** One piece of a text: its UTF-16 units, which are packed when the next one has begun, and how many characters. */
interface Piece {
  text: string | PackedText;
  units: number;
  chars: number;
}

/** Units in a piece before the next one is begun: small enough to cut, large enough to be few. */
const pieceUnits = 16_384;

/**
 * Long text that is mostly appended to and trimmed at the start, addressed by characters (code points, from 0).
 * Appending is O(1); reaching a position costs one step per 16 K units from the nearer end.
 */
export class TextStore {
  private pieces: Piece[] = [];
  private spare: Spare = { narrow: [], wide: [] };
  private charCount = 0;
  private unitCount = 0;

  /** Characters held. */
  get chars(): number {
    return this.charCount;
  }

  /** UTF-16 units held. */
  get units(): number {
    return this.unitCount;
  }

  /** Inserts before the character at `at`; returns the characters inserted. */
  insert(at: number, text: string): number {
    const chars = countChars(text);
    if (at === this.charCount) this.append(text);
    else this.splice(at, 0, text);
    this.charCount += chars;
    this.unitCount += text.length;
    return chars;
  }

  /** Deletes `count` characters from the one at `at`. */
  delete(at: number, count: number): void {
    if (count === 0) return;
    const units = this.splice(at, count, '');
    this.charCount -= count;
    this.unitCount -= units;
    if (this.charCount === 0) this.spare = { narrow: [], wide: [] };
  }

  /** The characters from `from` to before `to`. */
  slice(from: number, to: number): string {
    if (from >= to) return '';
    const first = this.find(from);
    const last = this.find(to);
    if (first.index === last.index) return this.textAt(first.index).slice(first.unit, last.unit);
    const middle = this.pieces.slice(first.index + 1, last.index).map(textOf);
    const end = last.index < this.pieces.length ? this.textAt(last.index).slice(0, last.unit) : '';
    return this.textAt(first.index).slice(first.unit) + middle.join('') + end;
  }

  /** The last pieces that make up at least `units` units, or all. */
  lastUnits(units: number): string {
    let from = this.pieces.length;
    for (let have = 0; from > 0 && have < units; from--) have += this.pieces[from - 1]!.units;
    return this.pieces.slice(from).map(textOf).join('');
  }

  /** How many characters must go from the start, mostly in whole pieces, so that at most `units` units stay. */
  charsBeyond(units: number): number {
    let chars = 0;
    let have = this.unitCount;
    for (const piece of this.pieces) {
      const excess = have - units;
      if (excess <= 0) break;
      // Whole pieces go while half of the limit stays; of a smaller rest only what is too much.
      if (piece.units > excess && have - piece.units < units / 2)
        return chars + countChars(textOf(piece).slice(0, excess));
      have -= piece.units;
      chars += piece.chars;
    }
    return chars;
  }

  /** Fills the open piece first: packed, every piece takes the memory of a full one. */
  private append(text: string): void {
    const last = this.pieces.at(-1);
    let from = 0;
    if (last && typeof last.text === 'string') {
      from = boundary(text, pieceUnits - last.units);
      const head = text.slice(0, from);
      last.text += head;
      last.units += from;
      last.chars += countChars(head);
      if (from < text.length) this.pack(last);
    }
    this.pieces.push(...this.cut(text.slice(from)));
  }

  /** Replaces `count` characters by text; returns the units deleted. */
  private splice(at: number, count: number, text: string): number {
    const first = this.find(at);
    const last = this.find(at + count);
    // Trimming a long text takes whole pieces: none has to be cut or counted anew.
    if (first.unit === 0 && last.unit === 0 && text === '') return this.replace(first.index, last.index);
    const before = this.textAt(first.index).slice(0, first.unit);
    const after = this.textAt(last.index).slice(last.unit);
    return this.replace(first.index, last.index + 1, this.cut(before + text + after)) - before.length - after.length;
  }

  /** Replaces the pieces from one index to before another; returns the units of those that go. */
  private replace(from: number, to: number, pieces: Piece[] = []): number {
    let units = 0;
    for (const piece of this.pieces.splice(from, to - from, ...pieces)) {
      units += piece.units;
      if (typeof piece.text !== 'string') piece.text.giveTo(this.spare);
    }
    return units;
  }

  /** Text in pieces, never between the halves of a pair; the last one is open for more. */
  private cut(text: string): Piece[] {
    const pieces: Piece[] = [];
    const isLong = text.length > pieceUnits;
    for (let from = 0; from < text.length;) {
      const to = boundary(text, from + pieceUnits);
      const part = text.slice(from, to);
      pieces.push({ text: part, units: part.length, chars: countChars(part) });
      // The open part of a long string would keep all of that alive.
      if (to < text.length) this.pack(pieces.at(-1)!);
      else if (isLong) pieces.at(-1)!.text = this.copy(part);
      from = to;
    }
    return pieces;
  }

  /** The same text by itself. */
  private copy(text: string): string {
    const packed = PackedText.of(text, pieceUnits, this.spare);
    const copied = packed.toString();
    packed.giveTo(this.spare);
    return copied;
  }

  private pack(piece: Piece): void {
    if (typeof piece.text === 'string') piece.text = PackedText.of(piece.text, pieceUnits, this.spare);
  }

  /** The piece and the unit in it where the character at `at` begins; the end lies in the last piece. */
  private find(at: number): { index: number; unit: number } {
    let index = 0;
    let left = at;
    if (at <= this.charCount / 2) {
      while (index < this.pieces.length - 1 && left >= this.pieces[index]!.chars) left -= this.pieces[index++]!.chars;
    } else {
      index = this.pieces.length - 1;
      let behind = this.charCount - at;
      while (index > 0 && behind > this.pieces[index]!.chars) behind -= this.pieces[index--]!.chars;
      left = this.pieces[index]!.chars - behind;
    }
    return { index, unit: this.unitAt(index, left) };
  }

  private unitAt(index: number, chars: number): number {
    const piece = this.pieces[index];
    if (!piece) return 0;
    if (piece.chars === piece.units) return chars;
    const text = textOf(piece);
    let unit = 0;
    for (let n = 0; n < chars; n++) unit += text.codePointAt(unit)! > 0xffff ? 2 : 1;
    return unit;
  }

  private textAt(index: number): string {
    const piece = this.pieces[index];
    return piece ? textOf(piece) : '';
  }
}

function textOf({ text }: Piece): string {
  return typeof text === 'string' ? text : text.toString();
}

const highSurrogate = /[\ud800-\udbff]/;

/** The end of at most `units` units of a text, never between the halves of a pair. */
function boundary(text: string, units: number): number {
  if (units >= text.length) return text.length;
  return units > 0 && text.codePointAt(units - 1)! > 0xffff ? units - 1 : units;
}

/** Characters in a text: a surrogate pair is one, a lone surrogate is one. */
export function countChars(text: string): number {
  // Most text has none, and the engine sees that much faster than a loop.
  if (!highSurrogate.test(text)) return text.length;
  let pairs = 0;
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdbff) continue;
    const next = text.charCodeAt(i + 1);
    if (next >= 0xdc00 && next <= 0xdfff) pairs++;
  }
  return text.length - pairs;
}
