import { isAscii, isUtf8 } from 'node:buffer';
import type { Text } from '../api';
import { decided, isUnibyte, noConversion, withEol, type CodingSystem, type Eol } from './codingSystem';
import { encodeText } from './encoder';
import { detectEol, fromEol } from './eol';
import { decodeTable } from './tableCharset';
import { asBuffer, bytesToText, decodeUtf8, incompleteTail } from './utf8';

/**
 * Bytes to text, with memory between chunks: an unfinished character, a CR whose LF may follow, and what `undecided`
 * and an end-of-line convention not given turned out to be. Any chunking of the same bytes gives the same text, but
 * for what detection decides by the first chunk that shows something.
 */
export class Decoder {
  private unfinished: Buffer | null = null;
  private heldCr = false;

  /**
   * @param onDecided told when detection has concluded something; `system` is the new one
   * @param pending bytes that come before all others
   */
  constructor(
    private current: CodingSystem | null,
    private readonly onDecided: (system: CodingSystem) => void,
    pending: Buffer | null = null,
  ) {
    this.unfinished = pending;
  }

  /** Bytes that were taken and not given out yet: for the decoder that follows this one. */
  get pending(): Buffer {
    const cr = this.heldCr ? encodeText(this.current, '\r') : Buffer.alloc(0);
    return Buffer.concat([cr, this.unfinished ?? Buffer.alloc(0)]);
  }

  /** The coding system in force, or null for no conversion. */
  get system(): CodingSystem | null {
    return this.current;
  }

  /** Text of the bytes so far, as far as complete: a string, or bytes when the system makes unibyte strings. */
  decode(bytes: Uint8Array): Text {
    return this.convert(asBuffer(bytes), false);
  }

  /** What is left at the end: unfinished characters as raw bytes, a CR held back. Starts afresh afterwards. */
  flush(): Text {
    return this.convert(Buffer.alloc(0), true);
  }

  private convert(chunk: Buffer, final: boolean): Text {
    let bytes = this.unfinished ? Buffer.concat([this.unfinished, chunk]) : chunk;
    this.unfinished = null;
    if (this.current?.charset === 'undecided' && bytes.includes(0)) {
      if (this.heldCr) bytes = Buffer.concat([Buffer.from('\r'), bytes]);
      this.heldCr = false;
      this.decideOn(noConversion);
    }
    const system = this.current;
    // A copy: the bytes as they came stand in the byte log, whatever a filter does with its own.
    if (system === null || system.charset === 'binary') return Buffer.from(bytes);
    if (isUnibyte(system)) {
      // Line ends are ASCII, so bytes can pass through the same conversion as one character each.
      return Buffer.from(this.lines(bytes.toString('latin1'), final), 'latin1');
    }
    return this.lines(this.characters(bytes, final), final);
  }

  private characters(bytes: Buffer, final: boolean): string {
    if (this.current!.charset === 'undecided') {
      if (isAscii(bytes)) return bytes.toString('latin1');
      const body = bytes.subarray(0, bytes.length - incompleteTail(bytes));
      this.decideOn(decided(this.current!, isUtf8(body) ? 'utf-8' : 'iso-latin-1'));
    }
    const { charset, table } = this.current!;
    if (charset === 'latin-1') return bytes.toString('latin1');
    if (charset === 'us-ascii') return bytesToText(bytes);
    if (charset === 'utf-8') {
      const tail = final ? 0 : incompleteTail(bytes);
      this.keep(bytes, tail);
      return decodeUtf8(tail ? bytes.subarray(0, bytes.length - tail) : bytes);
    }
    const { text, rest } = decodeTable(table!, bytes);
    if (rest && final) return text + bytesToText(bytes.subarray(bytes.length - rest));
    this.keep(bytes, rest);
    return text;
  }

  private keep(bytes: Buffer, tail: number): void {
    // A copy: the rest of the chunk must not be kept alive by three bytes of it.
    if (tail) this.unfinished = Buffer.from(bytes.subarray(bytes.length - tail));
  }

  private get eol(): Eol {
    return this.current?.eol ?? null;
  }

  private lines(text: string, final: boolean): string {
    if (this.eol === 'unix') return text;
    let all = this.heldCr ? `\r${text}` : text;
    this.heldCr = false;
    if (this.eol === null) {
      const eol = detectEol(all);
      if (eol) this.decideOn(withEol(this.current!, eol));
    }
    const eol = this.eol;
    if (!final && (eol === 'dos' || eol === null) && all.endsWith('\r')) {
      this.heldCr = true;
      all = all.slice(0, -1);
    }
    return eol ? fromEol(all, eol) : all;
  }

  private decideOn(system: CodingSystem): void {
    this.current = system;
    this.onDecided(system);
  }
}
