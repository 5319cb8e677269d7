import assert from 'node:assert/strict';
import { createNetworkProcesses } from '../../../../src/core';
import { addressKinds, kindProblem } from '../../../../src/ui/open/addressKind';
import { interfaceProblem, readNumber, socketOptions, valueText } from '../../../../src/ui/options/socketOption';
import { itWithNative } from '../../../support/nativeSockets';
import { translate } from '../fakeCore';

describe('socket options for people', () => {
  it('are options that the core has, with an explanation, each once', () => {
    const core = createNetworkProcesses();
    for (const kind of addressKinds) {
      for (const role of ['client', 'server'] as const) {
        const options = socketOptions(kind, role, translate);
        const names = options.map(({ name }) => name);
        assert.equal(new Set(names).size, names.length, kind);
        assert.ok(options.every(({ explanation }) => explanation.length > 20));
        for (const name of names) assert.notEqual(core.featureProblem(name), 'There is no such feature', name);
      }
      assert.ok([null, core.featureProblem('useExternalSocket')].includes(kindProblem(core, kind)), kind);
    }
    core.dispose();
  });

  it('have values in words', () => {
    const text = (form: 'flag' | 'seconds' | 'number' | 'device', value: unknown): string =>
      valueText({ form }, value, translate);
    assert.deepEqual([text('flag', true), text('flag', false), text('flag', null)], ['on', 'off', 'off']);
    assert.deepEqual([text('seconds', 0), text('seconds', true), text('seconds', 7)], ['0 s', '0 s', '7 s']);
    assert.deepEqual([text('seconds', null), text('number', 4), text('number', null)], ['off', '4', '—']);
    assert.deepEqual([text('device', 'eth0'), text('device', null)], ['eth0', 'any interface']);
  });

  itWithNative('have a default that a new socket has', async () => {
    const core = createNetworkProcesses();
    const client = await core.makeNetworkProcess({ name: 'c', host: '127.0.0.1', type: 'datagram', service: 9 });
    const server = await core.makeNetworkProcess({ name: 's', server: true, service: true });
    for (const [process, kind, role] of [
      [client, 'udp', 'client'],
      [server, 'tcp', 'server'],
    ] as const) {
      const live = core.networkProcessOptions(process!)!;
      for (const { name, standard } of socketOptions(kind, role, translate)) assert.equal(live[name], standard, name);
    }
    core.dispose();
  });

  it('name interfaces that there may be', () => {
    for (const name of ['eth0', 'wlp0s20f3', 'br-0123456789ab', 'veth@1']) {
      assert.equal(interfaceProblem(name, translate), null);
    }
    for (const name of ['a b', 'a/b', 'a\0']) assert.match(interfaceProblem(name, translate)!, /no blanks and slashes/);
    assert.match(interfaceProblem('br-0123456789abc', translate)!, /at most 15 bytes/);
  });

  it('are read as whole numbers, or say what is wrong', () => {
    assert.deepEqual(readNumber('number', ' 6 ', translate), { value: 6 });
    assert.deepEqual(readNumber('seconds', '', translate), { value: null });
    assert.deepEqual(readNumber('seconds', 'Off', translate), { value: null });
    for (const typed of ['-1', '1.5', 'high', '99999999999']) {
      assert.match(JSON.stringify(readNumber('number', typed, translate)), /is not a whole number from 0 to/);
    }
    assert.deepEqual(readNumber('seconds', '65536', translate), {
      problem: '65536 is not a whole number from 0 to 65535.',
    });
  });
});
