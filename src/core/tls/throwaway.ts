import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { ipv6Words } from '../address/address';
import { der, derOid } from './der';

/** A key and a certificate for it, in PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

const sequence = 0x30;
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/**
 * A certificate for trying things out, signed by itself: whoever connects has to trust its key by hand.
 *
 * @param names Host names and addresses that it is for; the first is its subject.
 * @param days How long it is valid, from an hour ago.
 * @see RFC 5280, section 4.1; RFC 5758, section 3.2
 */
export function throwawayCertificate(names: readonly string[], days: number): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = der(
    sequence,
    der(0xa0, der(0x02, Buffer.from([2]))),
    // Positive, and not zero.
    der(0x02, Buffer.concat([Buffer.from([0x4e]), randomBytes(15)])),
    der(sequence, derOid(ecdsaWithSha256)),
    commonName(names[0] ?? 'localhost'),
    der(sequence, time(Date.now() - 3_600_000), time(Date.now() + days * 86_400_000)),
    commonName(names[0] ?? 'localhost'),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(sequence, ...extensions(names))),
  );
  return { key: pemKey(privateKey), cert: pem(signed(body, privateKey)) };
}

function signed(body: Buffer, key: KeyObject): Buffer {
  const signature = sign('sha256', body, key);
  return der(sequence, body, der(sequence, derOid(ecdsaWithSha256)), der(0x03, Buffer.from([0]), signature));
}

/** Names; not an authority; signs; for servers. */
function extensions(names: readonly string[]): Buffer[] {
  const critical = der(0x01, Buffer.from([0xff]));
  const extension = (oid: string, isCritical: boolean, value: Buffer): Buffer =>
    der(sequence, derOid(oid), ...(isCritical ? [critical] : []), der(0x04, value));
  return [
    extension('2.5.29.17', false, der(sequence, ...names.map(generalName))),
    extension('2.5.29.19', true, der(sequence)),
    extension('2.5.29.15', true, der(0x03, Buffer.from([7, 0x80]))),
    extension('2.5.29.37', false, der(sequence, derOid('1.3.6.1.5.5.7.3.1'))),
  ];
}

function generalName(name: string): Buffer {
  if (!isIP(name)) return der(0x82, Buffer.from(name, 'latin1'));
  const bytes = name.includes(':') ? ipv6Words(name).flatMap((w) => [w >> 8, w & 0xff]) : name.split('.').map(Number);
  return der(0x87, Buffer.from(bytes));
}

function commonName(name: string): Buffer {
  return der(sequence, der(0x31, der(sequence, derOid('2.5.4.3'), der(0x0c, Buffer.from(name.slice(0, 64))))));
}

/** UTCTime until 2049. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(digits.slice(2), 'latin1'));
}

function pemKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g)!;
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
