import * as vscode from 'vscode';
import { NetworkProcessError, type NetworkProcesses } from '../../core';
import { confirmExposure } from '../open/confirmExposure';
import { exposedHost } from './exposedHost';
import { guardedOpener, guardedOptions } from './guard';

/**
 * The core for other extensions: a server of theirs that other computers can reach is asked about like one of the
 * user's own; declining rejects with `NP_CANCELLED`. Shells are for trusted workspaces, and whom the user trusts is not theirs
 * to change. Disposing does nothing: the processes are the window's. All else is
 * the core itself.
 */
export function withGuards(core: NetworkProcesses): NetworkProcesses {
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
    openNetworkStream: { value: guardedOpener(core, () => vscode.workspace.isTrusted) },
    dispose: { value: () => undefined },
  }) as NetworkProcesses;
}
