/** Bytes as people read them: offset, sixteen bytes in hex, the printable ones as characters. */

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Everything but printable ASCII is a dot: nothing in it can act on what shows it. */
const shown = Array.from({ length: 256 }, (_, byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));

const perLine = 16;

/** Characters of a full line, its end included. */
export const lineCharacters = 78;

/**
 * Lines such as `00000010  48 65 6c 6c 6f 0d 0a                              |Hello..|`, each with its end; none for no
 * bytes.
 *
 * @param offset Of the first byte.
 */
export function hexLines(bytes: Uint8Array, offset: number): string {
  let lines = '';
  for (let start = 0; start < bytes.length; start += perLine) {
    const end = Math.min(start + perLine, bytes.length);
    let hex = '';
    let text = '';
    for (let i = start; i < end; i++) {
      hex += i - start === perLine / 2 ? `  ${hexPairs[bytes[i]!]!}` : ` ${hexPairs[bytes[i]!]!}`;
      text += shown[bytes[i]!]!;
    }
    lines += `${offsetText(offset + start)} ${hex.padEnd(3 * perLine + 1)}  |${text}|\n`;
  }
  return lines;
}

/** Eight hexadecimal digits or more. */
export function offsetText(offset: number): string {
  return offset.toString(16).padStart(8, '0');
}
