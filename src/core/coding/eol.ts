/** End-of-line conventions: finding them out, and turning line ends into newlines and back. */

/**
 * The convention of the first line ends in `text` (up to three): all CRLF, all LF, all CR; CRLF and CR is CRLF,
 * another mixture is LF.
 *
 * @returns null when there is no line end yet. A CR at the very end does not count: its LF may be on the way.
 */
export function detectEol(text: string): 'unix' | 'dos' | 'mac' | null {
  const found = new Set<'unix' | 'dos' | 'mac'>();
  const lineEnd = /\r\n|\n|\r(?!$)/g;
  for (let i = 0; i < 3; i++) {
    const match = lineEnd.exec(text);
    if (!match) break;
    found.add(match[0] === '\r\n' ? 'dos' : match[0] === '\n' ? 'unix' : 'mac');
  }
  if (found.size === 0) return null;
  if (found.size === 1) return [...found][0]!;
  // Stray CRs are let pass where lines end in CRLF.
  return found.has('unix') ? 'unix' : 'dos';
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
