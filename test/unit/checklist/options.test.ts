import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { plainServer, until } from '../core/support';
import { connect, host, isKeptAlive, make, plainClient, portOf, row, serve, signalOf, udp, withAddresses } from './row';

const send = (core: NetworkProcesses, process: NetworkProcess): Promise<unknown[]> =>
  signalOf(() => core.processSendString(process, 'x'));

describe('checklist: socket options', () => {
  row('OPT-01', 'only with broadcast datagrams go to a broadcast address', async (core) => {
    const to = { host: '127.255.255.255', service: 9 };
    const outcomes = [await udp(core, { ...to, broadcast: true }), await udp(core, { ...to, broadcast: null })];
    assert.deepEqual(
      [(await send(core, outcomes[0]!))[0], (await send(core, outcomes[1]!)).slice(0, 3)],
      ['no error', ['file-error', 'Writing to process', 'Permission denied']],
    );
  });

  row('OPT-03', 'keepalive makes the system watch the connection', async (core) => {
    const server = await serve(core);
    const kept = await connect(core, server, { keepalive: true });
    const plain = await connect(core, server, { keepalive: null });
    assert.deepEqual([isKeptAlive(core, kept), isKeptAlive(core, plain)], [true, false]);
    core.setNetworkProcessOption(plain, 'keepalive', true);
    core.setNetworkProcessOption(kept, 'keepalive', null);
    assert.deepEqual([isKeptAlive(core, kept), isKeptAlive(core, plain)], [false, true]);
  });

  row('OPT-07', 'addresses are used again by default, and not with nil', async (core) => {
    // A server that ends its connection first leaves its port in TIME_WAIT.
    const server = await serve(core);
    const port = portOf(core, server);
    const socket = plainClient(port);
    await until('it is accepted', () => core.processList().length === 2);
    core.deleteProcess(core.processList()[0]!);
    core.deleteProcess(server);
    socket.resume();
    await once(socket, 'close');
    assert.equal((await serve(core, { service: port })).status, 'listen');
    const shared = await udp(core, { server: true, service: true });
    const service = portOf(core, shared);
    assert.equal((await udp(core, { server: true, service })).status, 'open');
    const [, , text] = await signalOf(() => udp(core, { server: true, service, reuseaddr: null }));
    assert.equal(text, 'Address already in use');
  });

  row('OPT-09', 'options are set on each address that is tried', async (core) => {
    const peer = await plainServer(() => undefined);
    await withAddresses(['127.0.0.9', host], async () => {
      const client = await make(core, { host: 'two.example', service: peer.port, keepalive: true });
      assert.deepEqual(core.processContact(client, 'remote'), [127, 0, 0, 1, peer.port]);
      assert.equal(isKeptAlive(core, client), true);
      const text = 'Bad option value for :priority';
      const made = signalOf(() => make(core, { host: 'two.example', service: peer.port, priority: 'high' }));
      assert.deepEqual(await made, ['error', text]);
    });
    assert.equal(peer.sockets.length, 1);
    peer.close();
  });

  row('OPT-10', 'options of datagram clients are checked and set', async (core) => {
    const client = await udp(core, { host: '127.255.255.255', service: 9, broadcast: true });
    assert.deepEqual(await send(core, client), ['no error']);
    assert.deepEqual(await signalOf(() => udp(core, { service: 9, priority: 'high' })), [
      'error',
      'Bad option value for :priority',
    ]);
  });

  row('OPT-11', 'setting an option gives true and is seen in the contact', async (core) => {
    const server = await serve(core);
    assert.equal(core.processContact(server, 'keepalive'), null);
    assert.equal(core.setNetworkProcessOption(server, 'keepalive', true), true);
    assert.equal(core.processContact(server, 'keepalive'), true);
  });

  row('OPT-12', 'an unknown option is an error, or null', async (core) => {
    const server = await serve(core);
    assert.deepEqual(await signalOf(() => core.setNetworkProcessOption(server, 'nosuch', 1)), [
      'error',
      'Unknown or unsupported option',
    ]);
    assert.equal(core.setNetworkProcessOption(server, 'nosuch', 1, true), null);
    assert.equal('nosuch' in core.processContact(server, true), false);
  });

  row('OPT-13', 'a bad value is an error even when none is wanted', async (core) => {
    const server = await serve(core);
    assert.deepEqual(await signalOf(() => core.setNetworkProcessOption(server, 'priority', 'high', true)), [
      'error',
      'Bad option value for :priority',
    ]);
  });

  row('OPT-14', 'a closed process takes no options', async (core) => {
    const server = await serve(core);
    core.deleteProcess(server);
    assert.deepEqual(await signalOf(() => core.setNetworkProcessOption(server, 'keepalive', true)), [
      'error',
      'Process is not running',
    ]);
  });

  row('OPT-16', 'an option that is missing here is told by the feature test and as unknown', async (core) => {
    const server = await serve(core);
    const missing = ['bindtodevice', 'dontroute', 'linger', 'oobinline', 'priority'].filter((o) => !core.featurep(o));
    assert.ok(missing.length > 0);
    const value = { bindtodevice: 'lo', priority: 1 } as Record<string, unknown>;
    for (const option of missing) {
      const set = (noError: boolean): unknown =>
        core.setNetworkProcessOption(server, option, value[option] ?? true, noError);
      assert.deepEqual((await signalOf(() => set(false))).slice(0, 2), ['error', 'Unknown or unsupported option']);
      assert.equal(set(true), null, option);
      const [, text] = await signalOf(() => serve(core, { [option]: value[option] ?? true }));
      assert.equal(text, 'Unknown or unsupported option');
    }
  });
});
