import { NetworkProcessError, type Options } from '../../core';

/** What decides who is trusted; the setting that the user changes it by, where there is one. */
const guarded: ReadonlyMap<PropertyKey, string | null> = new Map<keyof Options, string | null>([
  ['networkSecurityLevel', 'networkProcesses.securityLevel'],
  ['trustLocalNetwork', 'networkProcesses.trustLocalNetwork'],
  ['trustFiles', 'networkProcesses.trustFiles'],
  ['useClientCertificates', 'networkProcesses.useClientCertificates'],
  ['clientCertificateFor', 'networkProcesses.clientCertificates'],
  ['trustQuestion', null],
  ['trustStore', null],
  ['crlFiles', null],
  ['gnutlsAlgorithmPriority', null],
  ['gnutlsMinPrimeBits', null],
  ['gnutlsVerifyError', null],
]);

/** An extension that has these could answer for the user, or plant answers. */
const hidden: ReadonlySet<PropertyKey> = new Set<keyof Options>([
  'trustQuestion',
  'trustStore',
  'clientCertificateFor',
]);

/**
 * The options for other extensions: the same, but what decides who is trusted can't be set, or taken in hand. Setting one
 * throws `NP_UNSUPPORTED`; one of its own goes into `tlsParameters` of a connection.
 */
export function guardedOptions(options: Options): Options {
  return new Proxy(options, {
    // Not the proxy: setters of the options know themselves.
    get: (target, name) => (hidden.has(name) ? null : (Reflect.get(target, name) as unknown)),
    set: (target, name, value) => {
      refuse(name);
      return Reflect.set(target, name, value);
    },
    defineProperty: (target, name, descriptor) => {
      refuse(name);
      return Reflect.defineProperty(target, name, descriptor);
    },
    deleteProperty: (target, name) => {
      refuse(name);
      return Reflect.deleteProperty(target, name);
    },
    getOwnPropertyDescriptor: (target, name) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(target, name);
      return descriptor && hidden.has(name) ? { ...descriptor, value: null } : descriptor;
    },
  });
}

function refuse(name: PropertyKey): void {
  const setting = guarded.get(name);
  if (setting === undefined) return;
  const hint =
    setting === null
      ? 'Give tlsParameters of its own to a connection that needs another.'
      : `Ask the user to change the setting ${setting}.`;
  const data = [`Only the user changes ${String(name)}`];
  throw new NetworkProcessError('NP_UNSUPPORTED', 'error', data, null, { hint });
}
