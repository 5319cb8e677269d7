import assert from 'node:assert/strict';
import { createNetworkProcesses } from '../../../../src/core';
import { conditionText, conditionTexts } from '../../../../src/ui/trust/conditionText';
import { tlsText } from '../../../../src/ui/trust/tlsText';
import { FakeCore, translate } from '../fakeCore';
import { peerStatus } from './peerStatus';

describe('the text of TLS details', () => {
  const core = new FakeCore();
  const process = core.make({ name: 'mail\u202e', contact: { host: 'localhost', service: 993 }, encryption: 'TLS1.3' });
  const text = tlsText(process, peerStatus, core, translate);

  it('has the connection, each certificate and all PEM at its end', () => {
    assert.match(text, /^TLS Details\n {2}Process: mail\\u202e\n {2}Status: {2}open\n {2}Contact: localhost:993\n/);
    const titles = text
      .slice(0, text.indexOf('-----'))
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line));
    assert.deepEqual(titles, ['TLS Details', 'Connection', 'Certificate 1 of 2', 'Certificate 2 of 2']);
    assert.ok(text.endsWith(`\n\n${peerStatus.certificates.map(({ pem }) => pem).join('\n')}`));
  });

  it('has names one below the other, and nothing invisible', () => {
    assert.match(text, /Alternative Names: DNS:a\.test\n {21}DNS:b\.test\n {21}IP Address:::1\n/);
    assert.doesNotMatch(text, /[^\n -~]/);
  });

  it('says when the peer gave no certificate', () => {
    const anonymous = tlsText(process, { ...peerStatus, certificates: [], certificate: null }, core, translate);
    assert.match(anonymous, /\n\nThe peer gave no certificate\.\n$/);
  });
});

describe('what was wrong with a connection', () => {
  it('is not said to be invalid where others say why', () => {
    assert.deepEqual(conditionTexts([':invalid', ':expired'], translate), ['the certificate has expired']);
    const alone = ['the certificate could not be verified', 'an RSA key is short'];
    assert.deepEqual(conditionTexts([':invalid', 'rsa-key'], translate), alone);
  });

  it('has a sentence for every check and every warning of the core', () => {
    const core = createNetworkProcesses();
    try {
      // What can’t go wrong here, or has other names when it does.
      const others = ['verify-cert', 'compression', 'renegotiation-info-ext'];
      const checks = core.securityChecks('paranoid').filter((name) => !others.includes(name));
      for (const name of [...checks, 'was-encrypted', ':unencrypted']) {
        assert.notEqual(conditionText(name, translate), name);
      }
      const warnings = ['invalid', 'revoked', 'self-signed', 'unknown-ca', 'not-ca', 'expired', 'no-host-match'];
      for (const name of warnings) {
        assert.notEqual(core.gnutlsPeerStatusWarningDescribe(name), null);
        assert.notEqual(conditionText(`:${name}`, translate), `:${name}`);
      }
      assert.equal(conditionText('__proto__\u202e', translate), '__proto__\\u202e');
    } finally {
      core.dispose();
    }
  });
});
