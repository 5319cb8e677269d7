import assert from 'node:assert/strict';
import { createNetworkProcesses } from '../../../../src/core';
import { guardedMaker } from '../../../../src/ui/api/guardedMaker';

describe('what other extensions make', () => {
  const core = createNetworkProcesses();
  const asked: string[] = [];
  let answer = false;
  const { makeNetworkProcess, cloneProcess } = guardedMaker(core, (host) => {
    asked.push(host);
    return Promise.resolve(answer);
  });
  beforeEach(() => {
    asked.length = 0;
    answer = false;
  });
  after(() => core.dispose());

  const declined = { code: 'NP_CANCELLED' };
  const anywhere = { family: 2, bytes: [0, 0, 0, 0, 0, 0] };

  it('is asked about where others could reach it, and not made when the user says no', async () => {
    const spec = { name: 's', server: true, service: true };
    await assert.rejects(makeNetworkProcess({ ...spec, host: '0.0.0.0' }), declined);
    await assert.rejects(makeNetworkProcess({ ...spec, local: [0, 0, 0, 0, 0] }), declined);
    await assert.rejects(makeNetworkProcess({ ...spec, local: anywhere }), declined);
    assert.deepEqual([asked, core.processList()], [['0.0.0.0', '0.0.0.0', '<Family 2>'], []]);
    assert.equal((await makeNetworkProcess({ ...spec, host: '127.0.0.1' }))?.status, 'listen');
    answer = true;
    assert.equal((await makeNetworkProcess({ ...spec, host: '0.0.0.0' }))?.status, 'listen');
    assert.equal(asked.length, 4);
    assert.equal(await makeNetworkProcess(), null);
  });

  it('is what was looked at, whatever is said the second time', async () => {
    /** Answers the first time, then otherwise. */
    const sly = (name: string, ...answers: unknown[]): object =>
      Object.defineProperty({}, name, {
        enumerable: true,
        get: () => (answers.length > 1 ? answers.shift() : answers[0]),
      });
    const spec = { name: 's', server: true, service: true };
    const host = Object.defineProperties(
      { ...spec },
      Object.getOwnPropertyDescriptors(sly('host', '127.0.0.1', '0.0.0.0')),
    );
    const family = Object.assign(sly('family', 1, 2), { bytes: [...Buffer.from('/nowhere/x')] });
    const list = Object.assign([127, 0, 0, 1, 0], anywhere);
    const first = await makeNetworkProcess(host);
    const second = await makeNetworkProcess({ ...spec, local: list });
    for (const made of [first, second]) assert.match(String(core.processContact(made!, 'local')), /^127,0,0,1,/);
    const path = makeNetworkProcess({ ...spec, local: family });
    await assert.rejects(path, { code: 'NP_LISTEN_NO_DIRECTORY' });
    assert.deepEqual(asked, []);
  });

  it('is asked about again when a datagram server that others can reach is cloned', async () => {
    const spec = { name: 'd', server: true, type: 'datagram', service: true };
    answer = true;
    const open = await makeNetworkProcess({ ...spec, host: '0.0.0.0' });
    const own = await makeNetworkProcess({ ...spec, host: '127.0.0.1' });
    answer = false;
    await assert.rejects(cloneProcess(open!), declined);
    assert.deepEqual(asked, ['0.0.0.0', '0.0.0.0']);
    assert.equal((await cloneProcess(own!))?.status, 'open');
    const client = await makeNetworkProcess({ name: 'c', type: 'datagram', host: '127.0.0.1', service: 9 });
    assert.equal((await cloneProcess(client!))?.name, 'c<1>');
    await assert.rejects(cloneProcess('c' as never), { code: 'NP_WRONG_TYPE' });
    assert.equal(asked.length, 2);
  });
});
