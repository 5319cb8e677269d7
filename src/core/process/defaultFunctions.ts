/**
 * What a process does with output and news when nobody else wants them: both go into its buffer, at the process mark.
 *
 * @see Emacs Lisp manual, "Filter Functions", "Sentinels" (internal-default-process-filter and -sentinel)
 */
import type { Text } from '../api';
import type { Buffer as TextBuffer } from '../buffer/buffer';
import { countChars } from '../buffer/textStore';
import type { Process } from './process';

/** Inserts output at the process mark, before other markers; discards it when there is no live buffer. */
export function insertOutput(process: Process, output: Text): void {
  const buffer = process.buffer;
  if (!buffer?.live) return;
  if (process.mark.buffer !== buffer) process.mark.set(buffer, buffer.pointMax);
  buffer.insertBeforeMarkers(process.mark.position!, buffer.adapt(output));
}

/** Puts other output in place of all that the buffer has; this program's own lines follow it. */
export function replaceOutput(process: Process, buffer: TextBuffer, text: string): void {
  const notes = buffer.notes.map(({ start, end }) => buffer.slice(start, end));
  const isOpen = notes.length > 0 && text !== '' && !text.endsWith('\n');
  buffer.replaceAll(isOpen ? `${text}\n` : text);
  process.mark.set(buffer, buffer.size + 1);
  for (const note of notes) insertNote(process, note);
}

/** Notes in the buffer how a process ended. */
export function insertMessage(process: Process, message: string): void {
  if (process.isAlive) return;
  insertOwn(process, '\n', `Process ${process.name} ${message}`);
}

/** Writes a line of this program's own at the process mark, on a line of its own. */
export function insertNote(process: Process, line: string): void {
  insertOwn(process, '', `${line}\n`);
}

function insertOwn(process: Process, before: string, line: string): void {
  const { buffer } = process;
  if (!buffer?.live) return;
  insertOutput(process, before + line);
  // Counted from the end: a full buffer loses its beginning meanwhile.
  const end = process.mark.position! - (line.endsWith('\n') ? 1 : 0);
  buffer.addNote(end - countChars(line.replace(/\n$/, '')), end);
}
