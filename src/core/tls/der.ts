/**
 * As much of DER as certificates take: reading one value after another, and writing them.
 *
 * @see ITU-T X.690
 */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  children(): Der[];
}

/** The first value in some bytes; what is cut off reads as empty. */
export function readDer(bytes: Buffer): Der {
  const tag = bytes[0] ?? 0;
  const short = bytes[1] ?? 0;
  const count = short < 0x80 ? 0 : short & 0x7f;
  // There is no indefinite length in DER.
  const length =
    short <= 0x80 ? short & 0x7f : count > 4 ? 0 : bytes.readUIntBE(2, Math.min(count, bytes.length - 2) || 1);
  const start = 2 + count;
  const content = bytes.subarray(start, start + length);
  return { tag, content, children: () => readAll(content) };
}

function readAll(bytes: Buffer): Der[] {
  const found: Der[] = [];
  for (let at = 0; at < bytes.length;) {
    const rest = bytes.subarray(at);
    const one = readDer(rest);
    found.push(one);
    at += Math.max(one.content.byteOffset - rest.byteOffset + one.content.length, 2);
  }
  return found;
}

/** A value of this tag; what is inside one after another. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** An object identifier, `2.5.4.3`. */
export function derOid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number) as [number, number, ...number[]];
  const bytes = [first * 40 + second];
  for (const n of rest) {
    const groups = [n & 0x7f];
    for (let left = n >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}
