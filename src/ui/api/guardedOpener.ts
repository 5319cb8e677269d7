import type { NetworkProcess, NetworkProcesses } from '../../core';
import type { StreamOpening } from '../open/streamOpenings';

/** What an opening by another extension is subject to. */
export interface OpenerGuards {
  /** @throws what the caller is refused with */
  demandTrust(type: unknown): void;
  /** How a process was opened, for Reconnect; called where its contact does not say all that there is. */
  remember(process: NetworkProcess, opening: StreamOpening): void;
}

/**
 * `openNetworkStream` for other extensions.
 *
 * @throws as a rejection: what `demandTrust` throws; else as the core
 */
export function guardedOpener(
  core: Pick<NetworkProcesses, 'openNetworkStream'>,
  guards: OpenerGuards,
): NetworkProcesses['openNetworkStream'] {
  const open = async (...given: Parameters<NetworkProcesses['openNetworkStream']>): Promise<unknown> => {
    const [name, buffer, host, service, asked, options] = given;
    // A copy: what is looked at is what is used, whatever a getter says the second time.
    const parameters = { ...asked };
    const type = typeof parameters.type === 'symbol' ? parameters.type.description : parameters.type;
    guards.demandTrust(type);
    const opened = await core.openNetworkStream(name, buffer, host, service, parameters, options);
    const process = opened && 'capabilities' in opened ? opened.process : opened;
    if (process?.isNegotiated) guards.remember(process, { host, service, parameters });
    return opened;
  };
  return open as NetworkProcesses['openNetworkStream'];
}
