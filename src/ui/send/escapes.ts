/** What was typed, with its escapes replaced; or the escape that means nothing. */
export type Unescaped = { readonly text: string } | { readonly unknown: string };

const single: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };

/**
 * Replaces `\n`, `\r`, `\t`, `\\` and `\xHH`. A byte from `\x80` on becomes the lone surrogate that the core sends as
 * that byte.
 */
export function unescapeText(typed: string): Unescaped {
  let unknown: string | undefined;
  const text = typed.replace(/\\(?:x([0-9a-fA-F]{2})|(.?))/gsu, (escape, hex: string | undefined, c = '') => {
    if (hex) return byteText(parseInt(hex, 16));
    const meant = single[c as string];
    if (meant === undefined) unknown ??= escape;
    return meant ?? '';
  });
  return unknown === undefined ? { text } : { unknown };
}

function byteText(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}
