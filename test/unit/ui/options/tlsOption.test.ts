import assert from 'node:assert/strict';
import { fittingOptions, optionsText, partsOf } from '../../../../src/ui/options/chosenOptions';
import { readNames, tlsOptions } from '../../../../src/ui/options/tlsOption';
import { translate } from '../fakeCore';

describe('TLS options chosen', () => {
  const chosen = {
    hostname: 'a.example',
    keylist: [['/k/key.pem', '/k/cert.pem']],
    ALPNProtocols: ['h2', 'http/1.1'],
    ifOffered: true,
    keepalive: true,
  };

  it('are told in a few words', () => {
    const text = optionsText(chosen, 'starttls', 'client', translate);
    assert.equal(text, 'host name a.example, client certificate cert.pem, ALPN h2, http/1.1, encrypted if possible');
    assert.equal(optionsText(chosen, 'tcp', 'client', translate), 'keepalive');
  });

  it('go where they belong', () => {
    assert.deepEqual(Object.keys(partsOf(chosen, 'tls', 'client').tls), ['hostname', 'keylist', 'ALPNProtocols']);
    const fitting = fittingOptions(chosen, 'tls', 'client', translate);
    assert.deepEqual(Object.keys(partsOf(fitting, 'tls', 'client').socket), ['keepalive']);
  });

  it('have revocation lists on either side', () => {
    const lists = { crlfiles: ['/k/a.crl', '/k/b.crl'] };
    for (const role of ['client', 'server'] as const) {
      assert.equal(optionsText(lists, 'tls', role, translate), 'revocation lists a.crl, b.crl');
      assert.deepEqual(partsOf(lists, 'tls', role).tls, lists);
    }
  });

  it('have an explanation and a word for no value, each once', () => {
    for (const [kind, role] of [
      ['tls', 'client'],
      ['tls', 'server'],
      ['starttls', 'client'],
    ] as const) {
      // prettier-ignore
      const options = tlsOptions(kind, role, translate);
      assert.equal(new Set(options.map(({ name }) => name)).size, options.length);
      for (const option of options) {
        assert.notEqual(option.explanation, '');
        assert.ok(option.form === 'flag' || option.none, option.name);
      }
    }
    assert.deepEqual(tlsOptions('tcp', 'client', translate), []);
  });

  it('are read as names between commas', () => {
    assert.deepEqual(readNames(' h2 , http/1.1,'), ['h2', 'http/1.1']);
    assert.equal(readNames(' , '), null);
  });
});
