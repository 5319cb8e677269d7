import { NetworkProcessError, type NetworkProcesses } from '../../core';
import { confirmExposure } from '../open/confirmExposure';
import { demandTrust, type StreamOpenings } from '../open/streamOpenings';
import { exposedHost } from './exposedHost';
import { guardedOpener } from './guardedOpener';
import { guardedOptions } from './guardedOptions';
import { refuseToForget } from './refuseToForget';

/**
 * The core for other extensions: a server of theirs that other computers can reach is asked about like one of the
 * user's own; declining rejects with `NP_CANCELLED`. Shell connections are for trusted workspaces, and who is trusted, or
 * forgotten, is the user's to say. Disposing does nothing: the processes are the window's. All else is the core itself.
 */
export function withGuards(core: NetworkProcesses, streams: StreamOpenings): NetworkProcesses {
  const remember: StreamOpenings['remember'] = (process, opening) => streams.remember(process, opening);
  const make: NetworkProcesses['makeNetworkProcess'] = async (spec, options) => {
    const host = spec && exposedHost(spec, core);
    if (host && !(await confirmExposure(host))) {
      throw new NetworkProcessError('NP_CANCELLED', 'quit', ['Listening for other computers was declined'], host);
    }
    return core.makeNetworkProcess(spec, options);
  };
  return Object.create(core, {
    options: { value: guardedOptions(core.options) },
    makeNetworkProcess: { value: make },
    openNetworkStream: { value: guardedOpener(core, { demandTrust, remember }) },
    forgetTrust: { value: refuseToForget },
    dispose: { value: () => undefined },
  }) as NetworkProcesses;
}
