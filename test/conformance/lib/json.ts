/** JSON of scenarios and transcripts, and the ways a driver can give up. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** The driver cannot go on: a bad scenario, or a fault of the core that is no error of Emacs. */
export class DriverProblem extends Error {}

/** The scenario needs something that the core does not offer yet. */
export class NotYet extends DriverProblem {}

export function isObject(v: Json | undefined): v is JsonObject {
  return typeof v === 'object' && v !== null && !Array.isArray(v);
}

/** A member; absent, null and false are all null. */
export function member(o: JsonObject, key: string): Json {
  const v = Object.hasOwn(o, key) ? o[key] : null;
  return v === undefined || v === false ? null : v;
}

export function object(o: JsonObject, key: string): JsonObject {
  const v = member(o, key);
  if (!isObject(v)) throw new DriverProblem(`'${key}' must be an object: ${brief(o)}`);
  return v;
}

export function string(o: JsonObject, key: string): string {
  const v = member(o, key);
  if (typeof v !== 'string') throw new DriverProblem(`'${key}' must be a string: ${brief(o)}`);
  return v;
}

export function number(o: JsonObject, key: string): number {
  const v = member(o, key);
  if (typeof v !== 'number') throw new DriverProblem(`'${key}' must be a number: ${brief(o)}`);
  return v;
}

export function list(o: JsonObject, key: string): Json[] {
  const v = member(o, key);
  if (v !== null && !Array.isArray(v)) throw new DriverProblem(`'${key}' must be a list: ${brief(o)}`);
  return v ?? [];
}

export function brief(v: Json): string {
  const text = JSON.stringify(v);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

/** JSON with everything outside ASCII escaped, so that lone surrogates survive any pipe. */
export function ascii(v: Json): string {
  return JSON.stringify(v).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
