import type { TextBuffer } from '../api';
import type { Process } from './process';

/**
 * A place in a map. A map's former tables live until the next full collection of garbage, and all they hold with them,
 * so a place that is given up is emptied: else half of all short-lived processes would be garbage that is copied twice.
 */
interface Entry {
  process: Process | null;
}

/**
 * The registered processes. A name is used by one process at a time; a taken one gets `<1>`, `<2>`… on the name asked
 * for, the lowest free number first.
 *
 * @see Emacs Lisp manual, "Process Information"
 */
export class Registry {
  private readonly byName = new Map<string, Entry>();
  private readonly byBuffer = new Map<TextBuffer, Set<Process>>();
  /** For a name asked for: every candidate below this number is taken. */
  private readonly lowest = new Map<string, number>();

  /** Newest first. */
  list(): Process[] {
    return [...this.byName.values()].map(({ process }) => process!).reverse();
  }

  get(name: string): Process | null {
    return this.byName.get(name)?.process ?? null;
  }

  has(process: Process): boolean {
    return this.byName.get(process.name)?.process === process;
  }

  /** A name nobody has. */
  uniqueName(wanted: string): string {
    let number = this.lowest.get(wanted) ?? 0;
    while (this.byName.has(candidate(wanted, number))) number++;
    if (number > 0) this.lowest.set(wanted, number);
    return candidate(wanted, number);
  }

  add(process: Process): void {
    this.byName.set(process.name, { process });
    if (process.buffer) this.attach(process, process.buffer);
  }

  remove(process: Process): void {
    const entry = this.byName.get(process.name);
    if (entry?.process !== process) return;
    entry.process = null;
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
    const at = name.lastIndexOf('<');
    if (at < 0 || !name.endsWith('>')) return;
    const [wanted, digits] = [name.slice(0, at), name.slice(at + 1, -1)];
    if (!/^[1-9]\d*$/.test(digits)) return;
    const number = Number(digits);
    if ((this.lowest.get(wanted) ?? 0) > number) this.lowest.set(wanted, number);
  }
}

function candidate(wanted: string, number: number): string {
  return number === 0 ? wanted : `${wanted}<${number}>`;
}
