import type * as Parts from './tlsParts';

let loaded: typeof Parts | null = null;

/** Read when something about TLS is looked at: activation does not pay for them. */
export function tlsParts(): typeof Parts {
  // A synchronous load in the middle of a call, which has to answer at once.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  loaded ??= require('./tlsParts') as typeof Parts;
  return loaded;
}
