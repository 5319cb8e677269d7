import type { TextBuffer } from '../api';
import type { Process } from './process';

/**
 * The registered processes. A name is used by one process at a time; a taken one gets `<1>`, `<2>`… on the name asked
 * for, the lowest free number first.
 *
 * @see Emacs Lisp manual, "Process Information"
 */
export class Registry {
  private readonly byName = new Map<string, Process>();
  private readonly byBuffer = new Map<TextBuffer, Set<Process>>();
  /** For a name asked for: every candidate below this number is taken. */
  private readonly lowest = new Map<string, number>();

  /** Newest first. */
  list(): Process[] {
    return [...this.byName.values()].reverse();
  }

  get(name: string): Process | null {
    return this.byName.get(name) ?? null;
  }

  has(process: Process): boolean {
    return this.byName.get(process.name) === process;
  }

  /** A name nobody has. */
  uniqueName(wanted: string): string {
    let number = this.lowest.get(wanted) ?? 0;
    while (this.byName.has(candidate(wanted, number))) number++;
    if (number > 0) this.lowest.set(wanted, number);
    return candidate(wanted, number);
  }

  add(process: Process): void {
    this.byName.set(process.name, process);
    if (process.buffer) this.attach(process, process.buffer);
  }

  remove(process: Process): void {
    if (!this.has(process)) return;
    this.byName.delete(process.name);
    this.freed(process.name);
    if (process.buffer) this.detach(process, process.buffer);
  }

  /** Tells that a registered process changed its buffer. */
  moved(process: Process, from: TextBuffer | null, to: TextBuffer | null): void {
    if (!this.has(process)) return;
    if (from) this.detach(process, from);
    if (to) this.attach(process, to);
  }

  /** The processes of a buffer, newest first. */
  ofBuffer(buffer: TextBuffer): Process[] {
    return [...(this.byBuffer.get(buffer) ?? [])].sort((a, b) => b.id - a.id);
  }

  private attach(process: Process, buffer: TextBuffer): void {
    const set = this.byBuffer.get(buffer);
    if (set) set.add(process);
    else this.byBuffer.set(buffer, new Set([process]));
  }

  private detach(process: Process, buffer: TextBuffer): void {
    const set = this.byBuffer.get(buffer);
    set?.delete(process);
    if (set?.size === 0) this.byBuffer.delete(buffer);
  }

  private freed(name: string): void {
    this.lowest.delete(name);
    const match = /^(.*)<([1-9]\d*)>$/s.exec(name);
    if (!match) return;
    const [wanted, number] = [match[1]!, Number(match[2])];
    if ((this.lowest.get(wanted) ?? 0) > number) this.lowest.set(wanted, number);
  }
}

function candidate(wanted: string, number: number): string {
  return number === 0 ? wanted : `${wanted}<${number}>`;
}
