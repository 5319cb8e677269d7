import assert from 'node:assert/strict';
import { createNetworkProcesses } from '../../../../src/core';
import { guardedOpener } from '../../../../src/ui/api/guardedOpener';

describe('streams that other extensions open', () => {
  const core = createNetworkProcesses();
  after(() => core.dispose());

  it('are judged by what they are, whatever is said the second time, and remembered', async () => {
    const refused = new Error('no shells');
    const remembered: unknown[] = [];
    let isTrusted = false;
    const open = guardedOpener(core, {
      demandTrust: (type) => {
        if (type === 'shell' && !isTrusted) throw refused;
      },
      remember: (process, { host, service, parameters }) =>
        remembered.push([process.name, host, service, parameters.shellCommand]),
    });
    for (const type of ['shell', Symbol.for('shell'), Symbol('shell')]) {
      await assert.rejects(open('s', null, 'h', 1, { type, shellCommand: 'echo %s' }), refused);
    }
    let asked = 0;
    const sly = {
      get type() {
        return asked++ === 0 ? 'plain' : 'shell';
      },
      shellCommand: 'echo',
    };
    await assert.rejects(open('s', null, '127.0.0.1', 1, sly as never), { code: 'NP_CONNECT_REFUSED' });
    assert.deepEqual([core.processList(), remembered], [[], []]);
    isTrusted = true;
    assert.ok(await open('s', null, 'h', 1, { type: 'shell', shellCommand: 'echo %s' }));
    assert.deepEqual(remembered, [['s', 'h', 1, 'echo %s']]);
  });
});
