/**
 * Text that came from a peer, a name or an error, made harmless for trees, tooltips, quick picks and notifications:
 * nothing in it can hide, reorder, draw an icon or become a link.
 */

/**
 * Controls, format characters (bidi, zero-width, tags), line separators, lone surrogates, whatever is drawn as nothing:
 * what stands between the brackets of a `u` regular expression.
 */
export const invisibleClass = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800`;
const invisible = new RegExp(`[${invisibleClass}]`, 'gu');

/** Most characters shown; the rest becomes `…`. */
const shownCharacters = 200;

/**
 * The text on one line, invisible characters as `\x1b`, `\u202e` or, for bytes that did not decode, `\xff`; links and
 * icons broken by a space; at most 200 characters.
 */
export function showPeerText(text: string): string {
  let shown = '';
  let cut = '';
  let last = '';
  // What is cut off anyway need not be looked at: a peer may send megabytes.
  for (const c of text.slice(0, 2 * shownCharacters + 2)) {
    shown += c === '(' && (last === ']' || last === '$') ? ' (' : c.replace(invisible, escapeCharacter);
    // Whole pieces only: half an escape would say something else.
    if (shown.length > shownCharacters) return `${cut}…`;
    if (shown.length < shownCharacters) cut = shown;
    last = c;
  }
  return shown;
}

/** Several lines of text with everything invisible but the line feeds escaped; of any length. */
export function escapeInvisible(text: string): string {
  return text.replace(invisible, (c) => (c === '\n' ? c : escapeCharacter(c)));
}

/** `\x1b`, `\u202e`, for a byte that did not decode `\xff`. */
export function escapeCharacter(c: string): string {
  const code = c.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 5)}}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
