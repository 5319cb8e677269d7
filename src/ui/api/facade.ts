import type { NetworkProcesses } from '../../core';

/**
 * What other extensions have in place of the core: its functions, bound to it, and its values as they are then. Nothing
 * of it leads to the core, whose own members would do whatever is asked of them; and no extension can change it for
 * another.
 *
 * @param own What stands there instead of the core's. All that the core has by itself and not by its class is given here.
 */
export function facade(
  core: NetworkProcesses,
  own: Partial<NetworkProcesses> &
    Pick<NetworkProcesses, 'options' | 'internalDefaultProcessFilter' | 'internalDefaultProcessSentinel'>,
): NetworkProcesses {
  const made = {};
  const members = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(core) as NetworkProcesses);
  for (const [name, { get, value }] of Object.entries(members)) {
    if (name === 'constructor') continue;
    const bound = get ? { get: get.bind(core) } : { value: (value as () => unknown).bind(core) };
    Object.defineProperty(made, name, { ...bound, enumerable: true, configurable: true });
  }
  for (const [name, value] of Object.entries(own)) Object.defineProperty(made, name, { value, enumerable: true });
  return Object.freeze(made) as NetworkProcesses;
}
