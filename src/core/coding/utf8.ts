/**
 * UTF-8 that loses nothing: a byte that is not part of a valid sequence becomes the lone surrogate U+DC80…U+DCFF and
 * is encoded as that byte again.
 *
 * @see RFC 3629; Emacs Lisp manual, "Text Representations" (raw bytes)
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { endianness } from 'node:os';

/** A view of the same bytes that has Buffer's methods. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as text of one character each: ASCII as it is, 0x80…0xFF as U+DC80…U+DCFF. */
export function bytesToText(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  if (isAscii(buffer)) return buffer.toString('latin1');
  // Binary data is full of them: one pass over units, not one string for each.
  const units = new Uint16Array(buffer.length);
  for (let i = 0; i < buffer.length; i++) units[i] = unitOf(buffer[i]!);
  return textOf(units, units.length);
}

function unitOf(byte: number): number {
  return byte < 0x80 ? byte : 0xdc00 + byte;
}

/** The string of the first `length` UTF-16 units. */
export function textOf(units: Uint16Array, length: number): string {
  const bytes = Buffer.from(units.buffer, 0, 2 * length);
  return (endianness() === 'LE' ? bytes : bytes.swap16()).toString('utf16le');
}

/** How many bytes at the end may be the start of a character that is not complete yet: 0 to 3. */
export function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc2 && byte <= 0xf4) return back < sequenceLength(byte) ? back : 0;
    if (byte >= 0xc0) return 0;
  }
  return 0;
}

function sequenceLength(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** Decodes whole sequences; an incomplete one at the end is invalid too. */
export function decodeUtf8(bytes: Uint8Array): string {
  const buffer = asBuffer(bytes);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  const units = new Uint16Array(buffer.length);
  let length = 0;
  for (let at = 0; at < buffer.length;) {
    const n = validLength(buffer, at);
    const code = n === 0 ? unitOf(buffer[at]!) : codePointAt(buffer, at, n);
    if (code > 0xffff) {
      units[length++] = 0xd800 + ((code - 0x10000) >> 10);
      units[length++] = 0xdc00 + ((code - 0x10000) & 0x3ff);
    } else units[length++] = code;
    at += n || 1;
  }
  return textOf(units, length);
}

/** The character that a valid sequence of `n` bytes stands for. */
function codePointAt(b: Uint8Array, at: number, n: number): number {
  let code = n === 1 ? b[at]! : b[at]! & (0xff >> (n + 1));
  for (let i = 1; i < n; i++) code = (code << 6) | (b[at + i]! & 0x3f);
  return code;
}

/** Length of the valid sequence at `at`, 0 if there is none. Overlong forms and surrogates are invalid. */
function validLength(b: Uint8Array, at: number): number {
  const lead = b[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = sequenceLength(lead);
  if (at + length > b.length) return 0;
  const second = b[at + 1]!;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if ((b[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** Encodes text; U+DC80…U+DCFF on their own become their bytes, other lone surrogates their three-byte form. */
export function encodeUtf8(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (unit < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
      i += 1;
      continue;
    }
    parts.push(Buffer.from(text.slice(from, i), 'utf8'), loneSurrogate(unit));
    from = i + 1;
  }
  parts.push(Buffer.from(text.slice(from), 'utf8'));
  return Buffer.concat(parts);
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function loneSurrogate(unit: number): Buffer {
  const byte = rawByte(unit);
  if (byte !== null) return Buffer.of(byte);
  return Buffer.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
}

/** The byte that a UTF-16 unit stands for, or null when it is an ordinary one. */
export function rawByte(unit: number): number | null {
  return unit >= 0xdc80 && unit <= 0xdcff ? unit - 0xdc00 : null;
}
