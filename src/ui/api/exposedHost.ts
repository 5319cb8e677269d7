import { isLoopback, type NetworkProcesses, type NetworkProcessSpec } from '../../core';

/** The address of a server that not only this computer can reach, else null. */
export function exposedHost(
  { server, family, host, local }: NetworkProcessSpec,
  core: Pick<NetworkProcesses, 'formatNetworkAddress'>,
): string | null {
  if (server === undefined || server === null || server === false) return null;
  if (Array.isArray(local)) return exposed(core.formatNetworkAddress(local as number[], true) ?? '');
  const isOwn = Boolean(local) || family === 'local' || host === 'local';
  return isOwn || typeof host !== 'string' ? null : exposed(host);
}

function exposed(host: string): string | null {
  return isLoopback(host) ? null : host;
}
