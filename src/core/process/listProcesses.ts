import { isNil } from '../base/nil';
import type { Process } from './process';

const columns = [
  ['Process', 15],
  ['PID', 7],
  ['Status', 7],
  ['Buffer', 25],
  ['TTY', 12],
  ['Thread', 12],
  ['Command', 0],
] as const;

/**
 * The table of `list-processes`, sorted by name. Network processes have no PID and no terminal.
 *
 * @see Emacs Lisp manual, "Process Information" (list-processes)
 */
export function processTable(processes: readonly Process[]): string {
  const rows = [...processes].sort((a, b) => (a.name < b.name ? -1 : 1)).map(row);
  return [columns.map(([title]) => title), ...rows].map((cells) => `${line(cells)}\n`).join('');
}

function row(process: Process): string[] {
  const buffer = process.buffer?.name ?? '--';
  return [process.name, '--', process.status, buffer, '--', 'Main', command(process)];
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, i) => cell.padEnd(columns[i]![1]))
    .join(' ')
    .trimEnd();
}

/** `(network server on HOST:SERVICE)`; the first word is the type when there is one. */
function command(process: Process): string {
  const get = (key: string): unknown => process.contact.get(key) ?? null;
  const type = get('type') ? show(get('type')) : 'network';
  if (!process.isServer) return `(${type} connection to ${show(get('host'))}:${show(get('service'))})`;
  const at = get('host') ? `${show(get('host'))}:${show(get('service'))}` : show(get('local'));
  return `(${type} server on ${at})`;
}

function show(value: unknown): string {
  if (isNil(value)) return 'nil';
  if (value === true) return 't';
  if (Array.isArray(value)) return `[${value.join(' ')}]`;
  return typeof value === 'symbol' ? (value.description ?? '') : String(value);
}
