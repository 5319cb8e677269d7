import type { CertificateInfo, PeerStatus } from '../../core';
import { formatCount } from '../rows/amounts';
import type { Translate } from '../translate';
import { conditionTexts } from './conditionText';

/** What it is called, and what it is. May hold what a stranger wrote. */
export type Fact = readonly [label: string, text: string];

/** How a connection is encrypted, and what was wrong and accepted. */
export function connectionFacts(status: PeerStatus, t: Translate): Fact[] {
  const { diffieHellmanPrimeBits: bits, applicationProtocol } = status;
  return [
    [t('Protocol'), status.protocol.replace(/^TLS(?=\d)/, 'TLS ')],
    [t('Cipher'), status.cipher],
    [t('Key Exchange'), status.keyExchange],
    ...(bits === undefined ? [] : [[t('Diffie-Hellman Prime'), t('{0} bits', formatCount(bits))] as const]),
    ['MAC', status.mac],
    ['ALPN', applicationProtocol ?? t('none')],
    ...conditionTexts(
      (status.warnings ?? []).map((name) => `:${name}`),
      t,
    ).map((text): Fact => [t('Warning'), text]),
  ];
}

/** Everything that people ask about a certificate but its text in PEM. */
export function certificateFacts(certificate: CertificateInfo, t: Translate): Fact[] {
  const { publicKeyAlgorithm, publicKeyBits, certificateSecurityLevel } = certificate;
  return [
    [t('Subject'), certificate.subject || t('none')],
    [t('Issuer'), certificate.issuer || t('none')],
    [t('Valid From'), certificate.validFrom],
    [t('Valid To'), certificate.validTo],
    [t('Alternative Names'), certificate.subjectAltNames || t('none')],
    [t('Key'), t('{0}, {1} bits ({2})', publicKeyAlgorithm, formatCount(publicKeyBits), certificateSecurityLevel)],
    [t('Signature'), certificate.signatureAlgorithm],
    [t('Key Pin'), certificate.publicKeyPin],
    [t('Serial Number'), certificate.serialNumber],
  ];
}
