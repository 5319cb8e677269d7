import { X509Certificate } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { isSelfIssued } from './certificate';
import { readDer, type Der } from './der';

/** Authorities that vouch for each other must not be followed for ever. */
const longestPath = 8;

/** What an issuer has revoked; all in hex. */
interface RevocationList {
  readonly issuer: string;
  readonly serials: ReadonlySet<string>;
}

/**
 * Whom a side trusts, and what it knows to be revoked. The library goes on after a problem and tells its last one only:
 * this finds those before it. Everything is read at the first problem, as reading takes longer than a handshake.
 *
 * @see RFC 5280, sections 5.1 and 6
 */
export class Authorities {
  private bySubject: Map<string, X509Certificate[]> | null = null;
  private lists: readonly RevocationList[] | null = null;

  constructor(private readonly given: Pick<SecureContextOptions, 'ca' | 'crl'>) {}

  /** What is wrong with a chain, in Emacs' words; the host's certificate is first. */
  problems(chain: readonly X509Certificate[]): string[] {
    const found: string[] = [];
    const top = chain.findIndex((one) => this.vouchFor(one, longestPath));
    if (top < 0) found.push('unknown-ca', ...(chain.length === 1 && isSelfIssued(chain[0]!) ? ['self-signed'] : []));
    const path = top < 0 ? chain : chain.slice(0, top + 1);
    if (path.some((one, i) => i > 0 && !path[i - 1]!.verify(one.publicKey))) found.push('signature-failure');
    for (const one of path) found.push(...this.revocation(one));
    return found;
  }

  private vouchFor(certificate: X509Certificate, steps: number): boolean {
    const known = (this.bySubject ??= readAuthorities(this.given.ca)).get(certificate.issuer) ?? [];
    if (isSelfIssued(certificate)) return known.some((one) => one.fingerprint256 === certificate.fingerprint256);
    return known.some(
      (one) =>
        certificate.checkIssued(one) && certificate.verify(one.publicKey) && steps > 0 && this.vouchFor(one, steps - 1),
    );
  }

  private revocation(certificate: X509Certificate): string[] {
    const lists = (this.lists ??= [this.given.crl ?? []].flat().flatMap(readList));
    if (lists.length === 0) return [];
    const { issuer, serial } = issuedBy(certificate);
    const own = lists.filter((list) => list.issuer === issuer);
    if (own.length === 0) return ['revocation-data-missing'];
    return own.some(({ serials }) => serials.has(serial)) ? ['revoked'] : [];
  }
}

/** Everyone that can be read, by subject. */
function readAuthorities(ca: SecureContextOptions['ca']): Map<string, X509Certificate[]> {
  const found = new Map<string, X509Certificate[]>();
  for (const bytes of [ca ?? []].flat().flatMap((file) => pemBlocks(file, '(?:X509 |TRUSTED )?CERTIFICATE'))) {
    try {
      const one = new X509Certificate(bytes);
      found.set(one.subject, [...(found.get(one.subject) ?? []), one]);
    } catch {
      // The library does not trust it either.
    }
  }
  return found;
}

/** In hex, as a revocation list has them. */
function issuedBy(certificate: X509Certificate): { issuer: string; serial: string } {
  const fields = readDer(certificate.raw).children()[0]!.children();
  const [serial, , issuer] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  return { issuer: hex(issuer), serial: hex(serial) };
}

/** The list in a file, of which the library takes the first only. */
function readList(file: string | Buffer): RevocationList[] {
  return pemBlocks(file, 'X509 CRL')
    .slice(0, 1)
    .map((bytes) => {
      const fields = readDer(bytes).children()[0]!.children();
      const [, issuer, ...rest] = fields[0]?.tag === 0x02 ? fields.slice(1) : fields;
      // After the dates; what is behind has another tag.
      const entries = rest.find(({ tag }) => tag === 0x30)?.children() ?? [];
      return { issuer: hex(issuer), serials: new Set(entries.map((entry) => hex(entry.children()[0]))) };
    });
}

function pemBlocks(file: string | Buffer, heading: string): Buffer[] {
  const text = typeof file === 'string' ? file : Buffer.from(file).toString('latin1');
  const blocks = text.matchAll(new RegExp(`-----BEGIN ${heading}-----([^-]+)`, 'g'));
  return Array.from(blocks, ([, body]) => Buffer.from(body!, 'base64'));
}

const hex = (value: Der | undefined): string => value?.content.toString('hex') ?? '';
