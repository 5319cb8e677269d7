/** End-of-line conventions: finding them out, and turning line ends into newlines and back. */

/**
 * The convention of a text: LF wherever one stands alone, else CRLF if there is any, else CR.
 *
 * @returns null when there is no line end yet. A CR at the very end does not count: its LF may be on the way.
 */
export function detectEol(text: string): 'unix' | 'dos' | 'mac' | null {
  if (/(?<!\r)\n/.test(text)) return 'unix';
  if (text.includes('\r\n')) return 'dos';
  return /\r(?!$)/.test(text) ? 'mac' : null;
}

/** Line ends to newlines. */
export function fromEol(text: string, eol: 'unix' | 'dos' | 'mac'): string {
  if (eol === 'dos') return text.replaceAll('\r\n', '\n');
  return eol === 'mac' ? text.replaceAll('\r', '\n') : text;
}

/** Newlines to line ends. */
export function toEol(text: string, eol: 'unix' | 'dos' | 'mac' | null): string {
  if (eol === 'dos') return text.replaceAll('\n', '\r\n');
  return eol === 'mac' ? text.replaceAll('\n', '\r') : text;
}
