/** Charsets by tables: iconv-lite's, corrected to what Emacs has. One charset's is built when it is asked for. */
import { getDecoder } from 'iconv-lite';
import corrections from './corrections.json';
import { rawByte, textOf } from './utf8';

/** No character: the first byte stands for itself, alone. */
const none = -1;
/** A code of the charset that Unicode has no character for: all its bytes stand for themselves. */
const private_ = -2;
const noCode = 0xffffffff;

/** Four-byte codes of GB18030 are numbers of this base: 0x81308130 is 0. */
const planes = { bmp: 39_426, first: 189_000, count: 0x100000 };

/** Code points by code, `none` or `private_`; and codes by code point. */
export interface Table {
  readonly ones: Int32Array;
  /** By first byte and second. */
  readonly pairs: Int32Array;
  /** By the two bytes that follow 8F; null where there are none. */
  readonly triples: Int32Array | null;
  /** By number, those of the first plane; null where there are none. */
  readonly fours: Int32Array | null;
  /** Bytes that more must follow. */
  readonly leads: Uint8Array;
  readonly codes: Uint32Array;
  readonly codesBeyond: Map<number, number>;
  /** What Emacs encodes by a charset that an escape sequence designates: the sequence with the code. */
  readonly escapes: Map<number, string>;
}

const built = new Map<string, Table>();

/**
 * @param emacs the coding system's name
 * @param iconv iconv-lite's name for its table, `-` where it has none
 * @param width bytes of its longest code: 1, 2, 3 for EUC, 4 for GB18030
 */
export function tableOf(emacs: string, iconv: string, width: number): Table {
  let table = built.get(emacs);
  if (!table) built.set(emacs, (table = corrected(emacs, base(iconv, width))));
  return table;
}

/** What iconv-lite's table decodes. */
export function base(iconv: string, width: number): Table {
  const ones = new Int32Array(256).fill(none);
  const pairs = new Int32Array(0x10000).fill(none);
  const triples = width === 3 ? new Int32Array(0x10000).fill(none) : null;
  const fours = width === 4 ? new Int32Array(planes.bmp).fill(none) : null;
  if (iconv !== '-') {
    fill(ones, iconv, 256, (i) => [i]);
    if (width > 1) fill(pairs, iconv, 0x10000, (i) => (ones[i >> 8] === none ? [i >> 8, i & 0xff] : null));
    if (triples) fill(triples, iconv, 0x10000, (i) => [0x8f, i >> 8, i & 0xff]);
    if (fours) fill(fours, iconv, fours.length, (i) => bytesOf(fourOf(i)));
  }
  return {
    ones,
    pairs,
    triples,
    fours,
    leads: new Uint8Array(256),
    codes: new Uint32Array(0x10000).fill(noCode),
    codesBeyond: new Map<number, number>(),
    escapes: new Map<number, string>(),
  };
}

/** Decodes many codes at once, a line each. */
function fill(into: Int32Array, iconv: string, count: number, bytesAt: (i: number) => readonly number[] | null): void {
  const wire: number[] = [];
  const at: number[] = [];
  for (let i = 0; i < count; i++) {
    const bytes = bytesAt(i);
    if (!bytes || bytes.includes(0x0a)) continue;
    wire.push(...bytes, 0x0a);
    at.push(i);
  }
  const lines = getDecoder(iconv, { stripBOM: false }).write(Buffer.from(wire)).split('\n');
  at.forEach((i, line) => {
    const text = lines[line]!;
    const point = text.codePointAt(0);
    if (point !== undefined && point !== 0xfffd && text.length === (point > 0xffff ? 2 : 1)) into[i] = point;
  });
  if (into.length === 256 && into[0x0d] === 0x0d) into[0x0a] = 0x0a;
}

/** Codes and what they decode to, in the order of codes. */
export function* entries(table: Table): Generator<[code: number, point: number]> {
  for (let i = 0; i < 256; i++) if (table.ones[i] !== none) yield [i, table.ones[i]!];
  for (let i = 0; i < 0x10000; i++) if (table.pairs[i] !== none) yield [i, table.pairs[i]!];
  const { triples, fours } = table;
  if (triples) for (let i = 0; i < 0x10000; i++) if (triples[i] !== none) yield [0x8f0000 + i, triples[i]!];
  if (fours) for (let i = 0; i < fours.length; i++) if (fours[i] !== none) yield [fourOf(i), fours[i]!];
}

/** The code of a code point, or 0xffffffff. */
export function codeOf(table: Table, point: number): number {
  if (point < 0) return noCode;
  if (point < 0x10000) return table.codes[point]!;
  return table.codesBeyond.get(point) ?? (table.fours ? fourOf(planes.first + point - 0x10000) : noCode);
}

function setCode(table: Table, point: number, code: number): void {
  if (point < 0) return;
  if (point < 0x10000) table.codes[point] = code;
  else if (code === noCode) table.codesBeyond.delete(point);
  else table.codesBeyond.set(point, code);
}

/**
 * Puts in what Emacs has otherwise. Corrections are runs, `code.count=point` with the point growing with the code:
 * `=` nothing for no character, `=-` for one that Unicode has not; and `point.count=code` for the other direction. A
 * code of four bytes is its number more than 0x1000000. All are in base 36.
 */
function corrected(emacs: string, table: Table): Table {
  const [decode, encode, escapes] = (corrections as Record<string, string[]>)[emacs] ?? ['', ''];
  for (const [code, point] of runs(decode!)) setPoint(table, code, point);
  invert(table);
  for (const [point, code] of runs(encode!)) setCode(table, point, code < 0 ? noCode : code);
  for (const [, point, bytes] of (escapes ?? '').matchAll(/(\w+)=(\S+)/g)) {
    table.escapes.set(Number.parseInt(point!, 36), `\x1b${bytes!}`);
  }
  for (let i = 0; i < 0x10000; i++) if (table.pairs[i] !== none) table.leads[i >> 8] = 1;
  if (table.triples) table.leads[0x8f] = 1;
  return table;
}

/** The first code of each code point is what it is encoded to. */
export function invert(table: Table): void {
  for (const [code, point] of entries(table)) if (codeOf(table, point) === noCode) setCode(table, point, code);
}

function* runs(text: string): Generator<[from: number, to: number]> {
  for (const run of text ? text.split(' ') : []) {
    const [, from, count, to] = /^([^.]+)(?:\.(.+))?=(.*)$/.exec(run)!;
    for (let i = 0; i < Number.parseInt(count ?? '1', 36); i++) {
      const value = to === '' ? none : to === '-' ? private_ : Number.parseInt(to!, 36) + i;
      yield [Number.parseInt(from!, 36) + i, value];
    }
  }
}

export function setPoint(table: Table, code: number, point: number): void {
  if (code < 0x100) table.ones[code] = point;
  else if (code < 0x10000) table.pairs[code] = point;
  else if (code < 0x1000000) table.triples![code & 0xffff] = point;
  else table.fours![code - 0x1000000] = point;
}

/** The code of four bytes of a number. */
function fourOf(number: number): number {
  const c = Math.floor(number / 10);
  const b = Math.floor(c / 126);
  const a = Math.floor(b / 10);
  return (0x81 + a) * 0x1000000 + ((0x30 + (b % 10)) << 16) + ((0x81 + (c % 126)) << 8) + 0x30 + (number % 10);
}

function fourNumber(a: number, b: number, c: number, d: number): number {
  return (((a - 0x81) * 10 + b - 0x30) * 126 + c - 0x81) * 10 + d - 0x30;
}

function bytesOf(code: number): number[] {
  return [code >>> 24, (code >> 16) & 0xff, (code >> 8) & 0xff, code & 0xff];
}

/**
 * Decodes what is complete; a byte that does not decode becomes its lone surrogate.
 *
 * @returns the text, and how many bytes at the end are the start of an unfinished character.
 */
export function decodeTable(table: Table, bytes: Buffer, final: boolean): { text: string; rest: number } {
  const { ones, pairs, leads, triples, fours } = table;
  const end = bytes.length;
  const units = new Uint16Array(end);
  let length = 0;
  let at = 0;
  while (at < end) {
    const byte = bytes[at]!;
    let point = ones[byte]!;
    let size = 1;
    if (point < 0 && leads[byte]) {
      if (at + 1 < end) {
        point = pairs[(byte << 8) | bytes[at + 1]!]!;
        size = 2;
      }
      if (point === none) {
        const more = longer(triples, fours, bytes, at, end);
        if (more === 'unfinished' && !final) break;
        [point, size] = more === null || more === 'unfinished' ? [none, 1] : more;
      }
    }
    if (point >= 0x10000) {
      units[length++] = 0xd7c0 + (point >> 10);
      units[length++] = 0xdc00 + (point & 0x3ff);
    } else if (point >= 0) units[length++] = point;
    else for (let i = 0; i < size; i++) units[length++] = unitOf(bytes[at + i]!);
    at += size;
  }
  return { text: textOf(units, length), rest: end - at };
}

/** A code of three or four bytes at `at`, or of one that is cut. */
function longer(
  triples: Int32Array | null,
  fours: Int32Array | null,
  bytes: Buffer,
  at: number,
  end: number,
): [point: number, size: number] | 'unfinished' | null {
  const left = end - at;
  if (left === 1) return 'unfinished';
  const second = bytes[at + 1]!;
  if (triples && bytes[at] === 0x8f && second >= 0xa1 && second <= 0xfe) {
    if (left === 2) return 'unfinished';
    const point = triples[(second << 8) | bytes[at + 2]!]!;
    return point === none ? null : [point, 3];
  }
  if (!fours || second < 0x30 || second > 0x39) return null;
  if (left === 2) return 'unfinished';
  const third = bytes[at + 2]!;
  if (third < 0x81 || third > 0xfe) return null;
  if (left === 3) return 'unfinished';
  const fourth = bytes[at + 3]!;
  if (fourth < 0x30 || fourth > 0x39) return null;
  const number = fourNumber(bytes[at]!, second, third, fourth);
  if (number < planes.bmp) return [fours[number]!, 4];
  const beyond = number - planes.first;
  return [beyond >= 0 && beyond < planes.count ? 0x10000 + beyond : private_, 4];
}

function unitOf(byte: number): number {
  return byte < 0x80 ? byte : 0xdc00 + byte;
}

/** Encodes a stream of texts; what is designated lasts from one to the next. */
export function tableEncoder(table: Table, substitute: number): (text: string) => Buffer {
  if (table.escapes.size === 0) return (text) => encodeTable(table, text, substitute);
  const ascii = '\x1b(B';
  const special = new RegExp(`[${[...table.escapes.keys()].map((point) => String.fromCodePoint(point)).join('')}]`);
  let designated = ascii;
  return (text) => {
    if (designated === ascii && !special.test(text)) return encodeTable(table, text, substitute);
    const parts: Buffer[] = [];
    for (const character of text) {
      const escaped = table.escapes.get(character.codePointAt(0)!);
      const bytes = escaped ? Buffer.from(escaped.slice(3)) : encodeTable(table, character, substitute);
      const isHigh = bytes[0]! > 0x7f;
      const wanted = escaped?.slice(0, 3) ?? (isHigh ? designated : ascii);
      if (wanted !== designated) parts.push(Buffer.from(wanted));
      designated = wanted;
      parts.push(bytes);
    }
    return Buffer.concat(parts);
  };
}

/** Encodes text; raw bytes go out as they are, what has no code becomes `substitute`. */
function encodeTable(table: Table, text: string, substitute: number): Buffer {
  const { codes } = table;
  const bytes = Buffer.allocUnsafe(text.length * (table.fours ? 4 : table.triples ? 3 : 2));
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    let code = codes[unit]!;
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const point = text.codePointAt(i)!;
      if (point > 0xffff) i += 1;
      code = point > 0xffff ? codeOf(table, point) : (rawByte(unit) ?? codes[unit]!);
    }
    if (code === noCode) code = substitute;
    if (code > 0xff) {
      if (code > 0xffff) {
        if (code > 0xffffff) bytes[length++] = code >>> 24;
        bytes[length++] = code >>> 16;
      }
      bytes[length++] = code >>> 8;
    }
    bytes[length++] = code;
  }
  return bytes.subarray(0, length);
}
