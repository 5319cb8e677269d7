/**
 * What a certificate says, read from its bytes where Node does not tell.
 *
 * @see RFC 5280; Emacs Lisp manual, "Network Security Manager"
 */
import { createHash, type X509Certificate } from 'node:crypto';
import type { CertificateInfo } from '../api';
import { readDer } from './der';

/** Names of signature algorithms by the hex of their identifiers, as GnuTLS writes them. */
const signatures: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'RSA-MD5',
  '2a864886f70d010102': 'RSA-MD2',
  '2a864886f70d010105': 'RSA-SHA1',
  '2a864886f70d01010e': 'RSA-SHA224',
  '2a864886f70d01010b': 'RSA-SHA256',
  '2a864886f70d01010c': 'RSA-SHA384',
  '2a864886f70d01010d': 'RSA-SHA512',
  '2a864886f70d01010a': 'RSA-PSS',
  '2a8648ce3d0401': 'ECDSA-SHA1',
  '2a8648ce3d040301': 'ECDSA-SHA224',
  '2a8648ce3d040302': 'ECDSA-SHA256',
  '2a8648ce3d040303': 'ECDSA-SHA384',
  '2a8648ce3d040304': 'ECDSA-SHA512',
  '2a8648ce380403': 'DSA-SHA1',
  '2b6570': 'EdDSA-Ed25519',
  '2b6571': 'EdDSA-Ed448',
};

/** How it is signed: `RSA-SHA256`; the identifier in hex for one without a name. */
export function signatureAlgorithm(certificate: X509Certificate): string {
  const oid = readDer(certificate.raw).children()[1]?.children()[0]?.content.toString('hex') ?? '';
  return signatures[oid] ?? oid;
}

/** Bits of an RSA or DSA key; of an elliptic curve those of its field. */
export function keyBits(certificate: X509Certificate): number {
  const { modulusLength, namedCurve } = certificate.publicKey.asymmetricKeyDetails ?? {};
  return modulusLength ?? (Number(/\d+/.exec(namedCurve ?? '')?.[0]) || 256);
}

/** `RSA`, `EC/ECDSA`, `EdDSA (Ed25519)`, as GnuTLS has it. */
export function keyAlgorithm(certificate: X509Certificate): string {
  const type = certificate.publicKey.asymmetricKeyType;
  if (type === 'ec') return 'EC/ECDSA';
  if (type === 'ed25519') return 'EdDSA (Ed25519)';
  if (type === 'ed448') return 'EdDSA (Ed448)';
  return type?.toUpperCase() ?? 'unknown';
}

export function isSelfIssued(certificate: X509Certificate): boolean {
  return certificate.subject === certificate.issuer;
}

/** What checks look at. */
export interface CertificateFacts {
  /** Milliseconds since 1970. */
  readonly validFrom: number;
  readonly validTo: number;
  readonly isSelfIssued: boolean;
  readonly isAuthority: boolean;
  readonly signature: string;
  readonly algorithm: string;
  readonly bits: number;
  /** What it may be used for; null: anything. */
  readonly purposes: readonly string[] | null;
  readonly hasAltNames: boolean;
}

/** Reading them costs as much as a part of the handshake, and the same hosts come again and again. */
const facts = new Map<string, CertificateFacts>();
const factsKept = 256;

export function factsOf(certificate: X509Certificate): CertificateFacts {
  const name = certificate.fingerprint256;
  const known = facts.get(name);
  if (known) return known;
  const read: CertificateFacts = {
    validFrom: new Date(certificate.validFrom).getTime(),
    validTo: new Date(certificate.validTo).getTime(),
    isSelfIssued: isSelfIssued(certificate),
    isAuthority: certificate.ca,
    signature: signatureAlgorithm(certificate),
    algorithm: keyAlgorithm(certificate),
    bits: keyBits(certificate),
    purposes: certificate.keyUsage ?? null,
    hasAltNames: Boolean(certificate.subjectAltName),
  };
  if (facts.size >= factsKept) facts.clear();
  facts.set(name, read);
  return read;
}

/** What a host is remembered by: SHA-256 of its public key in DER, in hex. */
export function publicKeyPin(certificate: X509Certificate): string {
  return createHash('sha256').update(publicKey(certificate)).digest('hex');
}

function publicKey(certificate: X509Certificate): Buffer {
  return certificate.publicKey.export({ type: 'spki', format: 'der' });
}

/** The chain that was sent, the host's first, as far as each one's issuer was found. */
export function chainOf(host: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let next = host; next && chain.length < 32;) {
    chain.push(next);
    const issuer: X509Certificate | undefined = next.issuerCertificate;
    next = issuer === next || issuer?.fingerprint256 === next.fingerprint256 ? undefined : issuer;
  }
  return chain;
}

/** Everything about it, in Emacs' words. */
export function describe(certificate: X509Certificate): CertificateInfo {
  const colons = (hex: string): string => (hex.match(/../g) ?? []).join(':').toLowerCase();
  const sha1 = (bytes: Buffer): string => `sha1:${colons(createHash('sha1').update(bytes).digest('hex'))}`;
  const bits = keyBits(certificate);
  return {
    version: versionOf(certificate),
    serialNumber: colons(
      certificate.serialNumber.padStart(
        certificate.serialNumber.length + 1 - (certificate.serialNumber.length % 2 || 1),
        '0',
      ),
    ),
    issuer: nameText(certificate.issuer),
    validFrom: day(certificate.validFrom),
    validTo: day(certificate.validTo),
    subject: nameText(certificate.subject),
    publicKeyAlgorithm: keyAlgorithm(certificate),
    certificateSecurityLevel: levelOf(certificate, bits),
    signatureAlgorithm: signatureAlgorithm(certificate),
    publicKeyId: sha1(publicKey(certificate)),
    certificateId: sha1(certificate.raw),
    publicKeyPin: `sha256:${publicKeyPin(certificate)}`,
    publicKeyBits: bits,
    subjectAltNames: plainText(certificate.subjectAltName ?? '', 4_000),
    pem: certificate.toString(),
  };
}

/** 1 to 3: the first member of the signed part, when it is there. */
function versionOf(certificate: X509Certificate): number {
  const first = readDer(certificate.raw).children()[0]?.children()[0];
  return first?.tag === 0xa0 ? first.children()[0]!.content[0]! + 1 : 1;
}

function day(date: string): string {
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(0, 10);
}

/** `O=Org,CN=localhost`. */
function nameText(name: string | undefined): string {
  return plainText((name ?? '').split('\n').join(','), 1_000);
}

/** GnuTLS' words for how much work breaking a key takes. */
function levelOf(certificate: X509Certificate, bits: number): string {
  const isCurve = certificate.publicKey.asymmetricKeyDetails?.modulusLength === undefined;
  const steps: [number, string][] = isCurve
    ? [
        [512, 'Future'],
        [384, 'Ultra'],
        [256, 'High'],
        [224, 'Medium'],
        [192, 'Low'],
      ]
    : [
        [15_424, 'Future'],
        [8_192, 'Ultra'],
        [3_072, 'High'],
        [2_048, 'Medium'],
        [1_536, 'Legacy'],
        [1_024, 'Low'],
      ];
  return steps.find(([least]) => bits >= least)?.[1] ?? 'Weak';
}

/** Text of a stranger's for people: controls, and what changes the direction of text or is invisible, as escapes. */
export function plainText(text: string, limit = 200): string {
  const shown = text.replace(
    /[\0-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/g,
    (c) => {
      const code = c.charCodeAt(0);
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
    },
  );
  return shown.length > limit ? `${shown.slice(0, limit)}…` : shown;
}
