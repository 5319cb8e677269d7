/** Turns the values that scenarios are written in into what the core is given. */
import type { Filter, LogFunction, NetworkProcess, Sentinel, Text, TextBuffer } from '../../../src/core';
import { type Json, type JsonObject, DriverProblem, brief, isObject, list, member, string } from './json';
import { List, Vector, bytesAsText, hexBytes } from './lisp';
import type { Owner, World } from './world';

/** What a callback was called with; null outside of callbacks. */
export interface Context {
  /** The log that results of steps go to. */
  readonly id: string;
  readonly self: NetworkProcess;
  readonly client: NetworkProcess | null;
  readonly received: Text | null;
}

/** Makes the functions that callbacks' descriptions stand for. */
export interface Callbacks {
  filter(description: Json, owner?: Owner): Filter | true | null;
  sentinel(description: Json, owner?: Owner): Sentinel | null;
  log(description: Json, owner?: Owner): LogFunction | null;
}

export class Arguments {
  constructor(private readonly world: World) {}

  /** The value for which `v` stands. */
  value(v: Json | undefined, context: Context | null): unknown {
    if (v === undefined || v === null || v === false) return null;
    if (v === true || typeof v === 'number' || typeof v === 'string') return v;
    if (Array.isArray(v)) return v.length === 0 ? null : v.map((x) => this.value(x, context));
    if ('symbol' in v) return Symbol.for(string(v, 'symbol'));
    if ('vector' in v) return Vector.holding(list(v, 'vector').map((x) => this.value(x, context)));
    if ('bytes' in v) return bytesAsText(hexBytes(string(v, 'bytes')));
    if ('repeat' in v) return string(v, 'repeat').repeat(Number(v.times));
    if ('portOf' in v) return this.world.portOf(string(v, 'portOf'));
    if ('portStringOf' in v) return String(this.world.portOf(string(v, 'portStringOf')));
    if ('file' in v) return this.world.path(string(v, 'file'));
    if ('localOf' in v) return this.contactAddress(string(v, 'localOf'), 'local');
    if ('remoteOf' in v) return this.contactAddress(string(v, 'remoteOf'), 'remote');
    if ('buffer' in v) return this.world.core.getBuffer(string(v, 'buffer'));
    if ('proc' in v) return this.designator(v.proc, context);
    if ('cons' in v) return this.pair(list(v, 'cons'), context);
    if ('received' in v) return context?.received ?? null;
    if (Object.keys(v).length === 0) return null;
    throw new DriverProblem(`unknown value ${brief(v)}`);
  }

  private contactAddress(id: string, key: 'local' | 'remote'): unknown {
    const address = this.world.core.processContact(this.world.process(id), key);
    return Array.isArray(address) ? Vector.holding(address) : address;
  }

  /** A number and a vector are a raw family with its address, two symbols are coding systems. */
  private pair([car, cdr]: readonly Json[], context: Context | null): unknown {
    const [a, b] = [this.value(car, context), this.value(cdr, context)];
    if (typeof a === 'symbol' && typeof b === 'symbol') return { decode: a.description, encode: b.description };
    return b instanceof Vector ? { family: a, bytes: Array.from(b) } : [a, b];
  }

  /** The value of a variable of Emacs, in which coding systems are symbols. */
  variable(v: Json | undefined, context: Context | null): unknown {
    const named = (x: unknown): unknown =>
      Array.isArray(x) ? x.map(named) : typeof x === 'symbol' ? x.description : x;
    return named(this.value(v, context));
  }

  /** What `featurep` is asked for: in Emacs a keyword, or a list of one and its value. */
  feature(v: Json | undefined): unknown {
    const named = (x: unknown): unknown => (typeof x === 'symbol' ? x.description?.replace(/^:/, '') : x);
    const feature = this.value(v, null);
    return Array.isArray(feature) ? feature.map(named) : named(feature);
  }

  /** Text to be sent: `bytes` as bytes, everything else as it is. */
  text(v: Json | undefined, context: Context | null): unknown {
    if (isObject(v) && 'bytes' in v) return hexBytes(string(v, 'bytes'));
    return this.value(v, context);
  }

  /** An address: arrays are vectors to the core, so a list must not be one. */
  address(v: Json | undefined, context: Context | null): unknown {
    const address = this.value(v, context);
    if (address instanceof Vector) return Array.from(address);
    return Array.isArray(address) ? new List(address) : address;
  }

  /** A name that is a symbol in Lisp and a string to the core. */
  symbol(v: Json | undefined, context: Context | null): unknown {
    const symbol = this.value(v, context);
    return typeof symbol === 'symbol' ? symbol.description : symbol;
  }

  coding(v: Json | undefined, context: Context | null): unknown {
    if (!isObject(v) || !('decode' in v)) return this.symbol(v, context);
    return { decode: this.symbol(v.decode, context), encode: this.symbol(v.encode, context) };
  }

  plist(v: Json | undefined, context: Context | null): unknown {
    const first = isObject(v) ? Object.keys(v)[0] : undefined;
    if (!isObject(v) || first === undefined || ['symbol', 'vector', 'bytes'].includes(first)) {
      return this.value(v, context);
    }
    return new Map(Object.entries(v).map(([key, x]) => [key, this.value(x, context)]));
  }

  /** A process, or what is passed in its place: a name, a buffer. */
  designator(v: Json | undefined, context: Context | null): unknown {
    if (typeof v === 'string' && context && v === 'self') return context.self;
    if (typeof v === 'string' && context && v === 'client') return context.client;
    if (typeof v === 'string') return this.world.process(v);
    if (isObject(v) && 'name' in v) return member(v, 'name');
    return this.value(v, context);
  }

  /** Keywords of `make-network-process`. */
  keywords(args: JsonObject, callbacks: Callbacks, owner: Owner, context: Context | null): Record<string, unknown> {
    const spec = Object.fromEntries(
      Object.entries(args).map(([key, v]) => [
        this.world.keywords.toCamel(key),
        this.keyword(key, v, callbacks, owner, context),
      ]),
    );
    // Emacs leaves the file of a local server, and so does the core when asked to.
    const local = spec.family === 'local' || typeof spec.local === 'string';
    return local && spec.server && !('keepFile' in spec) ? { ...spec, keepFile: true } : spec;
  }

  private keyword(key: string, v: Json, callbacks: Callbacks, owner: Owner, context: Context | null): unknown {
    switch (key) {
      case 'type':
      case 'family':
        return this.symbol(v, context);
      case 'coding':
        return this.coding(v, context);
      case 'filter':
        return callbacks.filter(v, owner);
      case 'sentinel':
        return callbacks.sentinel(v, owner);
      case 'log':
        return callbacks.log(v, owner);
      case 'plist':
        return this.plist(v, context);
      case 'local':
      case 'remote':
        return this.address(v, context);
      case 'tls-parameters':
        return this.tlsParameters(v, context);
      default:
        return this.value(v, context);
    }
  }

  /** Parameters of `open-network-stream`. */
  streamParameters(args: JsonObject, context: Context | null): Record<string, unknown> {
    const entries = Object.entries(args).map(([key, v]): [string, unknown] => [
      this.world.keywords.toCamel(key),
      this.streamParameter(key, v, context),
    ]);
    return Object.fromEntries(entries);
  }

  private streamParameter(key: string, v: Json, context: Context | null): unknown {
    switch (key) {
      case 'type':
        return this.symbol(v, context);
      case 'coding':
        return this.coding(v, context);
      case 'starttls-function':
        if (!isObject(v)) return this.value(v, context);
        return (capabilities: string | null) =>
          fits(capabilities, string(v, 'ifMatch')) ? string(v, 'command') : null;
      case 'capability-command':
        if (!isObject(v) || !('ifGreeting' in v)) return this.value(v, context);
        return (greeting: string | null) =>
          this.value(fits(greeting, string(v, 'ifGreeting')) ? v.then : v.else, context);
      case 'client-certificate':
        return Array.isArray(v) ? v.map((name) => this.world.path(`certs/${String(name)}`)) : this.value(v, context);
      case 'tls-parameters':
        return this.tlsParameters(v, context);
      default:
        return this.value(v, context);
    }
  }

  /** A list of a type and keywords, as in Lisp, or an object of keywords. */
  private tlsParameters(v: Json, context: Context | null): unknown {
    if (isObject(v)) {
      const entries = Object.entries(v).map(([key, x]) => [this.world.keywords.toCamel(key), this.value(x, context)]);
      return Object.fromEntries(entries);
    }
    if (!Array.isArray(v)) return this.value(v, context);
    const [type, ...plist] = v.map((x) => this.value(x, context));
    const words: Record<string, unknown> = {};
    for (let i = 0; i + 1 < plist.length; i += 2) {
      const key = plist[i];
      const name = typeof key === 'symbol' ? (key.description ?? '') : String(key);
      words[this.world.keywords.toCamel(name.replace(/^:/, ''))] = plist[i + 1];
    }
    return [type, words];
  }

  /** A peer's configuration, with ports and paths filled in. */
  peerConfig(v: Json): Json {
    if (Array.isArray(v)) return v.map((x) => this.peerConfig(x));
    if (!isObject(v)) return v;
    if ('portOf' in v) return this.world.portOf(string(v, 'portOf'));
    if ('file' in v) return this.world.path(string(v, 'file'));
    return Object.fromEntries(Object.entries(v).map(([key, x]) => [key, this.peerConfig(x)]));
  }
}

/** Whether a pattern that Lisp and JavaScript have in common fits a text. */
function fits(text: string | null, pattern: string): boolean {
  return text !== null && new RegExp(pattern, 'm').test(text);
}

/** The buffer of that name; the error of Emacs if there is none. */
export function existing(buffer: TextBuffer | null, name: string, missing: (message: string) => Error): TextBuffer {
  if (buffer === null) throw missing(`No buffer named ${name}`);
  return buffer;
}
