import type { CertificateInfo, PeerStatus } from '../../../../src/core';

function certificate(facts: Partial<CertificateInfo>): CertificateInfo {
  return {
    version: 3,
    serialNumber: '01:02',
    issuer: 'CN=ca',
    validFrom: '2026-01-01',
    validTo: '2027-01-01',
    subject: '',
    publicKeyAlgorithm: 'RSA',
    certificateSecurityLevel: 'Medium',
    signatureAlgorithm: 'RSA-SHA256',
    publicKeyId: 'sha1:aa',
    certificateId: 'sha1:bb',
    publicKeyPin: 'sha256:cc',
    publicKeyBits: 2048,
    subjectAltNames: '',
    pem: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
    ...facts,
  };
}

/** Of a hostile peer with two certificates, whose texts nobody has cleaned. */
export const peerStatus: PeerStatus = {
  warnings: ['expired', 'future-\x1b'],
  certificates: [
    certificate({ subject: 'CN=\u202e[x](y)', subjectAltNames: 'DNS:a.test, DNS:b.test, IP Address:::1' }),
    certificate({}),
  ],
  certificate: certificate({ subject: 'CN=\u202e[x](y)' }),
  keyExchange: 'ECDHE-RSA',
  protocol: 'TLS1.3',
  cipher: 'AES-256-GCM',
  mac: 'AEAD',
  encryptThenMac: null,
  applicationProtocol: 'h2\u202e',
};
