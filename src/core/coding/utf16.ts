/**
 * UTF-16 that loses nothing: half a surrogate pair becomes two lone surrogates U+DC00…U+DCFF, one for each byte, that go
 * out as the same bytes again. An odd byte at the end of all is a raw byte as everywhere.
 *
 * @see RFC 2781
 */
import { textOf } from './utf8';

/** Decodes what is complete; see decodeTable. */
export function decodeUtf16(bytes: Buffer, bigEndian: boolean, final: boolean): { text: string; rest: number } {
  const whole = bytes.length >> 1;
  const units = new Uint16Array(2 * whole + 1);
  const unitAt = (i: number): number => (bigEndian ? bytes.readUInt16BE(2 * i) : bytes.readUInt16LE(2 * i));
  let length = 0;
  let i = 0;
  for (; i < whole; i++) {
    const unit = unitAt(i);
    if (unit < 0xd800 || unit > 0xdcff) units[length++] = unit;
    else if (unit < 0xdc00 && i + 1 === whole && !final) break;
    else if (unit < 0xdc00 && i + 1 < whole && isLow(unitAt(i + 1))) {
      units[length++] = unit;
      units[length++] = unitAt(++i);
    } else {
      units[length++] = 0xdc00 + bytes[2 * i]!;
      units[length++] = 0xdc00 + bytes[2 * i + 1]!;
    }
  }
  if (!final) return { text: textOf(units, length), rest: bytes.length - 2 * i };
  if (bytes.length % 2) units[length++] = bytes.at(-1)! < 0x80 ? bytes.at(-1)! : 0xdc00 + bytes.at(-1)!;
  return { text: textOf(units, length), rest: 0 };
}

export function encodeUtf16(text: string, bigEndian: boolean): Buffer {
  const bytes = Buffer.alloc(2 * text.length);
  let length = 0;
  const put = (unit: number): void => {
    bytes[length++] = bigEndian ? unit >> 8 : unit;
    bytes[length++] = bigEndian ? unit : unit >> 8;
  };
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && isLow(text.charCodeAt(i + 1))) {
      put(unit);
      put(text.charCodeAt(++i));
    } else if (unit >= 0xdc00 && unit <= 0xdcff) bytes[length++] = unit - 0xdc00;
    else put(unit);
  }
  return bytes.subarray(0, length);
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
