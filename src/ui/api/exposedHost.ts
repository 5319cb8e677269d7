import { isLoopback, type NetworkProcesses, type NetworkProcessSpec } from '../../core';

/** As the system numbers it everywhere: the bytes of such an address are a path. */
const localFamily = 1;

/** The address of a server that not only this computer can reach, else null. Of one in raw bytes its family. */
export function exposedHost(
  { server, family, host, local }: NetworkProcessSpec,
  core: Pick<NetworkProcesses, 'formatNetworkAddress'>,
): string | null {
  if (isNil(server)) return null;
  if (!isNil(local)) {
    // A path. What is no address at all the core refuses.
    if (typeof local === 'string' || (local as { family?: unknown }).family === localFamily) return null;
    return exposed(core.formatNetworkAddress(local as number[], true));
  }
  const isOwn = family === 'local' || host === 'local';
  return isOwn || typeof host !== 'string' ? null : exposed(host);
}

function exposed(host: string | null): string | null {
  return host === null || isLoopback(host) ? null : host;
}

function isNil(value: unknown): boolean {
  return value === undefined || value === null || value === false;
}
