import { isLoopback, NetworkProcessError, type NetworkProcesses, type NetworkProcessSpec } from '../../core';
import { confirmExposure } from '../open/confirmExposure';

/**
 * The core for other extensions: a server of theirs that other computers can reach is asked about like one of the
 * user's own; declining rejects with `NP_CANCELLED`. All else is the core itself.
 */
export function withExposureAsked(core: NetworkProcesses): NetworkProcesses {
  const make: NetworkProcesses['makeNetworkProcess'] = async (spec, options) => {
    const host = spec && exposedHost(spec, core);
    if (host && !(await confirmExposure(host))) {
      throw new NetworkProcessError('NP_CANCELLED', 'quit', ['Listening for other computers was declined'], host);
    }
    return core.makeNetworkProcess(spec, options);
  };
  return Object.create(core, { makeNetworkProcess: { value: make } }) as NetworkProcesses;
}

/** The address of a server that not only this computer can reach, else null. */
function exposedHost({ server, family, host, local }: NetworkProcessSpec, core: NetworkProcesses): string | null {
  if (!server && server !== 0) return null;
  if (Array.isArray(local)) return exposed(core.formatNetworkAddress(local as number[], true) ?? '');
  const isOwn = Boolean(local) || family === 'local' || host === 'local';
  return isOwn || typeof host !== 'string' ? null : exposed(host);
}

function exposed(host: string): string | null {
  return isLoopback(host) ? null : host;
}
