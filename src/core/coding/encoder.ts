import type { Text } from '../api';
import type { CodingSystem } from './codingSystem';
import { toEol } from './eol';
import { encodeTable } from './tableCharset';
import { asBuffer, encodeUtf8, rawByte } from './utf8';

/**
 * Text to bytes. Bytes given only get the end-of-line conversion; text is encoded, and what the charset lacks becomes
 * its substitute: a space in Latin-1, `?` in ASCII and the table charsets.
 *
 * @see Emacs Lisp manual, "Explicit Encoding"
 */
export function encodeText(system: CodingSystem | null, text: Text): Buffer {
  const eol = system?.charset === 'binary' ? null : (system?.eol ?? null);
  if (typeof text !== 'string') {
    if (eol !== 'dos' && eol !== 'mac') return asBuffer(text);
    return Buffer.from(toEol(asBuffer(text).toString('latin1'), eol), 'latin1');
  }
  const lines = toEol(text, eol);
  switch (system?.charset) {
    case 'latin-1':
      return encodeBytewise(lines, 0xff, 0x20);
    case 'us-ascii':
      return encodeBytewise(lines, 0x7f, 0x3f);
    case 'table':
      return encodeTable(system.table!, lines);
    default:
      return encodeUtf8(lines);
  }
}

function encodeBytewise(text: string, highest: number, substitute: number): Buffer {
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes[length++] = code <= highest ? code : (rawByte(code) ?? substitute);
  }
  return bytes.subarray(0, length);
}
