/**
 * Charsets that need iconv-lite's tables. The tables are read when the first of them is asked for, never before.
 */
import type * as Tables from './charsetTables';
import { rawByte } from './utf8';

let loaded: typeof Tables | null = null;

function tables(): typeof Tables {
  // A synchronous load in the middle of a call: setProcessCodingSystem must refuse unknown names at once.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  loaded ??= require('./charsetTables') as typeof Tables;
  return loaded;
}

/** The longest sequence of bytes that stands for one character in any of these charsets. */
const longest = 4;

/**
 * Decodes what is complete; a byte that does not decode becomes its lone surrogate.
 *
 * @returns the text, and how many bytes at the end are the start of an unfinished character.
 */
export function decodeTable(encoding: string, bytes: Buffer): { text: string; rest: number } {
  // Nearly always all of it is valid, but for a character that the end of the chunk cuts.
  for (let rest = 0; rest < longest && rest <= bytes.length; rest++) {
    const part = bytes.subarray(0, bytes.length - rest);
    const decoder = decoderOf(encoding);
    const text = decoder.write(part);
    if (text.includes('\ufffd') || decoder.end() || !tookAll(encoding, part, text, rest)) continue;
    if (rest === 0 || oneCharacter(encoding, bytes.subarray(part.length)) === 'unfinished') return { text, rest };
  }
  return decodeByHand(encoding, bytes);
}

function decoderOf(encoding: string): ReturnType<typeof Tables.getDecoder> {
  // A byte order mark is a character like others here: a decoder is made for each chunk.
  return tables().getDecoder(encoding, { stripBOM: false });
}

/** Some decoders keep an unfinished character to themselves without a word. */
function tookAll(encoding: string, bytes: Buffer, text: string, rest: number): boolean {
  if (encoding.startsWith('utf-16')) return text.length * 2 === bytes.length;
  return rest === 0 || tables().encode(text, encoding, { addBOM: false }).equals(bytes);
}

/** One character at a time: the shortest run of bytes that decodes by itself. */
function decodeByHand(encoding: string, bytes: Buffer): { text: string; rest: number } {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const one = oneCharacter(encoding, bytes.subarray(at, at + longest));
    if (one === 'unfinished') return { text, rest: bytes.length - at };
    if (one === null) text += String.fromCharCode(bytes[at]! < 0x80 ? bytes[at]! : 0xdc00 + bytes[at]!);
    else text += one.text;
    at += one === null ? 1 : one.length;
  }
  return { text, rest: 0 };
}

function oneCharacter(encoding: string, bytes: Buffer): { text: string; length: number } | 'unfinished' | null {
  for (let length = 1; length <= bytes.length; length++) {
    const part = bytes.subarray(0, length);
    const decoder = decoderOf(encoding);
    const text = decoder.write(part);
    const isWhole = text !== '' && tookAll(encoding, part, text, 0);
    const isValid = !decoder.end() && (!text.includes('\ufffd') || isReplacement(encoding, part));
    if (isWhole) return isValid ? { text, length } : null;
  }
  return bytes.length < longest ? 'unfinished' : null;
}

/** True for the bytes of U+FFFD itself, which decoders also give for what is invalid. */
function isReplacement(encoding: string, bytes: Buffer): boolean {
  return bytes.equals(tables().encode('\ufffd', encoding, { addBOM: false }));
}

/** Encodes text; raw bytes go out as they are, what has no code becomes `?`. */
export function encodeTable(encoding: string, text: string): Buffer {
  if (text.isWellFormed()) return tables().encode(text, encoding, { addBOM: false });
  const parts: Buffer[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = rawByte(text.charCodeAt(i));
    if (byte === null || isPair(text, i)) continue;
    parts.push(tables().encode(text.slice(from, i), encoding, { addBOM: false }), Buffer.of(byte));
    from = i + 1;
  }
  parts.push(tables().encode(text.slice(from), encoding, { addBOM: false }));
  return Buffer.concat(parts);
}

function isPair(text: string, low: number): boolean {
  const before = text.charCodeAt(low - 1);
  return before >= 0xd800 && before <= 0xdbff;
}
