import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';

/** Where systems keep the authorities they trust. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/usr/ssl/certs/ca-bundle.crt',
  '/usr/local/share/certs/ca-root-nss.crt',
  '/etc/ssl/cert.pem',
];

let found: readonly string[] | null = null;

/** The authorities this computer trusts: its own list, or Node's where it has none that is a file. Read once. */
export function systemTrust(): readonly string[] {
  return (found ??= read());
}

function read(): readonly string[] {
  for (const bundle of bundles) {
    try {
      const text = readFileSync(bundle, 'latin1');
      if (text.includes('-----BEGIN CERTIFICATE-----')) return [text];
    } catch {
      // Another system has it elsewhere.
    }
  }
  return rootCertificates;
}
