/**
 * What a process does with output and news when nobody else wants them: both go into its buffer, at the process mark.
 *
 * @see Emacs Lisp manual, "Filter Functions", "Sentinels" (internal-default-process-filter and -sentinel)
 */
import type { Text } from '../api';
import type { Process } from './process';

/** Inserts output at the process mark, before other markers; discards it when there is no live buffer. */
export function insertOutput(process: Process, output: Text): void {
  const buffer = process.buffer;
  if (!buffer?.live) return;
  if (process.mark.buffer !== buffer) process.mark.set(buffer, buffer.pointMax);
  buffer.insertBeforeMarkers(process.mark.position!, buffer.adapt(output));
}

/** Notes in the buffer how a process ended. */
export function insertMessage(process: Process, message: string): void {
  if (process.isAlive) return;
  insertOutput(process, `\nProcess ${process.name} ${message}`);
}
