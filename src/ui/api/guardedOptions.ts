import { NetworkProcessError, type Options, type SecurityLevel } from '../../core';

/**
 * Who may set each option: any extension (`true`), or the user alone, as it decides who is trusted or which programs run;
 * then the setting that changes it, null where there is none. What the core has beyond these is nobody's.
 */
const settable: Readonly<Record<keyof Options, true | string | null>> = {
  readProcessOutputMax: true,
  connectTimeoutMs: true,
  sendQueueBytes: true,
  maxClients: true,
  bufferTextBytes: true,
  byteLogBytes: true,
  captureFolder: true,
  captureBytes: true,
  captureTotalBytes: true,
  defaultCoding: true,
  codingSystemForRead: true,
  codingSystemForWrite: true,
  networkCodingSystemAlist: true,
  inheritProcessCodingSystem: true,
  deleteExitedProcesses: true,
  handshakeTimeoutMs: true,
  negotiationTimeoutMs: true,
  negotiationBytes: true,
  patternTimeoutMs: true,
  networkSecurityLevel: 'networkProcesses.securityLevel',
  trustLocalNetwork: 'networkProcesses.trustLocalNetwork',
  trustFiles: 'networkProcesses.trustFiles',
  crlFiles: 'networkProcesses.crlFiles',
  useClientCertificates: 'networkProcesses.useClientCertificates',
  clientCertificateFor: 'networkProcesses.clientCertificates',
  trustQuestion: null,
  trustStore: null,
  gnutlsAlgorithmPriority: null,
  gnutlsMinPrimeBits: null,
  gnutlsVerifyError: null,
  shellFileName: null,
};

/** An extension that has these could answer for the user, or plant answers. */
const hidden: ReadonlySet<string> = new Set<keyof Options>(['trustQuestion', 'trustStore', 'clientCertificateFor']);

const levels: readonly SecurityLevel[] = ['low', 'medium', 'high', 'paranoid'];

/**
 * The options for other extensions: the same, but what decides who is trusted can't be set, or taken in hand; the level of
 * security can be raised. Setting one throws `NP_GUARDED`; one of its own goes into `tlsParameters` of a connection.
 *
 * No proxy of the options, which would hand them to accessors that another extension defines on it.
 */
export function guardedOptions(options: Options): Options {
  const all = options as unknown as Record<string, unknown>;
  const shown = {};
  for (const [name, rule] of Object.entries(settable)) {
    Object.defineProperty(shown, name, {
      enumerable: true,
      get: () => shownOf(name, rule, all[name]),
      set: (value: unknown) => {
        const isFree = name === 'networkSecurityLevel' ? isRaised(options.networkSecurityLevel, value) : rule === true;
        if (!isFree) throw refusal(name, rule);
        all[name] = value;
      },
    });
  }
  return Object.freeze(shown) as Options;
}

/** A list that is guarded is a copy: it can be changed without setting the option. */
function shownOf(name: string, rule: true | string | null, value: unknown): unknown {
  if (hidden.has(name)) return null;
  return rule !== true && Array.isArray(value) ? frozenCopy(value) : value;
}

function frozenCopy(list: readonly unknown[]): readonly unknown[] {
  return Object.freeze(list.map((one) => (Array.isArray(one) ? frozenCopy(one) : one)));
}

function isRaised(present: SecurityLevel, value: unknown): boolean {
  return levels.indexOf(value as SecurityLevel) >= levels.indexOf(present);
}

function refusal(name: string, setting: true | string | null): NetworkProcessError {
  const hint =
    setting === null
      ? 'Give tlsParameters of its own to a connection that needs another.'
      : `Ask the user to change the setting ${setting}.`;
  return new NetworkProcessError('NP_GUARDED', 'error', [`Only the user changes ${name}`], null, { hint });
}
