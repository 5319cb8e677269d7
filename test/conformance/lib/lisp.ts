/** Lisp values: what scenarios name and transcripts show, and what the core takes and gives in their place. */
import type { NetworkProcess, NetworkProcesses, TextBuffer } from '../../../src/core';
import { type Json, type JsonObject, isObject } from './json';

/** A vector: an array to the core, but told from lists when it comes back. */
export class Vector extends Array<unknown> {
  static holding(items: readonly unknown[]): Vector {
    return Vector.from(items);
  }
}

/** A list in a place where an array would be an address. */
export class List {
  constructor(readonly items: readonly unknown[]) {}
}

/** What `signal` throws. */
export class Signal extends Error {
  constructor(
    readonly condition: string,
    readonly data: readonly unknown[],
  ) {
    super(data.join(': '));
  }
}

/** Bytes as text: one of 0x80 and more is a lone surrogate. */
export function bytesAsText(bytes: Uint8Array): string {
  let text = '';
  for (const b of bytes) text += String.fromCharCode(b < 0x80 ? b : 0xdc00 + b);
  return text;
}

export function hexBytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replace(/\s+/g, ''), 'hex'));
}

export const isNil = (v: unknown): v is null | undefined | false => v === null || v === undefined || v === false;

export function isProcess(v: unknown): v is NetworkProcess {
  return typeof v === 'object' && v !== null && 'isDatagram' in v && 'isServer' in v;
}

export function isBuffer(v: unknown): v is TextBuffer {
  return typeof v === 'object' && v !== null && 'pointMin' in v && 'fullText' in v;
}

/** `use-external-socket` to `useExternalSocket` and back, remembering how scenarios spelled it. */
export class Keywords {
  private readonly given = new Map<string, string>();

  toCamel(kebab: string): string {
    const camel = kebab.replace(/-(\w)/g, (_, c: string) => c.toUpperCase());
    this.given.set(camel, kebab);
    return camel;
  }

  toKebab(camel: string): string {
    return this.given.get(camel) ?? camel.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
  }

  wasGiven(camel: string): boolean {
    return this.given.has(camel);
  }
}

/** Shows values of the core as the transcript wants them. */
export class Printer {
  constructor(
    private readonly core: NetworkProcesses,
    private readonly keywords: Keywords,
    private readonly idOf: (process: NetworkProcess) => string,
  ) {}

  value(v: unknown): Json {
    if (isNil(v)) return null;
    if (v === true || typeof v === 'number' || typeof v === 'string') return v;
    if (typeof v === 'symbol') return { symbol: v.description ?? '' };
    if (v === this.core.internalDefaultProcessFilter) return { symbol: 'internal-default-process-filter' };
    if (v === this.core.internalDefaultProcessSentinel) return { symbol: 'internal-default-process-sentinel' };
    if (typeof v === 'function') return { function: true };
    if (v instanceof Uint8Array) return bytesAsText(v);
    if (v instanceof Vector) return { vector: Array.from(v, (x) => this.value(x)) };
    if (v instanceof List) return this.value(v.items);
    if (Array.isArray(v)) return v.length === 0 ? null : v.map((x) => this.value(x));
    if (v instanceof Map) return this.value([...v].flatMap(([key, x]) => [Symbol.for(String(key)), x]));
    if (isProcess(v)) return { process: this.idOf(v) };
    if (isBuffer(v)) return { buffer: v.name };
    return { other: typeof v };
  }

  /** What a function of Emacs' name gave: an array of numbers is an address. */
  returned(v: unknown): Json {
    if (!Array.isArray(v)) return this.address(v);
    return v.length > 0 && v.every((x) => typeof x === 'number') ? this.address(v) : v.map((x) => this.returned(x));
  }

  /** An address: an array is a vector, a family with its bytes a pair. */
  address(v: unknown): Json {
    if (Array.isArray(v)) return this.value(Vector.holding(v));
    if (typeof v === 'object' && v !== null && 'family' in v && 'bytes' in v) {
      const bytes = Array.isArray(v.bytes) ? v.bytes : [];
      return { cons: [this.value(v.family), this.value(Vector.holding(bytes))] };
    }
    return this.value(v);
  }

  /** A property list as an object, without nil values. */
  plist(v: unknown): Json {
    if (isNil(v)) return {};
    const entries = v instanceof Map ? [...v] : Object.entries(v);
    return Object.fromEntries(
      entries.filter(([, x]) => !isNil(x)).map(([key, x]): [string, Json] => [String(key), this.value(x)]),
    );
  }

  bufferName(b: unknown): Json {
    if (!isBuffer(b)) return this.value(b);
    return b.name ?? { killed: true };
  }

  /** The value of a keyword of a contact; `key` in camelCase. */
  contact(key: string, v: unknown): Json {
    if (key === 'plist') return this.plist(v);
    if (isNil(v) || this.isDefault(v)) return null;
    if (key === 'local' || key === 'remote') return this.address(v);
    if (key === 'buffer') return this.bufferName(v);
    if (key === 'coding' && typeof v === 'object' && 'decode' in v && 'encode' in v) {
      return { decode: this.symbolName(v.decode), encode: this.symbolName(v.encode) };
    }
    if (key === 'tlsParameters') return { list: true };
    return this.value(v);
  }

  wholeContact(contact: Record<string, unknown>): JsonObject {
    const shown = Object.entries(contact).filter(
      ([key, v]) => !isNil(v) && !this.isDefault(v) && (key !== 'keepFile' || this.keywords.wasGiven(key)),
    );
    return Object.fromEntries(
      shown.map(([key, v]): [string, Json] => [`:${this.keywords.toKebab(key)}`, this.contact(key, v)]),
    );
  }

  function(f: unknown): Json {
    if (this.isDefault(f)) return 'default';
    if (f === true) return true;
    return isNil(f) ? null : 'function';
  }

  /** An error as the transcript shows it. */
  error(condition: string, data: readonly unknown[], message: string): JsonObject {
    if (condition === 'wrong-type-argument') return { error: condition, data: data.map((d) => this.value(d)) };
    return { error: condition, message: this.message(condition, data, message).replace(/[`‘’]/g, "'") };
  }

  private message(condition: string, data: readonly unknown[], message: string): string {
    if (data.length > 0) {
      if (condition === 'coding-system-error') return `Invalid coding system: ${this.symbolName(data[0])}`;
      if (condition === 'args-out-of-range') return `Args out of range: ${this.printed(data)}`;
      if (condition === 'buffer-read-only') return `Buffer is read-only: ${this.printed(data)}`;
    }
    const end = data.findIndex((d) => typeof d !== 'string');
    const strings = end < 0 ? data : data.slice(0, end);
    return strings.length > 0 ? strings.join(': ') : message;
  }

  private printed(data: readonly unknown[]): string {
    return data.map((d) => (isBuffer(d) ? `#<buffer ${d.name}>` : JSON.stringify(this.value(d)))).join(', ');
  }

  private isDefault(f: unknown): boolean {
    return f === this.core.internalDefaultProcessFilter || f === this.core.internalDefaultProcessSentinel;
  }

  private symbolName(v: unknown): string {
    if (isNil(v)) return 'nil';
    return typeof v === 'symbol' ? (v.description ?? '') : String(v);
  }
}

/** Replaces temporary ports and the working directory in everything that a transcript holds. */
export function normalise(v: Json, ports: ReadonlyMap<number, string>, directory: string): Json {
  const text = (s: string): string =>
    s.replaceAll(directory, '<dir>').replace(/[0-9]+/g, (run) => ports.get(Number(run)) ?? run);
  const walk = (x: Json): Json => {
    if (typeof x === 'number') return ports.get(x) ?? x;
    if (typeof x === 'string') return text(x);
    if (Array.isArray(x)) return x.map(walk);
    if (isObject(x)) return Object.fromEntries(Object.entries(x).map(([key, y]) => [text(key), walk(y)]));
    return x;
  };
  return walk(v);
}
