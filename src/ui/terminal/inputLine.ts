import { escapeCharacter, invisibleClass } from '../peerText';
import { textWidth } from './columns';
import { controlName } from './controlCharacters';
import type { LineEditor } from './lineEditor';

const invisible = new RegExp(`[${invisibleClass}]`, 'gu');
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** UTF-16 units of one grapheme that are looked at; piled-up accents have more. */
const unitsPerGrapheme = 8;

/** What was typed or pasted, harmless to write: controls as `^I`, other invisible characters as `\u202e`. */
export function showTyped(text: string): string {
  return text.replace(invisible, (c) => (c < ' ' ? controlName(c.charCodeAt(0)) : escapeCharacter(c)));
}

/**
 * The part of the line around the cursor that fits into that many columns, what is cut off marked by `‹` and `›`.
 *
 * @returns The text and the column of the cursor in it.
 */
export function inputPart({ text, cursor }: LineEditor, columns: number): { shown: string; cursor: number } {
  const reach = columns * unitsPerGrapheme;
  const before = shownGraphemes(text.slice(Math.max(0, cursor - reach), cursor)).reverse();
  const after = shownGraphemes(text.slice(cursor, cursor + reach));
  const afterWidth = Math.min(textWidth(after.join('')), Math.floor(columns / 3));
  const left = fitting(before, columns - afterWidth, cursor > reach);
  const shownLeft = left.cut ? `‹${left.shown.reverse().join('')}` : left.shown.reverse().join('');
  const width = textWidth(shownLeft);
  const right = fitting(after, columns - width, cursor + reach < text.length);
  return { shown: shownLeft + right.shown.join('') + (right.cut ? '›' : ''), cursor: width };
}

function shownGraphemes(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => showTyped(segment));
}

/** The first graphemes that fit, with room for the mark if they are not all. */
function fitting(all: string[], columns: number, isCut: boolean): { shown: string[]; cut: boolean } {
  const isWhole = !isCut && textWidth(all.join('')) <= columns;
  if (isWhole) return { shown: all, cut: false };
  let width = 1;
  const count = all.findIndex((one) => (width += textWidth(one)) > columns);
  return { shown: count < 0 ? all : all.slice(0, count), cut: true };
}
