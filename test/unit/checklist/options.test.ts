import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { root } from '../../tools/lib/paths.mjs';
import { plainServer, until } from '../core/support';
import {
  connect,
  host,
  isKeptAlive,
  make,
  nativeRow,
  plainClient,
  portOf,
  row,
  serve,
  signalOf,
  udp,
  withAddresses,
} from './row';

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

  row('OPT-16', 'an option that is missing here is told by the feature test and as unknown', async () => {
    // A program of its own: native sockets, which have all options, are switched off there.
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', missingOptions], {
      env: { ...process.env, NETPROC_ADDON: 'off' },
    });
    const missing = ['bindtodevice', 'dontroute', 'linger', 'oobinline', 'priority'];
    const text = 'Unknown or unsupported option';
    assert.deepEqual(
      JSON.parse(stdout),
      missing.map((option) => [option, text, null, text]),
    );
  });

  nativeRow('OPT-02', 'dontroute leaves gateways out', async (core) => {
    const server = await serve(core);
    const client = await connect(core, server, { dontroute: true });
    assert.equal(core.networkProcessOptions(client)!.dontroute, true);
    core.setNetworkProcessOption(client, 'dontroute', null);
    assert.equal(core.networkProcessOptions(client)!.dontroute, false);
    assert.equal(core.processContact(client, 'dontroute'), null);
  });

  nativeRow('OPT-04', 'linger of 0 seconds resets the connection, seconds and nil end it', async (core) => {
    const peer = await plainServer((socket) => socket.resume());
    const endOf = async (linger: unknown): Promise<[unknown, string]> => {
      const client = await connect(core, peer.port, { linger });
      await until('it is accepted', () => peer.sockets.length > 0);
      const socket = peer.sockets.pop()!;
      const ended = new Promise<string>((resolve) => {
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code!));
        socket.on('end', () => resolve('end'));
      });
      const value = core.networkProcessOptions(client)!.linger;
      core.deleteProcess(client);
      return [value, await ended];
    };
    assert.deepEqual(await endOf(0), [0, 'ECONNRESET']);
    assert.deepEqual(await endOf(true), [0, 'ECONNRESET']);
    assert.deepEqual(await endOf(3), [3, 'end']);
    assert.deepEqual(await endOf(null), [null, 'end']);
    peer.close();
  });

  nativeRow('OPT-05', 'with oobinline an urgent byte comes with the others', async (core) => {
    const texts: string[] = [];
    for (const oobinline of [true, null]) {
      let text = '';
      const server = await serve(core, { oobinline, filter: (_: unknown, more: string) => (text += more) });
      await promisify(execFile)('python3', ['-c', urgentByte, String(portOf(core, server))]);
      await until('the rest came', () => text.endsWith('c'));
      texts.push(text);
    }
    assert.deepEqual(texts, ['abc', 'ac']);
  });

  nativeRow('OPT-06', 'priority takes an integer and nothing else', async (core) => {
    const server = await serve(core);
    const client = await connect(core, server, { priority: 5 });
    assert.equal(core.networkProcessOptions(client)!.priority, 5);
    for (const value of [null, 'high', true, 2 ** 31, 1.5]) {
      const text = 'Bad option value for :priority';
      assert.deepEqual(await signalOf(() => core.setNetworkProcessOption(client, 'priority', value, true)), [
        'error',
        text,
      ]);
      assert.deepEqual(await signalOf(() => connect(core, server, { priority: value })), ['error', text]);
    }
    assert.deepEqual([core.networkProcessOptions(client)!.priority, core.processContact(client, 'priority')], [5, 5]);
  });

  nativeRow('OPT-08', 'bindtodevice binds to an interface; an unknown one is an error of the system', async (core) => {
    const server = await serve(core, { bindtodevice: 'lo' });
    assert.equal(core.networkProcessOptions(server)!.bindtodevice, 'lo');
    core.setNetworkProcessOption(server, 'bindtodevice', null);
    assert.equal(core.networkProcessOptions(server)!.bindtodevice, null);
    const unknown = [
      'file-error',
      'Cannot set network option',
      'No such device',
      Symbol.for(':bindtodevice'),
      'nosuch0',
    ];
    assert.deepEqual(await signalOf(() => serve(core, { bindtodevice: 'nosuch0' })), unknown);
    assert.deepEqual(await signalOf(() => core.setNetworkProcessOption(server, 'bindtodevice', 'nosuch0')), unknown);
    const bad = ['error', 'Bad option value for :bindtodevice'];
    assert.deepEqual(await signalOf(() => serve(core, { bindtodevice: 3 })), bad);
    assert.equal(core.processList().length, 1);
  });
});

/** Prints what becomes of the options that Node cannot set. */
const missingOptions = `
  const { createNetworkProcesses } = require(${JSON.stringify(`${root}/dist/core.js`)});
  const core = createNetworkProcesses();
  const names = ['bindtodevice', 'broadcast', 'dontroute', 'keepalive', 'linger', 'oobinline', 'priority', 'reuseaddr'];
  const values = { bindtodevice: 'lo', priority: 1 };
  const tell = async () => {
    const server = await core.makeNetworkProcess({ name: 's', server: true, service: true });
    const rows = names.filter((name) => !core.featurep(name)).map(async (name) => {
      const value = values[name] ?? true;
      const first = (error) => error.data[0];
      const set = (noError) => core.setNetworkProcessOption(server, name, value, noError);
      let said = null;
      try {
        set(false);
      } catch (error) {
        said = first(error);
      }
      const made = core.makeNetworkProcess({ name: 't', server: true, service: true, [name]: value });
      return [name, said, set(true), await made.then(() => 'made', first)];
    });
    console.log(JSON.stringify(await Promise.all(rows)));
    core.dispose();
  };
  void tell();
`;

/** Sends "a", an urgent "b" and "c" to a port. */
const urgentByte = `
import socket, sys
s = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
s.send(b'a')
s.send(b'b', socket.MSG_OOB)
s.send(b'c')
s.close()
`;
