import assert from 'node:assert/strict';
import { createNetworkProcesses, type NetworkProcess } from '../../../../src/core';
import { guardedOpener } from '../../../../src/ui/api/guardedOpener';
import { plainServer } from '../../core/support';
import { tlsServer, trustOurs } from '../../core/tlsSupport';

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

  it('are not remembered where their contact makes them again, encrypted or not', async () => {
    trustOurs(core);
    const names: string[] = [];
    const open = guardedOpener(core, {
      demandTrust: () => undefined,
      remember: (process, { parameters }) => names.push(`${process.name} ${String(parameters.type)}`),
    });
    const plain = await plainServer((socket) => socket.write('hello\n'));
    const secure = await tlsServer({});
    await open('a', null, 'localhost', plain.port);
    const simple = (await open('b', null, 'localhost', secure.port, { tlsParameters: {} })) as NetworkProcess;
    assert.equal(simple.encryption, 'TLS1.3');
    assert.deepEqual(names, []);
    await open('c', null, 'localhost', plain.port, { type: 'plain', endOfCommand: '\n', returnList: true });
    await open('d', null, 'localhost', secure.port, { type: 'tls', nowait: true });
    assert.deepEqual(names, ['c plain', 'd tls']);
    plain.close();
    secure.close();
  });
});
