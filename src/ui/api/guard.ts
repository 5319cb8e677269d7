import { NetworkProcessError, type NetworkProcesses, type Options, type SecurityLevel } from '../../core';

/** What decides whom the user trusts, and which programs run: the user's alone. */
const guarded: ReadonlySet<string | symbol> = new Set<keyof Options>([
  'trustQuestion',
  'trustStore',
  'trustLocalNetwork',
  'trustFiles',
  'crlFiles',
  'gnutlsVerifyError',
  'gnutlsAlgorithmPriority',
  'gnutlsMinPrimeBits',
  'clientCertificateFor',
  'shellFileName',
]);
const levels: readonly SecurityLevel[] = ['low', 'medium', 'high', 'paranoid'];

/**
 * The options for other extensions: they may raise the level of security, not lower it, and change nothing of whom the
 * user trusts.
 *
 * @throws NP_GUARDED by what is set
 */
export function guardedOptions(options: Options): Options {
  const refused = (key: string | symbol): never => {
    throw new NetworkProcessError('NP_GUARDED', 'error', [`An extension may not change ${String(key)}`]);
  };
  return new Proxy(options, {
    get: (target, key) => Reflect.get(target, key) as unknown,
    set: (target, key, value) => {
      const isLower =
        key === 'networkSecurityLevel' &&
        !(levels.indexOf(value as SecurityLevel) >= levels.indexOf(target.networkSecurityLevel));
      if (guarded.has(key) || isLower) refused(key);
      return Reflect.set(target, key, value);
    },
    defineProperty: (_, key) => refused(key),
    deleteProperty: (_, key) => refused(key),
    setPrototypeOf: () => refused('the prototype'),
  });
}

/**
 * `openNetworkStream` for other extensions.
 *
 * @param isTrusted Whether the workspace is trusted.
 * @throws NP_UNTRUSTED for a shell where it is not; else as the core
 */
export function guardedOpener(
  core: Pick<NetworkProcesses, 'openNetworkStream'>,
  isTrusted: () => boolean,
): NetworkProcesses['openNetworkStream'] {
  const open = async (...given: Parameters<NetworkProcesses['openNetworkStream']>): Promise<unknown> => {
    const [name, buffer, host, service, parameters, options] = given;
    // A copy: what is looked at is what is used, whatever a getter says the second time.
    const own = { ...parameters };
    const { type } = own;
    if (!isTrusted() && (typeof type === 'symbol' ? type.description : type) === 'shell') {
      throw new NetworkProcessError('NP_UNTRUSTED', 'error', ['Shells are for trusted workspaces only'], String(name));
    }
    return core.openNetworkStream(name, buffer, host, service, own, options);
  };
  return open as NetworkProcesses['openNetworkStream'];
}
