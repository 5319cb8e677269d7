import type { SecureVersion } from 'node:tls';
import { NetworkProcessError } from '../errors';

export interface OpenSslWords {
  /** Null: the library's own. */
  readonly ciphers: string | null;
  readonly versions: { readonly minVersion?: SecureVersion; readonly maxVersion?: SecureVersion };
}

const order: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const gnutlsWord = /^(NORMAL|PERFORMANCE|LEGACY|PFS|SECURE(128|192|256)|NONE|@SYSTEM)$/i;
/** In GnuTLS' words what OpenSSL calls otherwise. */
const ciphers: Readonly<Record<string, string>> = {
  'ANON-DH': 'aDH',
  'ANON-ECDH': 'aECDH',
  'ARCFOUR-128': 'RC4',
  '3DES-CBC': '3DES',
  'AES-128-CBC': 'AES128',
  'AES-256-CBC': 'AES256',
  'AES-128-GCM': 'AES128-GCM',
  'AES-256-GCM': 'AES256-GCM',
  'CHACHA20-POLY1305': 'CHACHA20',
  RSA: 'kRSA',
  'DHE-RSA': 'kDHE',
  'ECDHE-RSA': 'kECDHE',
  'ECDHE-ECDSA': 'ECDHE-ECDSA',
  MD5: 'MD5',
  SHA1: 'SHA1',
  NULL: 'NULL',
};

/**
 * A priority string of GnuTLS as what OpenSSL takes: versions, and what is added to or taken from its ciphers. Anything
 * that does not begin as one is a cipher string of OpenSSL already.
 *
 * @throws NP_TLS_PARAMETERS for words that cannot be mapped
 * @see GnuTLS manual, "Priority strings"
 */
export function openSslWords(priority: string): OpenSslWords {
  const [first = '', ...rest] = priority.split(':').filter((word) => word !== '');
  if (!gnutlsWord.test(first)) return { ciphers: priority === '' ? null : priority, versions: {} };
  const versions = new Set<SecureVersion>(['TLSv1.2', 'TLSv1.3']);
  const base = baseCiphers(first.toUpperCase());
  const more: string[] = [];
  for (const word of rest) {
    // Flags of GnuTLS' own, about how a handshake is laid out.
    if (word.startsWith('%') || /^[+!-](COMP|SIGN|CURVE|GROUP|CTYPE|AEAD)/i.test(word)) continue;
    const isAdded = word.startsWith('+');
    const name = word.replace(/^[+!-]/, '').toUpperCase();
    const version = /^VERS-(?:TLS)?(ALL|1\.[0-3])$/.exec(name)?.[1];
    if (version) {
      const meant = version === 'ALL' ? order : [`TLSv${version}`.replace('v1.0', 'v1') as SecureVersion];
      for (const one of meant)
        if (isAdded) versions.add(one);
        else versions.delete(one);
      continue;
    }
    if (/^VERS-(SSL|DTLS)/.test(name)) continue;
    const cipher = Object.hasOwn(ciphers, name) ? ciphers[name]! : null;
    if (cipher === null) throw notMapped(priority, word);
    more.push(isAdded ? cipher : `!${cipher}`);
  }
  const found = order.filter((version) => versions.has(version));
  if (found.length === 0) throw notMapped(priority, 'no version of TLS is left');
  const isChanged = base !== null || more.length > 0;
  // Keyword lists of OpenSSL leave anonymous ones out by a word of their own.
  const all = [base ?? 'DEFAULT', ...more].join(':');
  const isDefault = versions.size === 2 && versions.has('TLSv1.2') && versions.has('TLSv1.3');
  return {
    ciphers: isChanged ? (/(^|:)(aDH|aECDH|NULL)/.test(all) ? `${all}:@SECLEVEL=0` : all) : null,
    versions: isDefault ? {} : { minVersion: found[0]!, maxVersion: found.at(-1)! },
  };
}

function baseCiphers(word: string): string | null {
  if (word === 'PFS') return 'ECDHE:DHE:!aNULL:!eNULL';
  if (word === 'SECURE128') return 'HIGH:!aNULL:!eNULL:!3DES';
  if (word === 'SECURE192' || word === 'SECURE256') return 'AES256:CHACHA20:!aNULL:!eNULL';
  return null;
}

function notMapped(priority: string, word: string): NetworkProcessError {
  return new NetworkProcessError('NP_TLS_PARAMETERS', 'error', [`Priority string ${priority}: ${word}`], null, {
    hint: 'Use NORMAL, SECURE128, SECURE256 or PFS with +VERS-TLS1.2 and the like, or a cipher string of OpenSSL.',
  });
}
