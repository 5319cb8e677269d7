import { NetworkProcessError, type NetworkProcesses, type NetworkProcessSpec } from '../../core';
import { exposedHost } from './exposedHost';

type Made = Pick<NetworkProcesses, 'makeNetworkProcess' | 'cloneProcess'>;

/**
 * `makeNetworkProcess` and `cloneProcess` for other extensions: a server that other computers can reach is asked about,
 * and so is the clone of a datagram server.
 *
 * @param confirm Asks the user whether others may reach a server at that address.
 * @throws as a rejection: NP_CANCELLED where the user says no; else as the core
 */
export function guardedMaker(
  core: Made & Pick<NetworkProcesses, 'formatNetworkAddress' | 'processContact'>,
  confirm: (host: string) => Promise<boolean>,
): Made {
  const refuse = async (host: string): Promise<void> => {
    if (await confirm(host)) return;
    throw new NetworkProcessError('NP_CANCELLED', 'quit', ['Listening for other computers was declined'], host);
  };
  return {
    async makeNetworkProcess(given, options) {
      const spec = given && settled(given);
      const host = spec ? exposedHost(spec, core) : null;
      if (host !== null) await refuse(host);
      return core.makeNetworkProcess(spec, options);
    },
    async cloneProcess(process, name) {
      // Its contact makes it again, and is there to be changed. Of what is not open there is no clone.
      const isOpen = process?.status === 'open';
      const host = isOpen ? exposedHost(settled(core.processContact(process, true)), core) : null;
      if (host !== null) await refuse(host);
      return core.cloneProcess(process, name);
    },
  };
}

/** A copy, down to the address: what is looked at is what is used, whatever a getter or a list says the second time. */
function settled(given: NetworkProcessSpec): NetworkProcessSpec {
  const spec: Record<string, unknown> = {};
  // What is inherited counts, too.
  for (const key in given) spec[key] = given[key];
  const { local } = spec;
  if (typeof local !== 'object' || local === null) return spec;
  return { ...spec, local: Array.isArray(local) ? [...(local as unknown[])] : { ...local } };
}
