/** The socket options as people see them: what each does, which sockets it is for, how its value is written. */
import type { Translate } from '../translate';
import type { AddressKind } from '../open/addressKind';
import type { AddressRole } from '../open/parseAddress';

/** How a value is given. */
export type OptionForm = 'flag' | 'seconds' | 'number' | 'device';

export interface SocketOption {
  /** The keyword of `makeNetworkProcess`. */
  readonly name: string;
  readonly form: OptionForm;
  /** One line. */
  readonly explanation: string;
}

/** The options that sockets of a kind take. */
export function socketOptions(kind: AddressKind, role: AddressRole, t: Translate): SocketOption[] {
  const isInternet = kind === 'tcp' || kind === 'udp';
  const isTcp = kind === 'tcp';
  const list: [boolean, SocketOption][] = [
    [
      isTcp,
      {
        name: 'keepalive',
        form: 'flag',
        explanation: t('Notices a peer that vanished: the system probes an idle connection'),
      },
    ],
    [isTcp, { name: 'nodelay', form: 'flag', explanation: t('Sends small pieces at once and does not gather them') }],
    [
      kind !== 'udp' && kind !== 'unix-dgram',
      {
        name: 'linger',
        form: 'seconds',
        explanation: t('Seconds that deletion waits for what was not sent; 0 resets the connection'),
      },
    ],
    [isTcp, { name: 'oobinline', form: 'flag', explanation: t('Urgent bytes come with the others') }],
    [
      true,
      {
        name: 'priority',
        form: 'number',
        explanation: t('Of what is sent: 0 to 6 for every user, higher goes first'),
      },
    ],
    [isInternet, { name: 'bindtodevice', form: 'device', explanation: t('One network interface and no other') }],
    [
      isInternet,
      {
        name: 'dontroute',
        form: 'flag',
        explanation: t('Leaves gateways out: reaches hosts of the own networks only'),
      },
    ],
    [kind === 'udp', { name: 'broadcast', form: 'flag', explanation: t('Datagrams may go to broadcast addresses') }],
    [
      isInternet && role === 'server',
      {
        name: 'reuseaddr',
        form: 'flag',
        explanation: isTcp
          ? t('Takes a port that was just in use; on unless turned off')
          : t('Several may listen on the port, and share its datagrams'),
      },
    ],
  ];
  return list.filter(([fits]) => fits).map(([, option]) => option);
}

/** A value for people: `on`, `3 s`, `eth0`; what is not there is `—`. */
export function valueText({ form }: Pick<SocketOption, 'form'>, value: unknown, t: Translate): string {
  const isOff = value === null || value === undefined || value === false;
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
