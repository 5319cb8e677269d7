import assert from 'node:assert/strict';
import { createNetworkProcesses } from '../../../../src/core';
import {
  fittingOptions,
  lastingOptions,
  optionsText,
  refusedOption,
  type ChosenOptions,
} from '../../../../src/ui/options/chosenOptions';
import { itWithNative } from '../../../support/nativeSockets';
import { translate } from '../fakeCore';

describe('socket options chosen', () => {
  const chosen = { keepalive: true, nodelay: false, linger: 3, server: 7, useExternalSocket: true };

  it('are told in a few words', () => {
    const text = (options: ChosenOptions): string => optionsText(options, 'tcp', 'server', translate);
    assert.equal(text(chosen), 'keepalive, nodelay off, linger 3 s, backlog 7, socket handed over');
    assert.equal(text({ linger: null, bindtodevice: 'lo', priority: 5 }), 'linger off, bindtodevice lo, priority 5');
    assert.equal(text({}), '');
  });

  it('count for the kinds that have them', () => {
    const names = (...[kind, role]: [Parameters<typeof fittingOptions>[1], 'client' | 'server']): string[] =>
      Object.keys(fittingOptions(chosen, kind, role, translate));
    assert.deepEqual(names('tcp', 'client'), ['keepalive', 'nodelay', 'linger']);
    assert.deepEqual(names('unix-seqpacket', 'server'), ['linger', 'server', 'useExternalSocket']);
    assert.deepEqual(names('udp', 'server'), []);
    assert.equal(optionsText(chosen, 'unix-dgram', 'client', translate), '');
  });

  it('are kept, but for a socket that was handed over', () => {
    assert.deepEqual(Object.keys(lastingOptions(chosen)), ['keepalive', 'nodelay', 'linger', 'server']);
  });

  itWithNative('are named by what refuses one', async () => {
    const core = createNetworkProcesses();
    const refused = async (options: ChosenOptions): Promise<string | null> => {
      try {
        await core.makeNetworkProcess({ name: 'p', server: true, service: true, ...options });
        return null;
      } catch (error) {
        return refusedOption(error, options);
      }
    };
    assert.equal(await refused({ keepalive: true, bindtodevice: 'none0' }), 'bindtodevice');
    assert.equal(await refused({ priority: 'high', keepalive: true }), 'priority');
    assert.equal(await refused({ keepalive: true, host: '192.0.2.1' }), null);
    assert.equal(refusedOption(new Error(':keepalive'), chosen), null);
    core.dispose();
  });
});
