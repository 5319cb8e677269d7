/**
 * What is known of a handshake that is done, and what is wrong with the peer's certificate.
 *
 * @see Emacs Lisp manual, "Network Security Manager"; gnutls-peer-status
 */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { PeerStatus } from '../api';
import { chainOf, describe, factsOf } from './certificate';
import type { Authorities } from './authorities';

/** Warnings in Emacs' words, by Node's for the last thing that went wrong with the chain. */
const byNode: Readonly<Record<string, readonly string[]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ['self-signed', 'unknown-ca', 'invalid'],
  SELF_SIGNED_CERT_IN_CHAIN: ['unknown-ca', 'invalid'],
  UNABLE_TO_GET_ISSUER_CERT: ['unknown-ca', 'invalid'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['unknown-ca', 'invalid'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['unknown-ca', 'invalid'],
  CERT_UNTRUSTED: ['unknown-ca', 'invalid'],
  CERT_HAS_EXPIRED: ['expired', 'invalid'],
  CERT_NOT_YET_VALID: ['not-activated', 'invalid'],
  CERT_REVOKED: ['revoked', 'invalid'],
  CERT_SIGNATURE_FAILURE: ['signature-failure', 'invalid'],
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: ['signature-failure', 'invalid'],
  INVALID_PURPOSE: ['purpose-mismatch', 'invalid'],
  INVALID_CA: ['not-ca', 'invalid'],
  CERT_REJECTED: ['signer-constraints-failure', 'invalid'],
  UNABLE_TO_GET_CRL: ['revocation-data-missing', 'invalid'],
  CRL_HAS_EXPIRED: ['revocation-data-superseded', 'invalid'],
  CRL_NOT_YET_VALID: ['revocation-data-issued-in-future', 'invalid'],
  CRL_SIGNATURE_FAILURE: ['signature-failure', 'invalid'],
};
/** By the library's own words, where Node has no code. */
const byText: readonly [RegExp, string][] = [
  [/too weak|too small|weak/i, 'insecure'],
  [/purpose/i, 'purpose-mismatch'],
  [/CA certificate|path length|basic constraint/i, 'not-ca'],
  [/name constraint|subtree/i, 'signer-constraints-failure'],
];

/** Each warning as a sentence, as `gnutls-peer-status-warning-describe` gives it. */
export const warningTexts: Readonly<Record<string, string>> = {
  invalid: 'certificate could not be verified',
  revoked: 'certificate was revoked (CRL)',
  'self-signed': 'certificate signer was not found (self-signed)',
  'unknown-ca': 'the certificate was signed by an unknown and therefore untrusted authority',
  'not-ca': 'certificate signer is not a CA',
  insecure: 'certificate was signed with an insecure algorithm',
  'not-activated': 'certificate is not yet activated',
  expired: 'certificate has expired',
  'no-host-match': 'certificate host does not match hostname',
  'signature-failure': 'certificate signature could not be verified',
  'revocation-data-missing': 'certificate revocation data of an authority are missing',
  'revocation-data-superseded': 'certificate revocation data are old and have been superseded',
  'revocation-data-issued-in-future': 'certificate revocation data have a future issue date',
  'signer-constraints-failure': 'certificate signer constraints were violated',
  'purpose-mismatch': 'certificate does not match the intended purpose',
  'missing-ocsp-status': 'certificate requires the server to send an OCSP status, none was received',
  'invalid-ocsp-status': 'the received OCSP status is invalid',
};

const serverAuth = '1.3.6.1.5.5.7.3.1';
const anyPurpose = '2.5.29.37.0';

/** A finished handshake as the checks of trust see it. */
export class Handshaken {
  readonly chain: readonly X509Certificate[];
  /** `ECDHE-RSA`, `RSA`, `DHE-RSA`, `ANON-DH`. */
  readonly keyExchange: string;
  /** `AES-256-GCM`. */
  readonly cipher: string;
  /** `AEAD`, `SHA1`. */
  readonly mac: string;
  /** `TLS1.3`. */
  readonly protocol: string;
  /** Of the prime that a Diffie-Hellman exchange used; null for others. */
  readonly primeBits: number | null;
  readonly alpn: string | null;
  /** Emacs' symbols, without colon. */
  readonly warnings: readonly string[];
  private described: PeerStatus | null = null;

  /** @param hostname For whom the certificate must be; null: nobody. */
  constructor(socket: TLSSocket, hostname: string | null, isServer: boolean, authorities: Authorities) {
    const certificate: X509Certificate | undefined = socket.getPeerX509Certificate();
    this.chain = chainOf(certificate);
    this.protocol = (socket.getProtocol() ?? '').replace(/^TLSv1$/, 'TLSv1.0').replace('TLSv', 'TLS');
    this.alpn = socket.alpnProtocol || null;
    const info = isServer ? {} : (socket.getEphemeralKeyInfo() as { type?: string; size?: number } | null);
    this.primeBits = info?.type === 'DH' ? (info.size ?? 0) : null;
    const { standardName = '' } = socket.getCipher() as { standardName?: string };
    const [, exchange = '', suite = ''] = /^TLS_(?:(.+)_WITH_)?(.+)$/.exec(standardName) ?? [];
    const words = suite.split('_');
    const last = words.pop() ?? '';
    const isAead = /GCM|CCM|POLY1305/.test(standardName);
    this.cipher = (/^\d+$|CCM/.test(last) ? [...words, last] : words).join('-');
    this.mac = isAead ? 'AEAD' : last === 'SHA' ? 'SHA1' : last;
    this.keyExchange = exchange ? exchangeName(exchange) : exchangeOf13(info?.type, certificate);
    this.warnings = isServer && !certificate ? [] : warningsOf(socket, this.chain, hostname, isServer, authorities);
  }

  /** `gnutls-peer-status`. */
  get status(): PeerStatus {
    return (this.described ??= this.describe());
  }

  private describe(): PeerStatus {
    const certificates = this.chain.map(describe);
    const { warnings, keyExchange, protocol, cipher, mac, primeBits, alpn } = this;
    return {
      ...(warnings.length > 0 ? { warnings } : {}),
      certificates,
      certificate: certificates[0] ?? null,
      ...(primeBits === null ? {} : { diffieHellmanPrimeBits: primeBits }),
      keyExchange,
      protocol,
      cipher,
      mac,
      encryptThenMac: null,
      // Without it the library refuses the handshake.
      ...(protocol === 'TLS1.3' ? {} : { safeRenegotiation: true }),
      applicationProtocol: alpn,
    };
  }
}

function exchangeName(exchange: string): string {
  const name = exchange.replaceAll('_', '-').replace('anon', 'ANON');
  return /ANON/.test(name) ? name.replace(/^(DH|ECDH)-ANON$/, 'ANON-$1') : name;
}

function exchangeOf13(type: string | undefined, certificate: X509Certificate | undefined): string {
  const signer = certificate && factsOf(certificate).algorithm === 'RSA' ? 'RSA' : 'ECDSA';
  return `${type === 'DH' ? 'DHE' : 'ECDHE'}-${signer}`;
}

function warningsOf(
  socket: TLSSocket,
  chain: readonly X509Certificate[],
  hostname: string | null,
  isServer: boolean,
  authorities: Authorities,
): string[] {
  const [host] = chain;
  if (!host) return ['invalid'];
  const found = new Set<string>(chainProblems(socket));
  // The library tells the last problem only: others could hide behind it.
  if (found.size > 0) for (const problem of authorities.problems(chain)) found.add(problem);
  const now = Date.now();
  for (const { validFrom, validTo, isSelfIssued, signature } of chain.map(factsOf)) {
    // A date that cannot be read is none that holds.
    if (!(validTo >= now)) found.add('expired').add('invalid');
    if (!(validFrom <= now)) found.add('not-activated').add('invalid');
    if (!isSelfIssued && /MD2|MD5|SHA1$/.test(signature)) found.add('insecure').add('invalid');
  }
  for (const issuer of chain.slice(1)) if (!factsOf(issuer).isAuthority) found.add('not-ca').add('invalid');
  const { purposes } = factsOf(host);
  if (!isServer && purposes && !purposes.includes(serverAuth) && !purposes.includes(anyPurpose)) {
    found.add('purpose-mismatch').add('invalid');
  }
  if (hostname !== null && !isFor(host, hostname)) found.add('no-host-match');
  const order = Object.keys(warningTexts);
  return [...found].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}

function chainProblems(socket: TLSSocket): readonly string[] {
  // Node gives it to its own servers and clients only. Where it can't be asked, nothing is known to be right.
  const { ssl } = socket as unknown as { ssl?: { verifyError?: () => (Error & { code?: string }) | null } };
  if (!ssl?.verifyError) return ['invalid'];
  const error = ssl.verifyError();
  if (!error) return [];
  const { code = '', message } = error;
  if (Object.hasOwn(byNode, code)) return byNode[code]!;
  return [...byText.filter(([pattern]) => pattern.test(message)).map(([, warning]) => warning), 'invalid'];
}

/** By its alternative names, and where it has none by its subject, which is a problem of its own. */
function isFor(certificate: X509Certificate, hostname: string): boolean {
  if (isIP(hostname)) return certificate.checkIP(hostname) !== undefined;
  return certificate.checkHost(hostname, { subject: 'default', partialWildcards: false }) !== undefined;
}
