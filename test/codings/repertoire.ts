/**
 * The whole repertoire of a coding system: every sequence of bytes that could be a character, and every character of
 * Unicode; what our code makes of it, to be compared with what Emacs made of it.
 */
import { createHash } from 'node:crypto';
import { codingNames, type CodingName } from '../../src/core/coding/codingNames';
import { codingSystem } from '../../src/core/coding/codingSystem';
import { Decoder } from '../../src/core/coding/decoder';
import { encodeText } from '../../src/core/coding/encoder';
import { bytesToText, encodeUtf8 } from '../../src/core/coding/utf8';

export { codingNames };

/** Coding systems whose repertoire is compared: not those that only find out which other to use. */
export function compared(): CodingName[] {
  return codingNames().filter(({ charset }) => charset !== 'undecided');
}

const bytes = Array.from({ length: 256 }, (_, i) => i);

/** What is decoded, in rows: each row afresh, a newline after each sequence. */
export function rowsOf({ base, charset, table }: CodingName): Buffer[] {
  const newline = charset === 'utf-16be' ? [0, 0x0a] : charset === 'utf-16le' ? [0x0a, 0] : [0x0a];
  const row = (sequences: readonly (readonly number[])[]): Buffer =>
    Buffer.from(sequences.flatMap((sequence) => [...sequence, ...newline]));
  const pairs = (prefix: readonly number[], firsts = bytes, seconds = bytes): Buffer[] =>
    firsts.map((first) => row(seconds.map((second) => [...prefix, first, second])));
  if (charset === 'utf-7' || charset === 'utf-7-imap') return shiftedRows(charset === 'utf-7-imap', row);
  const rows = [row(bytes.map((byte) => [byte])), ...pairs([])];
  if (charset === 'utf-8') {
    const edges = [0x41, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0];
    for (const lead of bytes.slice(0xe0, 0xf8)) {
      rows.push(row(bytes.flatMap((second) => edges.map((third) => [lead, second, third]))));
      rows.push(row(bytes.flatMap((second) => edges.map((third) => [lead, second, third, 0x80]))));
    }
  }
  if (table?.width === 3) rows.push(...pairs([0x8f]));
  if (table?.width === 4) {
    const [leads, digits] = [bytes.slice(0x81, 0xff), bytes.slice(0x30, 0x3a)];
    for (const lead of leads) {
      for (const digit of digits) {
        rows.push(row(leads.flatMap((third) => digits.map((fourth) => [lead, digit, third, fourth]))));
      }
    }
  }
  if (charset === 'iso-2022') {
    const designations = ['$@', '$A', '$B', '$(B', '$(C', '$(D', '$)C\x0e', '(J', '(I', '-A', ',A', ',F', '.A\x1bN'];
    // Not what composes characters: that is Emacs' own, and no charset.
    const seconds = bytes.filter((byte) => base !== 'iso-2022-7bit' || byte < 0x30 || byte > 0x34);
    for (const designation of designations) rows.push(...pairs([...Buffer.from(`\x1b${designation}`)], bytes, seconds));
  }
  return base === 'iso-2022-7bit' ? rows.map(withoutComposition) : rows;
}

/** For UTF-7: all but where base64 ends within a unit, which in Emacs is an error, or a character out of nothing. */
function shiftedRows(imap: boolean, row: (sequences: readonly (readonly number[])[]) => Buffer): Buffer[] {
  const digits = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+${imap ? ',' : '/'}`;
  const shift = imap ? '&' : '+';
  const isCut = (first: number, second: number): boolean =>
    first === shift.charCodeAt(0) && digits.includes(String.fromCharCode(second));
  const rows = bytes.map((first) => row(bytes.filter((byte) => !isCut(first, byte)).map((byte) => [first, byte])));
  const written = (sequences: readonly string[]): Buffer =>
    row(sequences.map((sequence) => [...Buffer.from(sequence)]));
  const base64 = (...units: readonly number[]): string => {
    const wire = Buffer.from(units.flatMap((unit) => [unit >> 8, unit & 0xff])).toString('base64');
    return shift + (imap ? wire.replaceAll('/', ',') : wire).replaceAll('=', '');
  };
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  // Every unit in each of the three places that it has in base64; its end by `-`, by another character and by the line.
  for (const high of bytes) {
    const units = range(high << 8, (high + 1) << 8).filter((unit) => unit !== 0x0d);
    rows.push(written(units.map((unit) => base64(unit))));
    rows.push(written(units.map((unit) => `${base64(0xe9, unit)}-a`)));
    rows.push(written(units.map((unit) => `${base64(0xe9, 0x65e5, unit)}.-`)));
  }
  // Every first half of a pair and every second one.
  for (const start of range(0, 32)) {
    const halves = range(start * 32, (start + 1) * 32);
    rows.push(written(halves.map((half) => `${base64(0xd800 + half, 0xdc80)}-`)));
    rows.push(written(halves.map((half) => `${base64(0xe9, 0xd83d, 0xdc00 + half)}-`)));
  }
  // Unused bits at the end that are not zero.
  rows.push(written([...digits].flatMap((digit) => [`${shift}AO${digit}-`, `${shift}AOkA6${digit}-`])));
  // Last, as Emacs makes newlines of them: all lines after one differ.
  rows.push(written([base64(0x0d), base64(0xe9, 0x0d, 0x61), base64(0x0d, 0x0a)]));
  return [row(bytes.map((byte) => [byte])), ...rows];
}

function withoutComposition(row: Buffer): Buffer {
  return Buffer.from(row.toString('latin1').replace(/\x1b[0-4]/g, '\x1b'), 'latin1');
}

/** What rows decode to, in UTF-8; bytes that do not decode are themselves. */
export function decoded(name: string, rows: readonly Buffer[]): Buffer {
  const system = codingSystem(`${name}-unix`);
  return Buffer.concat(
    rows.map((row) => {
      const decoder = new Decoder(system, () => undefined);
      const texts = [decoder.decode(row), decoder.flush()];
      return encodeUtf8(texts.map((text) => (typeof text === 'string' ? text : bytesToText(text))).join(''));
    }),
  );
}

let everyCharacter: string | null = null;

/** Every character of Unicode, a newline after each, encoded in one text. */
export function encoded(name: string): Buffer {
  if (everyCharacter === null) {
    const parts: string[] = [];
    for (let point = 0; point < 0x110000; point++) {
      if (point < 0xd800 || point > 0xdfff) parts.push(String.fromCodePoint(point), '\n');
    }
    everyCharacter = parts.join('');
  }
  return encodeText(codingSystem(`${name}-unix`), everyCharacter);
}

export function digest(what: Uint8Array): string {
  return createHash('sha1').update(what).digest('hex');
}
