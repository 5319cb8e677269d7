import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { loadAddon, addonProblem } from './native/loadAddon';
import { listenHandleAvailable } from './transport/listenHandle';
import { optionNames, optionProblem } from './transport/socketOptions';

const unknown = 'There is no such feature';

/**
 * Why `makeNetworkProcess` cannot do something on this computer, in one sentence; null when it can.
 *
 * @param subfeature `['type', 'datagram']`, `['family', 'ipv6']`, `['nowait', true]`, `['server', true]`,
 *   `['service', true]`, or the name of a keyword: a socket option, `useExternalSocket`
 * @see Emacs Lisp manual, "Network Feature Testing"
 */
export function featureProblem(subfeature: string | readonly [string, unknown]): string | null {
  if (subfeature === 'useExternalSocket') return addonProblem();
  if (typeof subfeature === 'string') return optionNames.includes(subfeature) ? optionProblem(subfeature) : unknown;
  const [keyword, value] = subfeature;
  if (keyword === 'type') return typeProblem(value);
  if (keyword === 'family') return familyProblem(value);
  if (value !== true) return unknown;
  if (keyword === 'server') return loadAddon() || listenHandleAvailable() ? null : addonProblem();
  return keyword === 'nowait' || keyword === 'service' ? null : unknown;
}

function typeProblem(type: unknown): string | null {
  if (type === 'datagram') return null;
  if (type !== 'seqpacket') return unknown;
  const addon = loadAddon();
  if (!addon) return addonProblem();
  return 'SOCK_SEQPACKET' in addon.constants ? null : 'This system has no SOCK_SEQPACKET';
}

function familyProblem(family: unknown): string | null {
  if (family === 'ipv4' || family === 'local') return null;
  if (family !== 'ipv6') return unknown;
  return hasIPv6() ? null : 'No network interface of this computer has an IPv6 address';
}

function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((a) => isIPv6(a.address)));
}
