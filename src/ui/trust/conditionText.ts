import { showPeerText } from '../peerText';
import type { Translate } from '../translate';

/** What was wrong with a connection, each by its name. That it was invalid is left out where others say why. */
export function conditionTexts(names: readonly string[], t: Translate): string[] {
  const isExplained = names.some((name) => name.startsWith(':') && name !== ':invalid');
  return names.filter((name) => !(isExplained && name === ':invalid')).map((name) => conditionText(name, t));
}

/** One as a sentence; the name itself of an unknown one. */
export function conditionText(name: string, t: Translate): string {
  const texts: Readonly<Record<string, string>> = {
    ':invalid': t('the certificate could not be verified'),
    ':revoked': t('the certificate was revoked'),
    ':self-signed': t('the certificate is signed by itself'),
    ':unknown-ca': t('the certificate is signed by an unknown authority'),
    ':not-ca': t('the signer of the certificate is no authority'),
    ':insecure': t('the certificate is signed with an insecure algorithm'),
    ':not-activated': t('the certificate is not valid yet'),
    ':expired': t('the certificate has expired'),
    ':no-host-match': t('the certificate is for another host'),
    ':signature-failure': t('the signature of the certificate could not be verified'),
    ':revocation-data-missing': t('there is no revocation list of an authority'),
    ':revocation-data-superseded': t('the revocation list is out of date'),
    ':revocation-data-issued-in-future': t('the revocation list is from the future'),
    ':signer-constraints-failure': t('the authority may not sign for this host'),
    ':purpose-mismatch': t('the certificate is for another purpose'),
    ':unencrypted': t('the connection is not encrypted'),
    'was-encrypted': t('the connection was encrypted before'),
    'same-cert': t('the key was another one before'),
    'new-cert': t('the key had not been seen before'),
    version: t('the protocol is obsolete'),
    'null-suite': t('the cipher encrypts nothing'),
    'export-kx': t('the key exchange is of export strength'),
    'anon-kx': t('the key exchange does not say who the peer is'),
    'md5-sig': t('a certificate is signed with MD5'),
    'rc4-cipher': t('the cipher RC4 is broken'),
    'dhe-prime-kx': t('the Diffie-Hellman prime is short'),
    'sha1-sig': t('a certificate is signed with SHA-1'),
    'ecdsa-cbc-cipher': t('a cipher in CBC mode with ECDSA is weak'),
    '3des-cipher': t('the cipher 3DES is weak'),
    'rsa-key': t('an RSA key is short'),
    'no-san': t('the certificate has no alternative names'),
    'dhe-kx': t('the key exchange DHE is out of use'),
    'rsa-kx': t('the key exchange RSA lets old traffic be read once the key is known'),
    'cbc-cipher': t('a cipher in CBC mode is weak'),
  };
  return Object.hasOwn(texts, name) ? texts[name]! : showPeerText(name.replace(/^:/, ''));
}
