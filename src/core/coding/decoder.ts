import type { Text } from '../api';
import { charsetDecoder, type CharsetDecoder } from './charset';
import { isUnibyte, withEol, type CodingSystem, type Eol } from './codingSystem';
import { detect } from './detect';
import { encodeText } from './encoder';
import { detectEol, fromEol } from './eol';
import { asBuffer } from './utf8';

/**
 * Bytes to text, with memory between chunks: an unfinished character, a CR whose LF may follow, and what `undecided`
 * and an end-of-line convention not given turned out to be. Any chunking of the same bytes gives the same text, but
 * for what detection decides by the first chunk that shows something.
 */
export class Decoder {
  private unfinished: Buffer | null = null;
  private heldCr = false;
  private charset: CharsetDecoder | null = null;
  /** Past the place of a byte order mark. */
  private isBegun = false;

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
    const text = this.convert(Buffer.alloc(0), true);
    this.charset = null;
    this.isBegun = false;
    return text;
  }

  private convert(chunk: Buffer, final: boolean): Text {
    let bytes = this.unfinished ? Buffer.concat([this.unfinished, chunk]) : chunk;
    this.unfinished = null;
    const found = final ? null : detect(this.current, bytes);
    if (found && isUnibyte(found) && this.heldCr) {
      bytes = Buffer.concat([Buffer.from('\r'), bytes]);
      this.heldCr = false;
    }
    if (found) this.decideOn(found);
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
    this.charset ??= charsetDecoder(this.current!);
    const { text, rest } = this.charset(bytes, final);
    if (rest) this.keep(bytes, rest);
    if (this.isBegun || text === '') return text;
    this.isBegun = true;
    return this.current!.signature === 'with' && text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  private keep(bytes: Buffer, tail: number): void {
    // A copy: the rest of the chunk must not be kept alive by three bytes of it.
    this.unfinished = Buffer.from(bytes.subarray(bytes.length - tail));
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
    // Line ends found out do not change what the charset remembers.
    if (system.base !== this.current?.base) this.charset = null;
    this.current = system;
    this.onDecided(system);
  }
}
