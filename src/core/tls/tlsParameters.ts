/**
 * `tlsParameters`: Emacs' shape and Node's words, checked before any socket exists.
 *
 * @see Emacs Lisp manual, "Network"; Emacs GnuTLS manual, "Help For Developers"; Node's tls.createSecureContext
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { DEFAULT_CIPHERS, type SecureContextOptions, type SecureVersion } from 'node:tls';
import { domainToASCII } from 'node:url';
import type { TlsBootParameters } from '../api';
import { isNil, symbolName } from '../base/nil';
import { NetworkProcessError, wrongType } from '../errors';
import { unsupportedCiphers } from './capabilities';
import { openSslWords } from './priority';
import { throwawayCertificate } from './throwaway';
import { systemTrust } from './systemTrust';

/** What of the certificate must be right whatever anybody trusts. */
export type VerifyError = true | readonly ('trustfiles' | 'hostname')[];

/** One side of a handshake, all checked. */
export interface TlsSide {
  readonly isServer: boolean;
  /** For whom the certificate must be; null on servers. In ASCII. */
  readonly hostname: string | null;
  /** Told to the server; null for addresses. */
  readonly serverName: string | null;
  readonly context: SecureContextOptions;
  readonly alpn: readonly string[] | null;
  readonly verifyError: VerifyError;
  readonly minPrimeBits: number | null;
  /** A server that wants a certificate of its clients. */
  readonly requestCertificate: boolean;
  /** The protocol by which a server is asked for TLS; null: it begins with it. */
  readonly starttls: string | null;
}

export interface TlsDefaults {
  /** The only files of authorities that are trusted; null: those of the system. */
  readonly trustFiles: readonly string[] | null;
  readonly crlFiles: readonly string[];
  readonly algorithmPriority: string | null;
  readonly minPrimeBits: number | null;
  readonly verifyError: unknown;
}

type Given = Record<string, unknown>;

const secureWords = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'ciphers', 'sigalgs', 'ecdhCurve', 'dhparam', 'crl'];

/**
 * The plist of `gnutls-boot-parameters`.
 *
 * @throws NP_TLS_PARAMETERS
 * @see gnutls-boot-parameters: the same keys, in the same order
 */
export function bootParameters(given: Given, defaults: TlsDefaults): TlsBootParameters {
  const type = credentialType(given.type);
  const hostname = hostOf(given.hostname);
  const standard = type === 'gnutls-anon' ? 'NORMAL:+ANON-DH:!ARCFOUR-128' : (defaults.algorithmPriority ?? 'NORMAL');
  const priority = textOf(given, 'priorityString') ?? textOf(given, 'priority') ?? standard;
  return {
    type,
    priority,
    hostname,
    loglevel: 0,
    minPrimeBits: numberOf(given, 'minPrimeBits') ?? defaults.minPrimeBits,
    trustfiles: filesOf(given, 'trustfiles') ?? [],
    crlfiles: filesOf(given, 'crlfiles') ?? [...defaults.crlFiles],
    keylist: keylistOf(given.keylist),
    verifyFlags: numberOf(given, 'verifyFlags'),
    verifyError: verifyErrorOf(given, hostname, defaults.verifyError),
    callbacks: null,
  };
}

/**
 * What a handshake takes.
 *
 * @param given Emacs' list of a type and parameters, the parameters alone, or Node's words; `true` for none.
 * @param host The host of the contact, when no host name is given.
 * @throws NP_TLS_PARAMETERS, NP_TLS_FILE, NP_TLS_UNSUPPORTED, NP_WRONG_TYPE
 */
export function tlsSide(given: unknown, host: string | null, isServer: boolean, defaults: TlsDefaults): TlsSide {
  const words = wordsOf(given);
  for (const word of ['rejectUnauthorized', 'checkServerIdentity', 'secureContext', 'secureOptions']) {
    if (word in words && !isNil(words[word]) && words[word] !== true)
      throw bad(word, 'is not taken: trust is asked for, or remembered');
  }
  if (words.rejectUnauthorized === false)
    throw bad('rejectUnauthorized', 'cannot be turned off: trust the key, or set the level');
  // What is nil was not given: the host is checked all the same.
  const named = [words.hostname, words.servername, isServer ? null : host].find((name) => !isNil(name));
  // What a user knows to be revoked is about servers: a server's own authorities have lists of their own.
  const ours = isServer ? { ...defaults, crlFiles: [] } : defaults;
  const boot = bootParameters({ ...words, hostname: named }, ours);
  const hostname = isServer ? null : boot.hostname;
  return {
    isServer,
    hostname,
    serverName: hostname !== null && /[^0-9.:]/.test(hostname) && !isIP(hostname) ? hostname : null,
    context: contextOf(words, boot, isServer, defaults),
    alpn: alpnOf(words),
    verifyError: boot.verifyError,
    minPrimeBits: boot.minPrimeBits,
    requestCertificate: !isNil(words.requestCert),
    starttls: starttlsOf(words, isServer),
  };
}

/** The parameters as one object of our own, so that no key is special. */
function wordsOf(given: unknown): Given {
  const [type, rest] = Array.isArray(given) ? [given[0] as unknown, given[1] as unknown] : [undefined, given];
  if (!isNil(rest) && rest !== true && typeof rest !== 'object') throw wrongType('listp', rest);
  const words: Given = Object.assign(Object.create(null) as Given, rest === true ? {} : rest);
  if (type !== undefined) words.type = type;
  return words;
}

function contextOf(
  words: Given,
  boot: TlsBootParameters,
  isServer: boolean,
  defaults: TlsDefaults,
): SecureContextOptions {
  const { ciphers, versions } = openSslWords(boot.priority);
  const context: SecureContextOptions & Given = {};
  if (ciphers) context.ciphers = ciphers;
  Object.assign(context, versions);
  for (const word of secureWords) if (!isNil(words[word])) context[word] = words[word];
  for (const word of ['minVersion', 'maxVersion'] as const) {
    const version = textOf(words, word);
    if (version !== null) context[word] = version as SecureVersion;
  }
  const keys = boot.keylist.map(([key]) => read(key, 'Invalid client key file'));
  const certificates = boot.keylist.map(([, certificate]) => read(certificate, 'Invalid client cert file'));
  if (keys.length > 0) Object.assign(context, { key: keys, cert: certificates });
  if (isServer && !isNil(words.selfSigned)) Object.assign(context, throwawayCertificate(namesOf(words.selfSigned), 30));
  if (isServer && !context.cert && !context.pfx) {
    throw bad('cert', 'is missing: a TLS server needs a certificate and its key, or selfSigned');
  }
  const crls = boot.crlfiles.map((file) => read(file, 'Invalid CRL file'));
  if (crls.length > 0) context.crl = crls;
  if (!context.ca) {
    const trust = (files: readonly string[]): string[] => files.map((file) => read(file, 'Invalid trustfile'));
    // Whoever may run a site has a certificate of a public authority: it lets nobody into a server.
    const others = isServer ? [] : defaults.trustFiles ? trust(defaults.trustFiles) : systemTrust();
    context.ca = [...others, ...trust(boot.trustfiles)];
    if (isServer && !isNil(words.requestCert) && context.ca.length === 0 && !context.pfx) {
      throw bad('requestCert', 'needs trustfiles (or ca): the authorities that vouch for clients');
    }
  }
  // A peer may not make the other side negotiate for ever.
  context.honorCipherOrder = isServer;
  if (typeof context.ciphers === 'string') {
    const missing = unsupportedCiphers(context.ciphers);
    if (missing !== null) throw new NetworkProcessError('NP_TLS_UNSUPPORTED', 'error', [missing], context.ciphers);
  } else if (ciphers === null && isServer) context.ciphers = DEFAULT_CIPHERS;
  return context;
}

function credentialType(type: unknown): string {
  if (isNil(type)) return 'gnutls-x509pki';
  const name = symbolName(type);
  if (name === 'gnutls-x509pki' || name === 'gnutls-anon') return name;
  throw new NetworkProcessError('NP_TLS_PARAMETERS', 'error', ['Invalid GnuTLS credential type'], String(name));
}

function hostOf(hostname: unknown): string | null {
  if (isNil(hostname)) return null;
  if (typeof hostname === 'string') return asciiHost(hostname);
  throw new NetworkProcessError('NP_TLS_PARAMETERS', 'error', [
    'gnutls-boot: invalid :hostname parameter (not a string)',
  ]);
}

/** A host name in ASCII (punycode); an address as it is. */
export function asciiHost(host: string): string {
  if (!/[^\0-\x7f]/.test(host)) return host.replace(/\.$/, '');
  const ascii = domainToASCII(host);
  if (ascii !== '') return ascii;
  throw new NetworkProcessError('NP_ADDRESS_HOST', 'error', [`${host} is no host name`]);
}

function verifyErrorOf(words: Given, hostname: string | null, standard: unknown): VerifyError {
  const own = words.verifyError;
  const value = isNil(own) ? byHost(standard, hostname) : own;
  const isHostname = !isNil(words.verifyHostnameError);
  if (value === true) return true;
  if (isNil(value)) return isHostname ? ['hostname'] : [];
  if (!Array.isArray(value)) {
    throw new NetworkProcessError('NP_TLS_PARAMETERS', 'error', [
      'gnutls-boot: invalid :verify_error parameter (not a list)',
    ]);
  }
  const flags = value.map((flag) => symbolName(flag)?.replace(/^:/, ''));
  const known = flags.filter((flag) => flag === 'trustfiles' || flag === 'hostname');
  if (known.length < flags.length) throw bad('verifyError', "has 'trustfiles' and 'hostname', or is true");
  return isHostname ? [...new Set([...known, 'hostname' as const])] : known;
}

/** `gnutls-verify-error`: true, or a list of a host's pattern with its flags, the first that fits. */
function byHost(standard: unknown, hostname: string | null): unknown {
  if (!Array.isArray(standard)) return standard;
  for (const entry of standard as unknown[]) {
    const [pattern, ...flags] = entry as [string | RegExp, ...unknown[]];
    if (hostname !== null && hostname.search(pattern) >= 0) return flags[0] === true ? true : flags;
  }
  return null;
}

function keylistOf(keylist: unknown): (readonly [string, string])[] {
  if (isNil(keylist)) return [];
  const pairs = Array.isArray(keylist) ? (keylist as unknown[]) : [];
  const isPair = (pair: unknown): pair is [string, string] =>
    Array.isArray(pair) && pair.length >= 2 && typeof pair[0] === 'string' && typeof pair[1] === 'string';
  if (!Array.isArray(keylist) || !pairs.every(isPair))
    throw bad('keylist', 'is a list of [key file, certificate file]');
  return pairs;
}

function filesOf(words: Given, word: string): readonly string[] | null {
  const value = words[word];
  if (isNil(value)) return null;
  const files = typeof value === 'string' ? [value] : value;
  if (Array.isArray(files) && files.every((file) => typeof file === 'string')) return files;
  throw bad(word, 'is a list of files');
}

function alpnOf(words: Given): readonly string[] | null {
  const names = words.ALPNProtocols ?? words.alpnProtocols;
  if (isNil(names)) return null;
  const list = typeof names === 'string' ? [names] : names;
  if (Array.isArray(list) && list.every((name) => typeof name === 'string' && name !== '')) return list as string[];
  throw bad('ALPNProtocols', 'is a list of names');
}

function namesOf(selfSigned: unknown): string[] {
  const names: unknown[] = Array.isArray(selfSigned) ? selfSigned : ['localhost', '127.0.0.1', '::1'];
  if (names.length > 0 && names.every((name) => typeof name === 'string' && name !== '')) return names as string[];
  throw bad('selfSigned', 'is true, or a list of host names and addresses');
}

function starttlsOf(words: Given, isServer: boolean): string | null {
  const name = textOf(words, 'starttls');
  if (name !== null && !isServer) throw bad('starttls', 'is for servers; clients have openNetworkStream');
  return name;
}

function textOf(words: Given, word: string): string | null {
  const value = words[word];
  if (isNil(value)) return null;
  if (typeof value === 'string') return value;
  throw bad(word, 'is a text');
}

function numberOf(words: Given, word: string): number | null {
  const value = words[word];
  if (isNil(value)) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw bad(word, 'is a whole number');
}

function bad(word: string, what: string): NetworkProcessError {
  return new NetworkProcessError('NP_TLS_PARAMETERS', 'error', [`tlsParameters: ${word} ${what}`]);
}

/** @throws NP_TLS_FILE, with Emacs' words for what the file was to be */
function read(file: string, what: string): string {
  try {
    const text = readFileSync(file, 'latin1');
    if (text.includes('-----BEGIN ')) return text;
    throw new Error('it has nothing in PEM format');
  } catch (cause) {
    throw new NetworkProcessError('NP_TLS_FILE', 'error', [what, (cause as Error).message], file, { cause });
  }
}
