import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { listenHandleAvailable } from './transport/listenHandle';
import { canSetOption } from './transport/socketOptions';

/**
 * Whether `makeNetworkProcess` can do something on this computer.
 *
 * @param subfeature `['type', 'datagram']`, `['family', 'ipv6']`, `['nowait', true]`, `['server', true]`,
 *   `['service', true]`, or the name of a socket option
 * @see Emacs Lisp manual, "Network Feature Testing"
 */
export function featurep(subfeature: string | readonly [string, unknown]): boolean {
  if (typeof subfeature === 'string') return canSetOption(subfeature);
  const [keyword, value] = subfeature;
  if (keyword === 'type') return value === 'datagram';
  if (keyword === 'family') return value === 'ipv4' || value === 'local' || (value === 'ipv6' && hasIPv6());
  if (keyword === 'server') return value === true && listenHandleAvailable();
  return (keyword === 'nowait' || keyword === 'service') && value === true;
}

function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((a) => isIPv6(a.address)));
}
