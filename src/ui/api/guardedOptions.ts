import { NetworkProcessError, type Options, type SecurityLevel } from '../../core';

/** What decides who is trusted, and which programs run; the setting that the user changes it by, where there is one. */
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
  ['shellFileName', null],
]);

/** An extension that has these could answer for the user, or plant answers. */
const hidden: ReadonlySet<PropertyKey> = new Set<keyof Options>([
  'trustQuestion',
  'trustStore',
  'clientCertificateFor',
]);

const levels: readonly SecurityLevel[] = ['low', 'medium', 'high', 'paranoid'];

/**
 * The options for other extensions: the same, but what decides who is trusted can't be set, or taken in hand; the level of
 * security can be raised. Setting one throws `NP_GUARDED`; one of its own goes into `tlsParameters` of a connection.
 */
export function guardedOptions(options: Options): Options {
  return new Proxy(options, {
    // Not the proxy: setters of the options know themselves.
    get: (target, name) => shownOf(name, Reflect.get(target, name)),
    set: (target, name, value) => {
      if (name !== 'networkSecurityLevel' || !isRaised(target.networkSecurityLevel, value)) refuse(name);
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
      return descriptor && 'value' in descriptor
        ? { ...descriptor, value: shownOf(name, descriptor.value) }
        : descriptor;
    },
    setPrototypeOf: () => false,
  });
}

/** A list that is guarded is a copy: it can be changed without setting the option. */
function shownOf(name: PropertyKey, value: unknown): unknown {
  if (hidden.has(name)) return null;
  return guarded.has(name) && Array.isArray(value) ? frozenCopy(value) : value;
}

function frozenCopy(list: readonly unknown[]): readonly unknown[] {
  return Object.freeze(list.map((one) => (Array.isArray(one) ? frozenCopy(one) : one)));
}

function isRaised(present: SecurityLevel, value: unknown): boolean {
  return levels.indexOf(value as SecurityLevel) >= levels.indexOf(present);
}

function refuse(name: PropertyKey): void {
  const setting = guarded.get(name);
  if (setting === undefined) return;
  const hint =
    setting === null
      ? 'Give tlsParameters of its own to a connection that needs another.'
      : `Ask the user to change the setting ${setting}.`;
  throw new NetworkProcessError('NP_GUARDED', 'error', [`Only the user changes ${String(name)}`], null, { hint });
}
