/** What can be chosen about TLS before something is opened; as with sockets, each in one line. */
import type { AddressKind } from '../open/addressKind';
import type { AddressRole } from '../open/parseAddress';
import type { Translate } from '../translate';
import type { SocketOption } from './socketOption';

/** Parameters of `openNetworkStream`; the others belong into `tlsParameters`. */
const streamNames: readonly string[] = ['ifOffered', 'warnUnlessEncrypted'];

/** The options that TLS has with a kind: none where nothing is encrypted. */
export function tlsOptions(kind: AddressKind, role: AddressRole, t: Translate): SocketOption[] {
  if (kind !== 'tls' && kind !== 'starttls') return [];
  const common: SocketOption[] = [
    {
      ...{ name: 'minVersion', label: t('oldest version'), form: 'version', standard: null, none: 'TLS 1.2' },
      explanation: t('What is older is not agreed to; the security level asks about versions below 1.2'),
    },
    {
      ...{ name: 'ALPNProtocols', label: 'ALPN', form: 'names', standard: null, none: t('none') },
      explanation: t('Protocols that are offered to the other side, such as h2, http/1.1'),
    },
    {
      ...{ name: 'priorityString', label: t('ciphers'), form: 'text', standard: null, none: 'NORMAL' },
      explanation: t('A priority string of GnuTLS or a cipher string of OpenSSL'),
    },
  ];
  return role === 'server' ? [...serverOptions(t), ...common] : [...clientOptions(kind, t), ...common];
}

function serverOptions(t: Translate): SocketOption[] {
  return [
    {
      ...{ name: 'keylist', label: t('certificate'), form: 'keylist', standard: null },
      none: t('a throw-away one, made for this server'),
      explanation: t('Who the server is: the files of its key and its certificate (PEM)'),
    },
    {
      ...{ name: 'requestCert', label: t('ask clients for a certificate'), form: 'flag', standard: false },
      explanation: t('Lets in only who has one that the authorities below vouch for'),
    },
    {
      ...{ name: 'trustfiles', label: t('authorities'), form: 'files', standard: null, none: t('none') },
      explanation: t('Files (PEM) of those who vouch for clients'),
    },
    revocationLists(t),
  ];
}

function clientOptions(kind: 'tls' | 'starttls', t: Translate): SocketOption[] {
  const own: SocketOption[] = [
    {
      ...{ name: 'hostname', label: t('host name'), form: 'text', standard: null, none: t('that of the address') },
      explanation: t('For whom the certificate must be, and whom the server is asked for'),
    },
    {
      ...{
        name: 'trustfiles',
        label: t('authorities'),
        form: 'files',
        standard: null,
        none: t('those trusted anyway'),
      },
      explanation: t('Files (PEM) of authorities that are trusted, too'),
    },
    revocationLists(t),
    {
      ...{ name: 'keylist', label: t('client certificate'), form: 'keylist', standard: null, none: t('none') },
      explanation: t('Who you are: the files of your key and your certificate (PEM), where the server asks'),
    },
  ];
  if (kind === 'tls') return own;
  return [
    {
      ...{ name: 'ifOffered', label: t('encrypted if possible'), form: 'flag', standard: false },
      explanation: t('Goes on in clear, and says so, where the server does not offer STARTTLS'),
    },
    {
      ...{ name: 'warnUnlessEncrypted', label: t('ask before going on in clear'), form: 'flag', standard: false },
      explanation: t('With “encrypted if possible”: you are asked first, and may say no'),
    },
    ...own,
  ];
}

function revocationLists(t: Translate): SocketOption {
  return {
    ...{
      name: 'crlfiles',
      label: t('revocation lists'),
      form: 'files',
      standard: null,
      none: t('those of the settings'),
    },
    explanation: t('Files (PEM) that name certificates no longer valid; with any, each authority must have one'),
  };
}

/** What of the chosen options goes into `tlsParameters`. */
export function isTlsParameter(option: SocketOption): boolean {
  return !streamNames.includes(option.name);
}

/** Texts between commas, without blanks around them; null for none. */
export function readNames(typed: string): string[] | null {
  const names = typed.split(',').map((name) => name.trim());
  const given = names.filter((name) => name !== '');
  return given.length > 0 ? given : null;
}
