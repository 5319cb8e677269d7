import { ownMark } from '../ownMark';

/** What a document shows: a part of a buffer's text, and what stands in it besides. Places are UTF-16 units of `text`. */
export interface DocumentParts {
  readonly text: string;
  /** The parts that this program wrote into the buffer: ascending, apart. */
  readonly notes: readonly { readonly start: number; readonly end: number }[];
  /** Lines that only the document has, by the place they stand at: ascending. */
  readonly lines: readonly { readonly at: number; readonly line: string }[];
}

/**
 * The text of a process buffer as a document shows it. Bytes and controls that an editor would hide or act on become
 * escapes: `\x1b`, `\u2028`, and `\xff` for a byte that did not decode; characters stay what they are, bidirectional and
 * zero-width ones included, which VS Code marks by itself. A carriage return before a line feed is a part of the line's
 * end. Lines of this program begin with a mark that no peer's line can begin with. Any text will do.
 */
export class DocumentText {
  readonly shown: string;
  /** Where the text begins, behind the lines above it. */
  readonly headLength: number;
  private places: Places | undefined;
  private starts: readonly number[] | undefined;

  constructor(private readonly parts: DocumentParts) {
    this.shown = render(parts, null);
    this.headLength = parts.lines.reduce((sum, { at, line }) => (at > 0 ? sum : sum + lineText(line).length), 0);
  }

  /** The unit of the text that is shown at a place of the document, or else the next one. */
  sourceAt(shown: number): number {
    const { ends } = this.rendered;
    return search(ends.length, (i) => ends[i]! > shown);
  }

  /** Where in the document a unit of the text is shown. */
  shownAt(source: number): number {
    return this.rendered.starts[Math.max(source, 0)] ?? this.shown.length;
  }

  /** The same for a single unit, without eight bytes for the place of every other. */
  lengthBefore(source: number): number {
    const from = Math.max(source, 0);
    if (from >= this.parts.text.length) return this.shown.length;
    if (this.places) return this.shownAt(from);
    const place = { from, starts: new Uint32Array(1), ends: new Uint32Array(1) };
    render(this.parts, place);
    return place.starts[0]!;
  }

  /** The text behind a part of the document, whole characters of it. */
  textBetween(from: number, to: number): string {
    const { starts } = this.rendered;
    return this.parts.text.slice(
      this.sourceAt(from),
      search(starts.length, (i) => starts[i]! >= to),
    );
  }

  offsetAt({ line, character }: Place): number {
    const start = this.lineStarts[line];
    return start === undefined ? this.shown.length : start + character;
  }

  placeAt(offset: number): Place {
    const line = search(this.lineStarts.length, (i) => this.lineStarts[i]! > offset) - 1;
    return { line, character: offset - this.lineStarts[line]! };
  }

  private get rendered(): Places {
    if (this.places) return this.places;
    const units = this.parts.text.length;
    this.places = { from: 0, starts: new Uint32Array(units), ends: new Uint32Array(units) };
    render(this.parts, this.places);
    return this.places;
  }

  private get lineStarts(): readonly number[] {
    if (this.starts) return this.starts;
    const starts = [0];
    for (let at = this.shown.indexOf('\n'); at >= 0; at = this.shown.indexOf('\n', at + 1)) starts.push(at + 1);
    return (this.starts = starts);
  }
}

/** A place in a document, as VS Code's `Position`. */
export interface Place {
  readonly line: number;
  readonly character: number;
}

/** Where each unit of the text is shown, from one of them on as far as there is room. */
interface Places {
  readonly from: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** A line longer than this is broken: the editor stops drawing a line after 10,000 characters. */
const maxLineUnits = 9_999;
/** At the end of a line that goes on in the next one. */
const goesOn = '↩\n';
const lead = `${ownMark} `;
const markUnit = ownMark.charCodeAt(0);

function lineText(line: string): string {
  return `${lead}${line}\n`;
}

function render({ text, notes, lines }: DocumentParts, places: Places | null): string {
  const writer = new Writer(text, places);
  let at = 0;
  let next = 0;
  const dataTo = (end: number): void => {
    for (let line = lines[next]; line && line.at <= end; line = lines[++next]) {
      writer.data(at, Math.max(line.at, at));
      at = Math.max(line.at, at);
      writer.line(line.line);
    }
    writer.data(at, end);
    at = end;
  };
  for (const note of notes) {
    dataTo(note.start);
    writer.note(note.start, note.end);
    at = note.end;
  }
  dataTo(text.length);
  return writer.end();
}

/** Writes a document piece by piece. */
class Writer {
  /** Pieces become one string many at a time: one after the other takes several times as long with binary data. */
  private pieces: string[] = [];
  private readonly settled: string[] = [];
  /** Units written. */
  private length = 0;
  /** Units in the line that is being written. */
  private column = 0;
  private afterNote = false;

  constructor(
    private readonly text: string,
    private readonly places: Places | null,
  ) {}

  /** What peers sent. */
  data(from: number, to: number): void {
    if (from >= to) return;
    const endsLine = this.text.startsWith('\n', from) || (to - from > 1 && this.text.startsWith('\r\n', from));
    if (this.afterNote && !endsLine) this.startLine();
    this.afterNote = false;
    this.write(from, to, false);
  }

  /** What this program wrote into the buffer. */
  note(from: number, to: number): void {
    this.startLine();
    this.write(from, to, true);
    this.afterNote = true;
  }

  /** A line that is not in the buffer. */
  line(line: string): void {
    this.startLine();
    this.put(lineText(line));
    this.afterNote = false;
  }

  end(): string {
    this.settled.push(this.pieces.join(''));
    return this.settled.join('');
  }

  private put(piece: string): void {
    this.length += piece.length;
    if (this.pieces.push(piece) < 8_192) return;
    this.settled.push(this.pieces.join(''));
    this.pieces = [];
  }

  private startLine(): void {
    if (this.column > 0) this.put(goesOn);
    this.column = 0;
  }

  /** This is where the time goes, also for binary data: one look at each unit, and what needs no change is cut out whole. */
  private write(from: number, to: number, own: boolean): void {
    const { text, places } = this;
    let done = from;
    const flush = (i: number): void => {
      if (i > done) this.put(text.slice(done, i));
      done = i;
    };
    for (let i = from; i < to; i++) {
      const unit = text.charCodeAt(i);
      let escape = '';
      let width = 1;
      if (unit === 0x0a) width = 0;
      else if (unit === 0x0d && i + 1 < to && text.charCodeAt(i + 1) === 0x0a) {
        flush(i);
        done = i + 1;
        // Who takes the end of the line takes this with it.
        if (places) places.ends[i - places.from] = (places.starts[i - places.from] = this.length) + 1;
        continue;
      } else if (!isPlain(unit)) {
        if (isHigh(unit) && i + 1 < to && isLow(text.charCodeAt(i + 1))) width = 2;
        else width = (escape = escapeOf(unit)).length;
      } else if (unit === markUnit && this.column === 0 && !own) {
        width = (escape = escapeOf(unit)).length;
      }
      if (this.column + width > maxLineUnits) {
        flush(i);
        this.startLine();
        // The mark would now stand at a line's beginning: look again.
        if (unit === markUnit && !own) width = (escape = escapeOf(unit)).length;
      }
      if (own && this.column === 0 && width > 0) {
        flush(i);
        this.put(lead);
        this.column = lead.length;
      }
      const start = this.length + i - done;
      if (places) {
        places.starts[i - places.from] = start;
        places.ends[i - places.from] = start + (unit === 0x0a ? 1 : width);
      }
      if (escape !== '') {
        flush(i);
        this.put(escape);
        done = i + 1;
      } else if (width === 2) {
        i++;
        if (places) {
          places.starts[i - places.from] = start;
          places.ends[i - places.from] = start + width;
        }
      }
      this.column = unit === 0x0a ? 0 : this.column + width;
    }
    flush(to);
  }
}

/** Not: controls but tab and line feed, line and paragraph separators, surrogates. */
function isPlain(unit: number): boolean {
  if (unit < 0x7f) return unit >= 0x20 || unit === 0x09;
  return unit > 0x9f && (unit < 0xd800 || unit > 0xdfff) && unit !== 0x2028 && unit !== 0x2029;
}

function escapeOf(unit: number): string {
  if (unit === 0x0d) return '\\r';
  if (unit < 0x80) return byteEscapes[unit]!;
  if (unit >= 0xdc80 && unit <= 0xdcff) return byteEscapes[unit - 0xdc00]!;
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

const byteEscapes = Array.from({ length: 256 }, (_, byte) => `\\x${byte.toString(16).padStart(2, '0')}`);

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** The first index of which something holds that holds of all later ones; the count if there is none. */
function search(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
