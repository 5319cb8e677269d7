import { createSecureContext, getCiphers, type SecureVersion } from 'node:tls';

/** A capability that the TLS library lacks, and why. */
export interface TlsLack {
  readonly name: string;
  readonly reason: string;
}

const versions: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
/** By what each is asked for. */
const wanted: Readonly<Record<string, Parameters<typeof createSecureContext>[0]>> = {
  'TLS 1.3': { minVersion: 'TLSv1.3' },
  'TLS 1.2': { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' },
  'TLS 1.1': { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' },
  'TLS 1.0': { minVersion: 'TLSv1', maxVersion: 'TLSv1' },
  'DHE key exchange': { ciphers: 'DHE-RSA-AES128-GCM-SHA256' },
  'static RSA key exchange': { ciphers: 'AES128-SHA' },
  '3DES': { ciphers: 'DES-CBC3-SHA' },
  'anonymous key exchange': { ciphers: 'aNULL:@SECLEVEL=0' },
  'NULL encryption': { ciphers: 'eNULL:@SECLEVEL=0' },
  'security levels in cipher strings': { ciphers: 'DEFAULT:@SECLEVEL=1' },
  'signature algorithms': { sigalgs: 'ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256' },
};

let asked: { readonly has: readonly string[]; readonly lacks: readonly TlsLack[] } | null = null;

/** What the library that this program runs with can do, found out by asking it, once. */
export function tlsCapabilities(): { readonly has: readonly string[]; readonly lacks: readonly TlsLack[] } {
  return (asked ??= ask());
}

function ask(): NonNullable<typeof asked> {
  const library = process.versions.openssl ?? 'unknown';
  const has: string[] = [`library ${library}`, 'X.509', 'ALPN', 'SNI', 'CRL', `${getCiphers().length} cipher suites`];
  const lacks: TlsLack[] = [
    { name: 'encrypt-then-MAC status', reason: 'Node does not tell whether it was negotiated' },
    { name: 'compression', reason: 'Node leaves it out' },
  ];
  for (const [name, options] of Object.entries(wanted)) {
    const reason = problem(options);
    if (reason === null) has.push(name);
    else lacks.push({ name, reason: `the TLS library says: ${reason}` });
  }
  return { has, lacks };
}

function problem(options: Parameters<typeof createSecureContext>[0]): string | null {
  try {
    createSecureContext(options);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Why the library does not take a cipher string; null when it does. */
export function unsupportedCiphers(ciphers: string): string | null {
  const reason = problem({ ciphers });
  return reason === null ? null : `The TLS library does not take these ciphers: ${reason}`;
}

export function isVersion(version: unknown): version is SecureVersion {
  return versions.includes(version as SecureVersion);
}
