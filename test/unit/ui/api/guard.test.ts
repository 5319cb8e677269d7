import assert from 'node:assert/strict';
import { createNetworkProcesses, type NetworkProcesses, type Options } from '../../../../src/core';
import { guardedOpener, guardedOptions } from '../../../../src/ui/api/guard';

describe('other extensions', () => {
  let core: NetworkProcesses;
  beforeEach(() => (core = createNetworkProcesses()));
  afterEach(() => core.dispose());

  it('open a shell in a trusted workspace only', async () => {
    let isTrusted = false;
    const open = guardedOpener(core, () => isTrusted);
    for (const type of ['shell', Symbol.for('shell'), Symbol('shell')]) {
      const opening = open('s', null, 'h', 1, { type, shellCommand: 'echo %s' });
      await assert.rejects(opening, { code: 'NP_UNTRUSTED' });
    }
    let asked = 0;
    const sly = {
      get type() {
        return asked++ === 0 ? 'plain' : 'shell';
      },
      shellCommand: 'echo',
    };
    await assert.rejects(open('s', null, '127.0.0.1', 1, sly as never), { code: 'NP_CONNECT_REFUSED' });
    assert.deepEqual(core.processList(), []);
    isTrusted = true;
    const process = await open('s', null, 'h', 1, { type: 'shell', shellCommand: 'echo %s' });
    assert.ok(process);
  });

  it('may raise the level of security, not lower it', () => {
    const options = guardedOptions(core.options);
    assert.throws(() => (options.networkSecurityLevel = 'low'), { code: 'NP_GUARDED' });
    assert.throws(() => (options.networkSecurityLevel = 'nonsense' as 'low'), { code: 'NP_GUARDED' });
    options.networkSecurityLevel = 'high';
    assert.equal(core.options.networkSecurityLevel, 'high');
    assert.throws(() => (options.networkSecurityLevel = 'medium'), { code: 'NP_GUARDED' });
  });

  it('may not answer what the user is asked, nor change whom the user trusts', () => {
    const options = guardedOptions(core.options);
    const before = { ...core.options };
    const values: Partial<Options> = {
      trustQuestion: () => 'always',
      trustStore: { load: () => [], save: () => undefined },
      trustLocalNetwork: true,
      trustFiles: ['/tmp/mine.pem'],
      shellFileName: '/tmp/mine',
    };
    for (const [key, value] of Object.entries(values)) {
      assert.throws(() => Object.assign(options, { [key]: value }), { code: 'NP_GUARDED' }, key);
      assert.throws(() => Object.defineProperty(options, key, { value }), { code: 'NP_GUARDED' }, key);
    }
    assert.deepEqual({ ...core.options }, before);
    // Limits of their own are theirs.
    options.connectTimeoutMs = 1_234;
    options.maxClients = 7;
    assert.deepEqual([core.options.connectTimeoutMs, core.options.maxClients], [1_234, 7]);
  });
});
