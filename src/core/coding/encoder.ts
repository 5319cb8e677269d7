import type { Text } from '../api';
import { charsetEncoder } from './charset';
import type { CodingSystem } from './codingSystem';
import { toEol } from './eol';
import { asBuffer } from './utf8';

/**
 * Text to bytes. Bytes given only get the end-of-line conversion; text is encoded. What a stream has at its start or
 * switches to is remembered from text to text: a byte order mark is written once, a charset designated when it changes.
 *
 * @see Emacs Lisp manual, "Explicit Encoding"
 */
export class Encoder {
  private charset: ((text: string) => Buffer) | null = null;

  constructor(readonly system: CodingSystem | null) {}

  encode(text: Text): Buffer {
    const { system } = this;
    const eol = system?.charset === 'binary' ? null : (system?.eol ?? null);
    if (typeof text !== 'string') {
      if (eol !== 'dos' && eol !== 'mac') return asBuffer(text);
      return Buffer.from(toEol(asBuffer(text).toString('latin1'), eol), 'latin1');
    }
    const isFirst = this.charset === null;
    this.charset ??= charsetEncoder(system);
    const lines = toEol(text, eol);
    return this.charset(isFirst && lines !== '' && hasMark(system) ? `\ufeff${lines}` : lines);
  }
}

function hasMark(system: CodingSystem | null): boolean {
  // UTF-8 with a mark only if asked for; UTF-16 unless its name says the order of bytes alone.
  return system?.signature === 'with' || (system?.signature === 'auto' && system.charset !== 'utf-8');
}

/** The bytes of one text on its own. */
export function encodeText(system: CodingSystem | null, text: Text): Buffer {
  return new Encoder(system).encode(text);
}
