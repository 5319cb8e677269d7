/** Each charset's code for bytes to text and back. */
import type { CodingSystem } from './codingSystem';
import type * as Tables from './charsetTables';
import { bytesToText, decodeUtf8, encodeUtf8, incompleteTail, rawByte } from './utf8';
import { decodeUtf16, encodeUtf16 } from './utf16';

let loaded: typeof Tables | null = null;

function tables(): typeof Tables {
  // A synchronous load in the middle of a call: setProcessCodingSystem must refuse unknown names at once.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  loaded ??= require('./charsetTables') as typeof Tables;
  return loaded;
}

/**
 * Decodes what is complete of a stream's bytes, all if `final`.
 *
 * @returns the text, and how many bytes at the end are the start of an unfinished character: they come again.
 */
export type CharsetDecoder = (bytes: Buffer, final: boolean) => { text: string; rest: number };

/** Characters of bytes; not for what is binary, raw text or undecided. */
export function charsetDecoder(system: CodingSystem): CharsetDecoder {
  switch (system.charset) {
    case 'latin-1':
      return (bytes) => ({ text: bytes.toString('latin1'), rest: 0 });
    case 'us-ascii':
      return (bytes) => ({ text: bytesToText(bytes), rest: 0 });
    case 'utf-16be':
    case 'utf-16le':
      return (bytes, final) => decodeUtf16(bytes, system.charset === 'utf-16be', final);
    case 'utf-7':
    case 'utf-7-imap':
      return tables().utf7Decoder(system.charset === 'utf-7-imap');
    case 'iso-2022':
      return tables().iso2022Decoder(system.base);
    case 'table': {
      const { decodeTable, tableOf } = tables();
      const table = tableOf(system.base, system.table!.iconv, system.table!.width);
      return (bytes, final) => decodeTable(table, bytes, final);
    }
    default:
      return (bytes, final) => {
        const rest = final ? 0 : incompleteTail(bytes);
        return { text: decodeUtf8(rest ? bytes.subarray(0, bytes.length - rest) : bytes), rest };
      };
  }
}

/** Bytes of characters; what a charset lacks becomes a space, in ASCII `?`. */
export function charsetEncoder(system: CodingSystem | null): (text: string) => Buffer {
  switch (system?.charset) {
    case 'latin-1':
      return (text) => encodeBytewise(text, 0xff, 0x20);
    case 'us-ascii':
      return (text) => encodeBytewise(text, 0x7f, 0x3f);
    case 'utf-16be':
    case 'utf-16le':
      return (text) => encodeUtf16(text, system.charset === 'utf-16be');
    case 'utf-7':
    case 'utf-7-imap':
      return (text) => tables().encodeUtf7(text, system.charset === 'utf-7-imap');
    case 'iso-2022':
      return tables().iso2022Encoder(system.base);
    case 'table': {
      const { tableEncoder, tableOf } = tables();
      return tableEncoder(tableOf(system.base, system.table!.iconv, system.table!.width), 0x20);
    }
    default:
      return encodeUtf8;
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
