/** The socket options as people see them: what each does, which sockets it is for, how its value is written. */
import { basename } from 'node:path';
import { showPeerText } from '../peerText';
import type { Translate } from '../translate';
import { isBy, isTcp as isTcpKind, type AddressKind } from '../open/addressKind';
import type { AddressRole } from '../open/parseAddress';

/** How a value is given. The last five are of TLS: a text, texts, paths, `[[key file, certificate file]]`, a version. */
export type OptionForm = 'flag' | 'seconds' | 'number' | 'device' | 'text' | 'names' | 'files' | 'keylist' | 'version';

export interface SocketOption {
  /** The keyword of `makeNetworkProcess`. */
  readonly name: string;
  /** What it is called, where that is not its name. */
  readonly label?: string;
  readonly form: OptionForm;
  /** One line. */
  readonly explanation: string;
  /** What a process has that was opened here without it. */
  readonly standard: boolean | number | null;
  /** What it is called when there is no value. */
  readonly none?: string;
}

/** The options that sockets of a kind take. */
export function socketOptions(kind: AddressKind, role: AddressRole, t: Translate): SocketOption[] {
  // The core opens these without options of the socket.
  const isTcp = isTcpKind(kind, role);
  if (isBy(kind) && !isTcp) return [];
  const isInternet = isTcp || kind === 'udp';
  const isStream = kind !== 'udp' && kind !== 'unix-dgram';
  const flag = (name: string, explanation: string, standard = false): SocketOption => ({
    ...{ name, form: 'flag', explanation, standard },
  });
  const seconds = t('0 seconds: deletion resets the connection; otherwise what was not sent still goes');
  const urgency = t('Of what is sent: 0 to 6 for every user, higher goes first');
  const device = t('One network interface and no other');
  const list: [boolean, SocketOption][] = [
    [isTcp, flag('keepalive', t('Notices a peer that vanished: the system probes an idle connection'))],
    [isTcp, flag('nodelay', t('Sends small pieces at once and does not gather them'))],
    [isStream, { name: 'linger', form: 'seconds', explanation: seconds, standard: null }],
    [isTcp, flag('oobinline', t('Urgent bytes come with the others'))],
    [true, { name: 'priority', form: 'number', explanation: urgency, standard: 0 }],
    [isInternet, { name: 'bindtodevice', form: 'device', explanation: device, standard: null }],
    [isInternet, flag('dontroute', t('Leaves gateways out: reaches hosts of the own networks only'))],
    [kind === 'udp', flag('broadcast', t('Datagrams may go to broadcast addresses'))],
    [isTcp && role === 'server', flag('reuseaddr', t('Takes a port that was just in use'), true)],
    [
      kind === 'udp' && role === 'server',
      flag('reuseaddr', t('Several may listen on the port, and share its datagrams')),
    ],
  ];
  return list.filter(([fits]) => fits).map(([, option]) => option);
}

/** A value for people: `on`, `3 s`, `eth0`; what is not there is `—`. */
export function valueText({ form, none }: Pick<SocketOption, 'form' | 'none'>, value: unknown, t: Translate): string {
  const isOff = value === null || value === undefined || value === false;
  if (isOff && none !== undefined) return none;
  if (form === 'text' || form === 'version') return isOff ? '—' : showPeerText(String(value));
  if (form === 'names' && Array.isArray(value)) return showPeerText(value.join(', '));
  if (form === 'files' && Array.isArray(value))
    return showPeerText(value.map((file) => basename(String(file))).join(', '));
  if (form === 'keylist' && Array.isArray(value)) return showPeerText(basename(String((value as unknown[][])[0]?.[1])));
  if (form === 'device') return isOff ? t('any interface') : String(value);
  if (form === 'number') return isOff ? '—' : String(value);
  if (form === 'seconds' && !isOff) return value === true ? t('{0} s', 0) : t('{0} s', String(value));
  return isOff ? t('off') : t('on');
}

/** What a typed number is, or why it is none. An empty text is no value. */
export function readNumber(
  form: 'seconds' | 'number',
  typed: string,
  t: Translate,
): { readonly value: number | null } | { readonly problem: string } {
  const text = typed.trim();
  if (text === '' || (form === 'seconds' && /^off$/i.test(text))) return { value: null };
  const most = form === 'seconds' ? 65_535 : 2 ** 31 - 1;
  if (/^\d+$/.test(text) && Number(text) <= most) return { value: Number(text) };
  return { problem: t('{0} is not a whole number from 0 to {1}.', text, most) };
}

/** Why no network interface can have that name; null when one may. */
export function interfaceProblem(name: string, t: Translate): string | null {
  if (/[\s/\x00-\x1f\x7f]/.test(name)) return t('The name of an interface has no blanks and slashes.');
  // IFNAMSIZ, with the zero at its end.
  return Buffer.byteLength(name) > 15 ? t('The name of an interface has at most 15 bytes.') : null;
}
