/**
 * Which coding system bytes are of, where the one in force leaves that open: what Emacs concludes from the same bytes
 * in a UTF-8 locale, but for its own internal encoding, which no wire has.
 *
 * @see Emacs Lisp manual, "Lisp and Coding Systems" (detect-coding-region)
 */
import { isAscii } from 'node:buffer';
import { decided, type CodingSystem } from './codingSystem';

/**
 * What `bytes`, the next of a stream with those left over before them, decide.
 *
 * @returns null when they decide nothing, or nothing is left to decide
 */
export function detect(system: CodingSystem | null, bytes: Buffer): CodingSystem | null {
  if (system === null || bytes.length === 0) return null;
  if (system.charset === 'undecided') {
    const found = detectUndecided(bytes);
    return found === null ? null : decided(system, found);
  }
  if (system.signature !== 'auto') return null;
  if (system.charset === 'utf-8') return decided(system, hasUtf8Mark(bytes) ? 'utf-8-with-signature' : 'utf-8');
  const found = utf16Mark(bytes);
  return found === null ? null : decided(system, found);
}

function detectUndecided(bytes: Buffer): string | null {
  const isPlain = isAscii(bytes);
  const escapes = isPlain ? detectEscapes(bytes) : null;
  if (escapes) return escapes;
  if (hasTellingNul(bytes, isPlain)) return utf16Mark(bytes) ?? 'no-conversion';
  if (isPlain) return null;
  if (mayBeUtf8(bytes)) return 'utf-8';
  if (mayBeLatin1(bytes)) return 'iso-latin-1';
  return utf16Mark(bytes) ?? (isShiftJis(bytes) ? 'japanese-shift-jis' : 'raw-text');
}

/** Whether a zero byte shows that this is no text: not one past a shift or an escape in what may be ISO 2022 of 8 bits. */
function hasTellingNul(bytes: Buffer, isPlain: boolean): boolean {
  const at = bytes.indexOf(0);
  if (at < 0 || isPlain) return at >= 0;
  const hasShift = bytes.subarray(0, at).some((byte) => byte === 0x1b || byte === 0x0e || byte === 0x0f);
  return !hasShift || bytes.some((byte) => byte >= 0x80 && byte < 0xa0);
}

function hasUtf8Mark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function utf16Mark(bytes: Buffer): string | null {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be-with-signature';
  return bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le-with-signature' : null;
}

/** An escape sequence whole: one that designates a charset registered with Emacs, or any other character after ESC. */
const escape =
  /\x1b(?:\$(?:[@AB]|[()*+][0135-8@A-DG-MO-Q]|[,-/][1-4])|[()*+][0-5BIJ]|[,-/][0-2A-DFGHLMTVY_bf]|([\s\S]))/g;

/** Text of 7 bits: what switches charsets by escape sequences, and by shifts if there are any. */
function detectEscapes(bytes: Buffer): string | null {
  if (!bytes.includes(0x1b)) return null;
  const text = bytes.toString('latin1');
  let isDesignated = false;
  let isShifted = /[\x0e\x0f]/.test(text);
  for (const [, other] of text.matchAll(escape)) {
    if (other === undefined) isDesignated = true;
    else if (other === 'N' || other === 'O') isShifted = true;
  }
  if (!isDesignated) return null;
  return isShifted ? 'iso-2022-7bit-lock' : 'iso-2022-7bit';
}

/**
 * As lenient as Emacs: a character may be cut by the end, its first byte is looked at only when there are enough others
 * for it.
 */
function mayBeUtf8(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at]!;
    if (lead < 0x80) continue;
    for (let size = 2; ; size++) {
      if (++at === bytes.length) return true;
      if ((bytes[at]! & 0xc0) !== 0x80 || size > 4) return false;
      if (lead >= leads[size - 2]! && lead < leads[size - 1]!) break;
    }
  }
  return true;
}

/** First bytes of characters of 2, 3 and 4 bytes begin at these. */
const leads = [0xc0, 0xe0, 0xf0, 0xf8];

function mayBeLatin1(bytes: Buffer): boolean {
  return bytes.every((byte) => byte < 0x80 || byte >= 0xa0 || (byte >= 0x91 && byte <= 0x96));
}

function isShiftJis(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte < 0x80 || (byte > 0xa0 && byte < 0xe0)) continue;
    if (byte === 0x80 || byte === 0xa0 || byte > 0xef) return false;
    if (++at === bytes.length) return true;
    const trail = bytes[at]!;
    if (trail < 0x40 || trail === 0x7f || trail > 0xfc) return false;
  }
  return true;
}
