/**
 * Names of coding systems: what Emacs calls them and what they mean here.
 *
 * @see Emacs Lisp manual, "Coding System Basics", "Lisp and Coding Systems"
 */
import { NetworkProcessError, wrongType } from '../errors';
import { codingName, type Charset } from './codingNames';

/** End-of-line convention; null is "find out from the data". */
export type Eol = 'unix' | 'dos' | 'mac' | null;

export interface CodingSystem {
  /** The name as given, with its end-of-line suffix. */
  readonly name: string;
  /** Emacs' own name for it, without suffix: `iso-latin-1` for `latin-1`. */
  readonly base: string;
  readonly charset: Charset;
  /** iconv-lite's name, for `table`. */
  readonly table: string | null;
  readonly eol: Eol;
}

const suffix = /-(unix|dos|mac)$/;

/**
 * Reads a coding system's name.
 *
 * @returns null for nil: no conversion.
 * @throws NP_WRONG_TYPE when it is no name, NP_CODING_UNKNOWN when nobody knows it
 */
export function codingSystem(name: unknown): CodingSystem | null {
  if (name === null || name === undefined || name === false) return null;
  if (typeof name !== 'string') throw wrongType('symbolp', name);
  const eol = (suffix.exec(name)?.[1] ?? null) as Eol;
  const stem = eol ? name.replace(suffix, '') : name;
  const known = codingName(stem);
  if (known) {
    const { base, charset, table } = known;
    return { name, base, charset, table, eol: charset === 'binary' ? 'unix' : eol };
  }
  throw new NetworkProcessError('NP_CODING_UNKNOWN', 'coding-system-error', [Symbol.for(name)], name);
}

/** The same system with its end-of-line convention found out, named as Emacs names it. */
export function withEol(system: CodingSystem, eol: 'unix' | 'dos' | 'mac'): CodingSystem {
  if (system.eol !== null) return system;
  return { ...system, eol, name: `${system.base}-${eol}` };
}

/** An encoder with what it leaves open, charset or line ends, taken from the default one. */
export function completeEncoder(system: CodingSystem | null, fallback: CodingSystem | null): CodingSystem | null {
  const isDecided = system !== null && system.charset !== 'undecided';
  if (isDecided && system.eol !== null) return system;
  const base = isDecided ? system.base : (fallback?.base ?? 'utf-8');
  return codingSystem(`${base}-${system?.eol ?? fallback?.eol ?? 'unix'}`);
}

/** The system that `undecided` turned out to be. */
export function decided(system: CodingSystem, found: 'utf-8' | 'iso-latin-1'): CodingSystem {
  const name = system.eol ? `${found}-${system.eol}` : found;
  return { name, base: found, charset: found === 'utf-8' ? 'utf-8' : 'latin-1', table: null, eol: system.eol };
}

/** What `undecided` becomes when a zero byte shows that the data is no text. */
export const noConversion: CodingSystem = {
  name: 'no-conversion',
  base: 'no-conversion',
  charset: 'binary',
  table: null,
  eol: 'unix',
};

/** Only the end-of-line part of a system, bytes otherwise as they are: what a unibyte filter gets. */
export function rawTextOf(system: CodingSystem | null): CodingSystem {
  const eol = system?.charset === 'binary' ? 'unix' : (system?.eol ?? null);
  return { name: eol ? `raw-text-${eol}` : 'raw-text', base: 'raw-text', charset: 'raw-text', table: null, eol };
}

/** True when the decoder gives bytes, not characters. */
export function isUnibyte(system: CodingSystem | null): boolean {
  return system === null || system.charset === 'binary' || system.charset === 'raw-text';
}
