import assert from 'node:assert/strict';
import { createNetworkProcesses, isNetworkProcessError } from '../../../../src/core';
import { guardedOptions } from '../../../../src/ui/api/guardedOptions';

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
      assert.throws(() => Object.defineProperty(options, name, { value: 'low' }), refused);
      assert.throws(() => delete options[name], refused);
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
  });
});
