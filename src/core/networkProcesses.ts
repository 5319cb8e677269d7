import type { NetworkProcesses } from './api';

/** Makes a registry of network processes and buffers, with nothing in it. */
export function createNetworkProcesses(): NetworkProcesses {
  throw new Error('not yet');
}
