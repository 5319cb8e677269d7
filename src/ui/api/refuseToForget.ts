import { NetworkProcessError } from '../../core';

/** A host that is forgotten may show any key, and be encrypted no more, without a word about what it was. */
export function refuseToForget(): never {
  const hint = 'Ask the user to remove the host with the command Manage Trusted Hosts….';
  throw new NetworkProcessError('NP_GUARDED', 'error', ['Only the user forgets whom to trust'], null, { hint });
}
