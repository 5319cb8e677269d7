/**
 * The text of a process buffer as a document shows it. Bytes and controls that an editor would hide or act on become
 * escapes; characters stay what they are, bidirectional and zero-width ones included, which VS Code marks by itself.
 */

/** A line longer than this is broken: the editor stops drawing a line after 10,000 characters. */
const maxLineUnits = 9_999;
/** At the end of a line that goes on in the next one. */
const goesOn = '↩';

/**
 * Controls but tab and line feed, line and paragraph separators, lone surrogates; in runs, since binary data is made of
 * them. A carriage return before a line feed is a part of the line's end and is not shown.
 */
const escaped = /(?:[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\p{Cs}]|\r(?!\n))+|\r(?=\n)/gu;

/** Escapes as `\x1b`, `\u2028`, and `\xff` for a byte that did not decode. Never throws, any text will do. */
export function renderText(text: string): string {
  return breakLines(text.replace(escaped, escapeRun));
}

function escapeRun(run: string, at: number, text: string): string {
  if (run === '\r' && text[at + 1] === '\n') return '';
  let shown = '';
  for (let i = 0; i < run.length; i++) shown += escape(run.charCodeAt(i));
  return shown;
}

function escape(code: number): string {
  if (code === 0x0d) return '\\r';
  if (code < 0x80) return byteEscapes[code]!;
  if (code >= 0xdc80 && code <= 0xdcff) return byteEscapes[code - 0xdc00]!;
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

const byteEscapes = Array.from({ length: 256 }, (_, byte) => `\\x${byte.toString(16).padStart(2, '0')}`);

function breakLines(text: string): string {
  const pieces: string[] = [];
  let start = 0;
  for (let lineStart = 0; lineStart <= text.length;) {
    const lineFeed = text.indexOf('\n', lineStart);
    const lineEnd = lineFeed < 0 ? text.length : lineFeed;
    for (let from = lineStart; lineEnd - from > maxLineUnits; from = start) {
      const end = from + maxLineUnits - (isHigh(text.charCodeAt(from + maxLineUnits - 1)) ? 1 : 0);
      pieces.push(text.slice(start, end), goesOn, '\n');
      start = end;
    }
    lineStart = lineEnd + 1;
  }
  return pieces.length === 0 ? text : pieces.join('') + text.slice(start);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
