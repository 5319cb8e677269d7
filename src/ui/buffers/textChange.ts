import type { DocumentText } from './documentText';

/** A part of a document's text to be replaced: offsets in the text as it is before. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** VS Code replaces the text of a document by one that is longer than this as a whole, and else only what differs. */
const wholeAbove = 100_000;
/** What of the end of a text may look different when more comes behind it: a broken line, a carriage return. */
const unsettled = 32;

/** How a document gets from one text to the next. */
export interface TextChange {
  /** What to edit; null when the document is better given its text anew. */
  readonly edits: readonly TextEdit[] | null;
  /** Whether text before the common part differs: what an editor shows has moved. */
  readonly headChanged: boolean;
  /** Nothing of the earlier text is left. */
  readonly isOther: boolean;
  /** Bytes, roughly, that it costs the window until the document is closed: nothing is given back before. */
  readonly cost: number;
}

/**
 * Compares the texts of a document, of which the later one is the earlier one with text added at the end and taken away
 * or added at the start.
 *
 * @param shift How many units of the buffer's text the later one begins further on.
 */
export function changeBetween(before: DocumentText, after: DocumentText, shift: number): TextChange {
  const oldHead = shift === 0 ? before.headLength : before.lengthBefore(shift);
  const newHead = shift === 0 ? after.headLength : after.lengthBefore(-shift);
  const head = { start: 0, end: oldHead, text: after.shown.slice(0, newHead) };
  const tail = tailEdit(before.shown, oldHead, after.shown, newHead);
  const headChanged = head.text !== before.shown.slice(0, oldHead);
  const isOther = oldHead > 0 && oldHead >= before.shown.length;
  const whole = { edits: null, headChanged, isOther, cost: bytesOf(after.shown) };
  // Edits come through sooner.
  if (!tail || isOther) return whole;
  const edits = [...(headChanged ? [head] : []), ...(tail.text !== '' || tail.end > tail.start ? [tail] : [])];
  if (after.shown.length <= wholeAbove && before.shown.length <= wholeAbove) {
    return { ...whole, cost: sum(edits.map((e) => bytesOf(e.text))) };
  }
  // Each edit is kept for undoing it, which nobody can do, at two bytes a character.
  const cost = sum(edits.map((e) => bytesOf(e.text) + 2 * (e.text.length + e.end - e.start)));
  return { ...whole, edits, cost };
}

/** What a text takes in the window: one character beyond Latin-1, such as our mark, makes all of it two bytes wide. */
export function bytesOf(text: string): number {
  return /[^\0-\xff]/.test(text) ? 2 * text.length : text.length;
}

function tailEdit(before: string, oldHead: number, after: string, newHead: number): TextEdit | null {
  const moved = newHead - oldHead;
  const settled = Math.max(before.length - unsettled, oldHead);
  if (before.slice(oldHead, settled) !== after.slice(newHead, settled + moved)) return null;
  let same = settled;
  while (same < before.length && before.charCodeAt(same) === after.charCodeAt(same + moved)) same++;
  return { start: same, end: before.length, text: after.slice(same + moved) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
