/**
 * Names of coding systems: what Emacs calls them and what they mean here.
 *
 * @see Emacs Lisp manual, "Coding System Basics", "Lisp and Coding Systems"
 */
import { NetworkProcessError, wrongType } from '../errors';
import { codingName, type Charset, type Signature, type TableName } from './codingNames';

/** End-of-line convention; null is "find out from the data". */
export type Eol = 'unix' | 'dos' | 'mac' | null;

export interface CodingSystem {
  /** The name as given, with its end-of-line suffix. */
  readonly name: string;
  /** Emacs' own name for it, without suffix: `iso-latin-1` for `latin-1`. */
  readonly base: string;
  readonly charset: Charset;
  readonly signature: Signature | null;
  /** For `table`. */
  readonly table: TableName | null;
  readonly eol: Eol;
}

const suffix = /-(unix|dos|mac)$/;

/** Those that were asked for, by the names they were asked for with. */
const systems = new Map<string, CodingSystem>();

/**
 * Reads a coding system's name.
 *
 * @returns null for nil: no conversion.
 * @throws NP_WRONG_TYPE when it is no name, NP_CODING_UNKNOWN when nobody knows it
 */
export function codingSystem(name: unknown): CodingSystem | null {
  if (name === null || name === undefined || name === false) return null;
  if (typeof name !== 'string') throw wrongType('symbolp', name);
  const asked = systems.get(name);
  if (asked) return asked;
  const eol = (suffix.exec(name)?.[1] ?? null) as Eol;
  const stem = eol ? name.replace(suffix, '') : name;
  const known = codingName(stem);
  if (known) {
    const { base, charset, signature, table } = known;
    const system = { name, base, charset, signature, table, eol: charset === 'binary' ? ('unix' as const) : eol };
    systems.set(name, system);
    return system;
  }
  throw new NetworkProcessError('NP_CODING_UNKNOWN', 'coding-system-error', [Symbol.for(name)], name);
}

/** The same system with its end-of-line convention found out, named as Emacs names it. */
export function withEol(system: CodingSystem, eol: 'unix' | 'dos' | 'mac'): CodingSystem {
  if (system.eol !== null) return system;
  return { ...system, eol, name: `${system.base}-${eol}` };
}

/** An encoder with what it leaves open, charset or line ends, taken from the default one. */
export function completeEncoder(system: CodingSystem | null, fallbackName: string): CodingSystem | null {
  const isDecided = system !== null && system.charset !== 'undecided';
  if (isDecided && system.eol !== null) return system;
  const fallback = codingSystem(fallbackName);
  const base = isDecided ? system.base : (fallback?.base ?? 'utf-8');
  return codingSystem(`${base}-${system?.eol ?? fallback?.eol ?? 'unix'}`);
}

/** The system that one left open turned out to be, with the end-of-line convention found so far. */
export function decided(system: CodingSystem, found: string): CodingSystem {
  return codingSystem(system.eol && found !== 'no-conversion' ? `${found}-${system.eol}` : found)!;
}

/** Only the end-of-line part of a system, bytes otherwise as they are: what a unibyte filter gets. */
export function rawTextOf(system: CodingSystem | null): CodingSystem {
  const eol = system?.charset === 'binary' ? 'unix' : (system?.eol ?? null);
  return codingSystem(eol ? `raw-text-${eol}` : 'raw-text')!;
}

/** True when the decoder gives bytes, not characters. */
export function isUnibyte(system: CodingSystem | null): boolean {
  return system === null || system.charset === 'binary' || system.charset === 'raw-text';
}
