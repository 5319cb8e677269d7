import type { BufferChange, Event, Text, TextBuffer } from '../api';
import { Emitter, type ErrorSink } from '../base/event';
import { NetworkProcessError } from '../errors';
import { bytesToText, decodeUtf8, encodeUtf8, rawByte } from '../coding/utf8';
import { TextMarker } from './marker';
import { Notes } from './notes';
import { countChars, TextStore } from './textStore';

/** Units that a tail gives up at most to begin with a line: the end of a long line is not to vanish. */
const longestCut = 65_536;

/**
 * A buffer as Emacs has it. Within `limit()` bytes of text (two for each UTF-16 unit); what is older is dropped from
 * the start and counted in `trimmed`.
 *
 * @see Emacs Lisp manual, "Buffers", "Text", "Narrowing"
 */
export class Buffer implements TextBuffer {
  readonly markers = new Set<TextMarker>();
  fileCodingSystem: string | null = null;
  readOnly = false;
  private readonly store = new TextStore();
  private readonly written = new Notes();
  private readonly changes: Emitter<BufferChange>;
  private given: string | null;
  private isMultibyte = true;
  private at = 1;
  private begin = 1;
  /** End of the accessible part; null while it is the end of the text. */
  private end: number | null = null;
  private dropped = 0;

  constructor(
    readonly id: number,
    name: string,
    private readonly limit: () => number,
    onError: ErrorSink,
  ) {
    this.given = name;
    this.changes = new Emitter(onError);
  }

  get onDidChange(): Event<BufferChange> {
    return this.changes.event;
  }

  get name(): string | null {
    return this.given;
  }

  get live(): boolean {
    return this.given !== null;
  }

  get size(): number {
    return this.store.chars;
  }

  get trimmed(): number {
    return this.dropped;
  }

  get point(): number {
    return this.at;
  }

  get pointMin(): number {
    return this.begin;
  }

  get pointMax(): number {
    return this.end ?? this.store.chars + 1;
  }

  get notes(): { start: number; end: number }[] {
    const first = this.dropped - 1;
    return this.written.from(this.dropped).map(({ start, end }) => ({ start: start - first, end: end - first }));
  }

  /** Remembers that the text between two positions is this program's own. */
  addNote(start: number, end: number): void {
    this.written.add(this.dropped + start - 1, this.dropped + end - 1);
  }

  get multibyte(): boolean {
    return this.isMultibyte;
  }

  text(start = this.pointMin, end = this.pointMax): string {
    const [from, to] = this.range(start, end);
    return this.store.slice(from - 1, to - 1);
  }

  fullText(): string {
    return this.store.slice(0, this.store.chars);
  }

  tail(maxUnits: number): { text: string; omitted: number } {
    const last = this.store.lastUnits(maxUnits);
    const cut = last.length - maxUnits;
    let text = last.slice(Math.max(cut, 0));
    if (cut > 0) {
      const line = text.indexOf('\n');
      if (line >= 0 && line < Math.min(text.length - 1, longestCut)) text = text.slice(line + 1);
      else if (last.codePointAt(cut - 1)! > 0xffff) text = text.slice(1);
    }
    return { text, omitted: this.store.chars - countChars(text) };
  }

  insert(text: string): void {
    this.writable();
    this.place(this.at, text, false);
  }

  insertAt(position: number, text: string): void {
    this.writable();
    const [at] = this.range(position, position);
    this.place(at, text, false, this.at === at);
  }

  /**
   * What the default filter and sentinel do: text goes before every marker at `position`, whatever the restriction and
   * the read-only state.
   */
  insertBeforeMarkers(position: number, text: string): void {
    this.place(Math.min(Math.max(position, 1), this.store.chars + 1), text, true);
  }

  delete(start: number, end: number): void {
    this.writable();
    const [from, to] = this.range(start, end);
    this.remove(from, to);
  }

  gotoChar(position: number): number {
    this.alive();
    this.at = Math.min(Math.max(position, this.pointMin), this.pointMax);
    return position;
  }

  narrowToRegion(start: number, end: number): void {
    this.alive();
    const [from, to] = start <= end ? [start, end] : [end, start];
    if (from < 1 || to > this.store.chars + 1) throw outOfRange(this.given, start, end);
    this.begin = from;
    this.end = to;
    this.gotoChar(this.at);
  }

  widen(): void {
    this.begin = 1;
    this.end = null;
  }

  /** The text's bytes stay the same: characters become their UTF-8 bytes, and bytes the characters they encode. */
  setMultibyte(multibyte: boolean): void {
    this.alive();
    if (multibyte === this.isMultibyte) return;
    if (this.begin !== 1 || this.end !== null) {
      const text = 'Changing multibyteness in a narrowed buffer';
      throw new NetworkProcessError('NP_BUFFER_NARROWED', 'error', [text], this.given);
    }
    const convert = (text: string): string => {
      const bytes = encodeUtf8(text);
      return multibyte ? decodeUtf8(bytes) : bytesToText(bytes);
    };
    const moved = (position: number): number => countChars(convert(this.store.slice(0, position - 1))) + 1;
    const point = moved(this.at);
    const marks = [...this.markers].map((marker) => ({ marker, position: moved(marker.position!) }));
    const text = convert(this.fullText());
    this.remove(1, this.store.chars + 1);
    this.written.clear();
    this.isMultibyte = multibyte;
    this.place(1, text, false);
    this.at = point;
    for (const { marker, position } of marks) marker.set(this, position);
  }

  makeMarker(position = this.at, advances = false): TextMarker {
    this.alive();
    const marker = new TextMarker(advances);
    marker.set(this, Math.min(Math.max(position, 1), this.store.chars + 1));
    return marker;
  }

  /** Text as this buffer holds it: bytes as raw-byte characters; in a unibyte buffer every character is a byte. */
  adapt(text: Text): string {
    if (typeof text !== 'string') return bytesToText(text);
    if (this.isMultibyte) return text;
    const bytes = Uint8Array.from(text, (c) => rawByte(c.codePointAt(0)!) ?? c.codePointAt(0)! & 0xff);
    return bytesToText(bytes);
  }

  /** Ends it: no name, no text, markers nowhere. */
  kill(): void {
    for (const marker of [...this.markers]) marker.set(null);
    this.given = null;
    this.store.delete(0, this.store.chars);
    this.widen();
    this.at = 1;
    this.changes.dispose();
  }

  private place(at: number, text: string, beforeMarkers: boolean, pointStays = false): void {
    this.alive();
    const chars = this.store.insert(at - 1, text);
    this.written.inserted(this.dropped + at - 1, chars);
    for (const marker of this.markers) marker.inserted(at, chars, beforeMarkers);
    if (this.begin > at) this.begin += chars;
    if (this.end !== null && this.end >= at) this.end += chars;
    if (this.at > at || (this.at === at && !pointStays)) this.at += chars;
    this.changes.fire({ buffer: this, start: at, deleted: 0, inserted: chars });
    this.trim();
  }

  private trim(): void {
    const units = Math.floor(this.limit() / 2);
    if (this.store.units <= units) return;
    const chars = this.store.charsBeyond(units);
    this.dropped += chars;
    this.removeText(1, 1 + chars);
  }

  private remove(start: number, end: number): void {
    if (start === end) return;
    this.written.deleted(this.dropped + start - 1, this.dropped + end - 1);
    this.removeText(start, end);
  }

  private removeText(start: number, end: number): void {
    this.store.delete(start - 1, end - start);
    for (const marker of this.markers) marker.deleted(start, end);
    const moved = (position: number): number =>
      position >= end ? position - (end - start) : Math.min(position, start);
    this.begin = moved(this.begin);
    if (this.end !== null) this.end = moved(this.end);
    this.at = moved(this.at);
    this.changes.fire({ buffer: this, start, deleted: end - start, inserted: 0 });
  }

  private range(start: number, end: number): [number, number] {
    this.alive();
    const [from, to] = start <= end ? [start, end] : [end, start];
    if (!(from >= this.pointMin && to <= this.pointMax)) throw outOfRange(this.given, this, start, end);
    return [from, to];
  }

  private alive(): void {
    if (!this.live) throw new NetworkProcessError('NP_BUFFER_DEAD', 'error', ['Selecting deleted buffer']);
  }

  private writable(): void {
    this.alive();
    if (this.readOnly) {
      throw new NetworkProcessError('NP_BUFFER_READ_ONLY', 'buffer-read-only', [this], this.given);
    }
  }
}

function outOfRange(name: string | null, ...data: unknown[]): NetworkProcessError {
  return new NetworkProcessError('NP_ARGS_OUT_OF_RANGE', 'args-out-of-range', data, name);
}
