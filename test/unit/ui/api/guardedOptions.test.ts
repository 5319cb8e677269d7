import assert from 'node:assert/strict';
import { createNetworkProcesses, isNetworkProcessError } from '../../../../src/core';
import { guardedOptions } from '../../../../src/ui/api/guardedOptions';
import { refuseToForget } from '../../../../src/ui/api/refuseToForget';

describe('options for other extensions', () => {
  const core = createNetworkProcesses();
  const options = guardedOptions(core.options) as unknown as Record<string, unknown>;
  after(() => core.dispose());

  it('are the core’s own', () => {
    options.byteLogBytes = 5;
    options.maxClients = 7;
    assert.deepEqual([core.options.byteLogBytes, core.options.maxClients, options.maxClients], [5, 7, 7]);
  });

  for (const name of ['networkSecurityLevel', 'trustQuestion', 'trustStore', 'trustFiles', 'shellFileName']) {
    it(`do not let them change ${name}`, () => {
      const before = (core.options as unknown as Record<string, unknown>)[name];
      const refused = (error: unknown): boolean => isNetworkProcessError(error) && error.code === 'NP_GUARDED';
      assert.throws(() => (options[name] = 'low'), refused);
      assert.throws(() => Object.defineProperty(options, name, { value: 'low' }), TypeError);
      assert.throws(() => delete options[name], TypeError);
      assert.equal((core.options as unknown as Record<string, unknown>)[name], before);
    });
  }

  it('let them raise the level of security, not lower it', () => {
    const refused = { code: 'NP_GUARDED' };
    options.networkSecurityLevel = 'high';
    assert.equal(core.options.networkSecurityLevel, 'high');
    for (const level of ['medium', 'nonsense', null]) {
      assert.throws(() => (options.networkSecurityLevel = level), refused);
    }
    assert.equal(core.options.networkSecurityLevel, 'high');
  });

  it('do not hand over who answers, and what is remembered', () => {
    core.options.trustQuestion = () => 'no';
    core.options.trustStore = { load: () => [], save: () => undefined };
    assert.deepEqual([options.trustQuestion, options.trustStore], [null, null]);
    assert.equal({ ...options }.trustQuestion, null);
    // Neither is there a way round the accessor, or to have another store read.
    assert.deepEqual([options.store, options.storeChanged], [undefined, undefined]);
    const names = Reflect.ownKeys(options).map(String);
    assert.deepEqual(names.filter((name) => /store/i.test(name)), ['trustStore']); // prettier-ignore
  });

  it('hand out copies of whose files count', () => {
    core.options.trustFiles = ['ours.pem'];
    core.options.crlFiles = ['crl.pem'];
    core.options.gnutlsVerifyError = [['host', [':hostname']]];
    for (const name of ['trustFiles', 'crlFiles', 'gnutlsVerifyError']) {
      const copy = options[name] as unknown[];
      assert.deepEqual(copy, (core.options as unknown as Record<string, unknown>)[name]);
      assert.throws(() => copy.push('theirs.pem'), TypeError);
      assert.throws(() => (copy[0] = 'theirs.pem'), TypeError);
    }
    assert.throws(() => (options.gnutlsVerifyError as unknown[][])[0]!.push('more'), TypeError);
    assert.deepEqual([core.options.trustFiles, core.options.crlFiles], [['ours.pem'], ['crl.pem']]);
  });

  it('are all there, and nothing of the core’s besides', () => {
    const plain = (name: string): boolean => !/^(clients|folder|limitChanged|folderChanged)$/.test(name);
    const own = Object.keys(core.options).filter(plain);
    assert.deepEqual(Object.keys(options).sort(), [...own, 'captureFolder', 'maxClients', 'trustStore'].sort());
    for (const name of ['limitChanged', 'folder', 'anything']) assert.equal(options[name], undefined);
  });

  it('do not hand themselves to accessors that are defined on them', () => {
    let found: unknown = null;
    const planted = {
      configurable: true,
      get(this: unknown) {
        return (found = this);
      },
      set(this: unknown) {
        found = this;
      },
    };
    assert.throws(() => Object.defineProperty(options, 'evil', planted), TypeError);
    assert.throws(() => Object.setPrototypeOf(options, Object.defineProperty({}, 'evil', planted)), TypeError);
    assert.throws(() => (options.limitChanged = planted.get), TypeError);
    const prototype = Object.getPrototypeOf(options) as object;
    assert.equal(prototype, Object.prototype);
    Object.defineProperty(prototype, 'evil', planted);
    try {
      void options.evil;
      options.evil = 1;
    } finally {
      delete (prototype as Record<string, unknown>).evil;
    }
    assert.equal(found, options);
  });

  it('go with a core that forgets no host for them', () => {
    assert.throws(refuseToForget, { code: 'NP_GUARDED', message: /Only the user forgets whom to trust/ });
  });
});
