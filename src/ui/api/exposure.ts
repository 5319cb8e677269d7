import { NetworkProcessError, type NetworkProcess, type NetworkProcesses, type OpenedStream } from '../../core';
import type { StreamParameters } from '../../core';
import { confirmExposure } from '../open/confirmExposure';
import { demandTrust, type StreamOpenings } from '../open/streamOpenings';
import { exposedHost } from './exposedHost';
import { guardedOptions } from './guardedOptions';

/**
 * The core for other extensions: a server of theirs that other computers can reach is asked about like one of the
 * user's own; declining rejects with `NP_CANCELLED`. Shell connections are for trusted workspaces, and who is trusted is
 * the user's to say. Disposing does nothing: the processes are the window's. All else is the core itself.
 */
export function withExposureAsked(core: NetworkProcesses, streams: StreamOpenings): NetworkProcesses {
  const make: NetworkProcesses['makeNetworkProcess'] = async (spec, options) => {
    const host = spec && exposedHost(spec, core);
    if (host && !(await confirmExposure(host))) {
      throw new NetworkProcessError('NP_CANCELLED', 'quit', ['Listening for other computers was declined'], host);
    }
    return core.makeNetworkProcess(spec, options);
  };
  const open = async (...args: Parameters<NetworkProcesses['openNetworkStream']>): Promise<unknown> => {
    const [, , host, service, parameters = {}] = args as [...typeof args, StreamParameters?];
    demandTrust(parameters.type);
    const opened: NetworkProcess | OpenedStream | null = await core.openNetworkStream(...args);
    const process = opened && 'capabilities' in opened ? opened.process : opened;
    if (process && !isPlain(parameters.type)) streams.remember(process, { host, service, parameters });
    return opened;
  };
  return Object.create(core, {
    makeNetworkProcess: { value: make },
    openNetworkStream: { value: open },
    options: { value: guardedOptions(core.options) },
    dispose: { value: () => undefined },
  }) as NetworkProcesses;
}

/** Its contact says all that there is. */
function isPlain(type: unknown): boolean {
  return type === 'plain' || type === Symbol.for('plain');
}
