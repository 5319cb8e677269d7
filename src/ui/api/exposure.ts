import type { NetworkProcesses } from '../../core';
import { confirmExposure } from '../open/confirmExposure';
import { demandTrust, type StreamOpenings } from '../open/streamOpenings';
import { facade } from './facade';
import { guardedMaker } from './guardedMaker';
import { guardedOpener } from './guardedOpener';
import { guardedOptions } from './guardedOptions';
import { refuseToForget } from './refuseToForget';

/**
 * The core for other extensions: a server of theirs that other computers can reach is asked about like one of the
 * user's own; declining rejects with `NP_CANCELLED`. Shell connections are for trusted workspaces, and who is trusted, or
 * forgotten, is the user's to say. Disposing does nothing: the processes are the window's. All else is the core's.
 */
export function withGuards(core: NetworkProcesses, streams: StreamOpenings): NetworkProcesses {
  const { internalDefaultProcessFilter, internalDefaultProcessSentinel } = core;
  const remember: StreamOpenings['remember'] = (process, opening) => streams.remember(process, opening);
  return facade(core, {
    internalDefaultProcessFilter,
    internalDefaultProcessSentinel,
    options: guardedOptions(core.options),
    ...guardedMaker(core, confirmExposure),
    openNetworkStream: guardedOpener(core, { demandTrust, remember }),
    forgetTrust: refuseToForget,
    dispose: () => undefined,
  });
}
