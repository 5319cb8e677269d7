import type * as Parts from './openParts';

let loaded: typeof Parts | null = null;

/** Read when the first question or the API is asked for: activation does not pay for them. */
export function openParts(): typeof Parts {
  // A synchronous load in the middle of a call, which has to answer at once.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  loaded ??= require('./openParts') as typeof Parts;
  return loaded;
}
