/**
 * The checks of the network security manager, by name and level.
 *
 * @see Emacs Lisp manual, "Network Security Manager"; Emacs manual, "Network Security" (levels and checks)
 */
import { isIP } from 'node:net';
import type { SecurityLevel, TrustProblem } from '../api';
import { factsOf } from '../tls/certificate';
import { warningTexts, type Handshaken } from '../tls/peerStatus';

/** What a check looks at. */
export interface Examined {
  readonly tls: Handshaken;
  readonly hostname: string | null;
  readonly isServer: boolean;
}

interface Check {
  readonly name: string;
  readonly level: 'medium' | 'high';
  /** What is wrong, a sentence for people; null when nothing is. */
  problem(examined: Examined): string | null;
}

/** Bits below which a prime or an RSA key can be broken by whoever wants to badly enough. */
const leastBits = 2048;

const rank: Readonly<Record<SecurityLevel, number>> = { low: 0, medium: 1, high: 2, paranoid: 3 };

export function isAtLeast(level: SecurityLevel, least: SecurityLevel): boolean {
  return rank[level] >= rank[least];
}

const when = (holds: boolean, text: string): string | null => (holds ? text : null);

/** A certificate of the chain that is not its end, signed so. */
function signedBy({ tls }: Examined, pattern: RegExp): boolean {
  return tls.chain.map(factsOf).some(({ isSelfIssued, signature }) => !isSelfIssued && pattern.test(signature));
}

/** All but `verify-cert` and `same-cert`, which need more than the handshake. */
const checks: readonly Check[] = [
  {
    name: 'version',
    level: 'medium',
    problem: ({ tls }) => when(!/^TLS1\.[23]$/.test(tls.protocol), `the protocol ${tls.protocol} is obsolete`),
  },
  // Node has no compression, and its library refuses renegotiation that is not safe: nothing can go wrong there.
  { name: 'compression', level: 'medium', problem: () => null },
  { name: 'renegotiation-info-ext', level: 'medium', problem: () => null },
  {
    name: 'null-suite',
    level: 'medium',
    problem: ({ tls }) => when(/NULL/.test(tls.cipher), 'nothing is encrypted: the cipher is NULL'),
  },
  {
    name: 'export-kx',
    level: 'medium',
    problem: ({ tls }) => when(/EXPORT/.test(tls.keyExchange), 'the key exchange is of export strength'),
  },
  {
    name: 'anon-kx',
    level: 'medium',
    problem: ({ tls }) =>
      when(/ANON/.test(tls.keyExchange), `the key exchange ${tls.keyExchange} does not say who the peer is`),
  },
  {
    name: 'md5-sig',
    level: 'medium',
    problem: (e) => when(signedBy(e, /MD[25]/), 'a certificate is signed with MD5, which can be forged'),
  },
  {
    name: 'rc4-cipher',
    level: 'medium',
    problem: ({ tls }) => when(/RC4|ARCFOUR/.test(tls.cipher), 'the cipher RC4 is broken'),
  },
  {
    name: 'dhe-prime-kx',
    level: 'medium',
    problem: ({ tls }) =>
      when(
        tls.primeBits !== null && tls.primeBits < leastBits,
        `the Diffie-Hellman prime has ${tls.primeBits} bits, less than ${leastBits}`,
      ),
  },
  {
    name: 'sha1-sig',
    level: 'medium',
    problem: (e) => when(signedBy(e, /SHA1$/), 'a certificate is signed with SHA-1, which can be forged'),
  },
  {
    name: 'ecdsa-cbc-cipher',
    level: 'medium',
    problem: ({ tls }) =>
      when(/ECDSA/.test(tls.keyExchange) && isCbc(tls), `the cipher ${tls.cipher} in CBC mode with ECDSA is weak`),
  },
  {
    name: '3des-cipher',
    level: 'medium',
    problem: ({ tls }) => when(/3DES/.test(tls.cipher), 'the cipher 3DES is weak'),
  },
  {
    name: 'rsa-key',
    level: 'medium',
    problem: ({ tls }) => {
      const small = tls.chain.map(factsOf).find(({ algorithm, bits }) => algorithm === 'RSA' && bits < leastBits);
      return small ? `an RSA key has ${small.bits} bits, less than ${leastBits}` : null;
    },
  },
  {
    name: 'no-san',
    level: 'medium',
    problem: ({ tls, isServer, hostname }) =>
      when(
        !isServer && hostname !== null && tls.chain.length > 0 && !factsOf(tls.chain[0]!).hasAltNames,
        'the certificate has no alternative names, only a subject',
      ),
  },
  {
    name: 'dhe-kx',
    level: 'high',
    problem: ({ tls }) => when(/^DHE|^DH-/.test(tls.keyExchange), `the key exchange ${tls.keyExchange} is out of use`),
  },
  {
    name: 'rsa-kx',
    level: 'high',
    problem: ({ tls }) =>
      when(tls.keyExchange === 'RSA', 'the key exchange RSA lets old traffic be read once the key is known'),
  },
  {
    name: 'cbc-cipher',
    level: 'high',
    problem: ({ tls }) => when(isCbc(tls), `the cipher ${tls.cipher} in CBC mode is weak`),
  },
];

/** Whether the MAC comes after encryption, which would make it safe, Node does not tell. */
function isCbc({ cipher, protocol }: Handshaken): boolean {
  return protocol !== 'TLS1.3' && /CBC/.test(cipher);
}

/** The names of the checks of a level, those of lower ones included. */
export function checkNames(level: SecurityLevel): string[] {
  if (level === 'low') return [];
  const own = checks.filter((check) => isAtLeast(level, check.level)).map(({ name }) => name);
  return ['verify-cert', 'same-cert', ...own, ...(level === 'paranoid' ? ['new-cert'] : [])];
}

/** Everything that is wrong with a handshake at some level, each by its name. */
export function problemsOf(examined: Examined, level: SecurityLevel): TrustProblem[] {
  if (level === 'low') return [];
  const found: TrustProblem[] = examined.tls.warnings.map((name) => ({
    name: `:${name}`,
    text: warningTexts[name] ?? name,
  }));
  for (const check of checks) {
    const text = isAtLeast(level, check.level) ? check.problem(examined) : null;
    if (text !== null) found.push({ name: check.name, text });
  }
  return found;
}

/** A host name, or the path of a local socket, as the key of what is remembered about it. */
export function hostKey(host: string, port: number | string): string {
  // Paths that differ in case only are other sockets.
  if (/[/\\\0]|^@/.test(host)) return `${host}:${port}`;
  const name = host.toLowerCase().replace(/\.$/, '');
  return isIP(name) === 6 ? `[${name}]:${port}` : `${name}:${port}`;
}
