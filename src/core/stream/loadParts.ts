import type * as Parts from './streamParts';

let loaded: typeof Parts | null = null;

/** TLS, trust and `openNetworkStream`, read when they are first needed: activation does not pay for them. */
export function streamParts(): typeof Parts {
  // A synchronous load in the middle of a call: wrong parameters are refused at once.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  loaded ??= require('./streamParts') as typeof Parts;
  return loaded;
}
