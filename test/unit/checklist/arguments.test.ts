import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { pause, plainServer, recorder, until } from '../core/support';
import { bytes, connect, deadPort, host, make, plainClient, portOf, row, serve, signalOf, udp, wrongType } from './row';

/** The error of a spec with a name. */
function errorOf(core: NetworkProcesses, spec: Record<string, unknown>): ReturnType<typeof signalOf> {
  return signalOf(() => core.makeNetworkProcess({ name: 'p', ...spec }));
}

/** Whether somebody listens there. */
async function answers(port: number, at: string): Promise<boolean> {
  const socket = net.connect(port, at);
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return outcome;
}

/** How many connections the system lets wait for a stopped server, which should be so many. */
async function waitingAt(core: NetworkProcesses, server: NetworkProcess, expected: number): Promise<number> {
  let connected = 0;
  const sockets = Array.from({ length: expected + 5 }, () =>
    plainClient(portOf(core, server)).on('connect', () => (connected += 1)),
  );
  await until('they wait', () => connected >= expected);
  await pause(100);
  for (const socket of sockets) socket.destroy();
  return connected;
}

const pathFor = (name: string): string => join(tmpdir(), `np-${process.pid}-${name}`);

describe('checklist: arguments of makeNetworkProcess', () => {
  row('ARG-01', 'no arguments make nothing', async (core) => {
    assert.deepEqual([await core.makeNetworkProcess(), await core.makeNetworkProcess({})], [null, null]);
  });

  row('ARG-02', 'unknown keywords stay in the contact', async (core) => {
    const server = await serve(core, { foo: 'bar', nowhere: 7 });
    assert.deepEqual([core.processContact(server, 'foo'), core.processContact(server, 'nowhere')], ['bar', 7]);
    assert.equal(server.status, 'listen');
  });

  row('ARG-04', 'a name is required and is a string', async (core) => {
    assert.deepEqual(await signalOf(() => core.makeNetworkProcess({ service: 1 })), wrongType('stringp'));
    assert.deepEqual(await errorOf(core, { name: 5, service: 1 }), wrongType('stringp', 5));
  });

  row('ARG-05', 'a type is none or datagram, and an unknown word is unsupported', async (core) => {
    const stream = await make(core, { server: true, service: true, type: null });
    const datagram = await make(core, { server: true, service: true, type: 'datagram' });
    assert.deepEqual([stream.status, datagram.status], ['listen', 'open']);
    for (const type of ['stream', 'nosuch', 7]) {
      assert.deepEqual(await errorOf(core, { server: true, service: true, type }), [
        'error',
        'Unsupported connection type',
      ]);
    }
  });

  row('ARG-06', 'server and nowait exclude each other before the name is looked at', async (core) => {
    const [condition, text] = await signalOf(() => core.makeNetworkProcess({ server: true, nowait: true }));
    assert.equal(condition, 'error');
    assert.match(String(text), /^.:server. is incompatible with .:nowait.$/);
  });

  row('ARG-07', 'a number as server is the backlog, anything else means 5', async (core) => {
    // Linux lets one more than the backlog in.
    const two = await serve(core, { server: 2, stop: true });
    const five = await serve(core, { server: 'yes', stop: true });
    assert.deepEqual([await waitingAt(core, two, 3), await waitingAt(core, five, 6)], [3, 6]);
    assert.equal(core.processContact(two, 'server'), 2);
  });

  row('ARG-08', 'the host left out is the loopback of the family, for clients and servers', async (core) => {
    const four = await make(core, { server: true, service: true });
    const six = await make(core, { server: true, service: true, family: 'ipv6' });
    assert.deepEqual(
      [core.processContact(four, 'local'), core.processContact(six, 'local')],
      [
        [127, 0, 0, 1, portOf(core, four)],
        [0, 0, 0, 0, 0, 0, 0, 1, portOf(core, six)],
      ],
    );
    const toFour = await make(core, { service: portOf(core, four) });
    const toSix = await make(core, { service: portOf(core, six), family: 'ipv6' });
    assert.deepEqual(
      [core.processContact(toFour, 'remote'), core.processContact(toSix, 'remote')],
      [core.processContact(four, 'local'), core.processContact(six, 'local')],
    );
    assert.equal(core.processContact(four, 'host'), null);
  });

  row('ARG-09', "the host 'local' is the loopback of the family and stays as it is", async (core) => {
    const four = await make(core, { server: true, service: true, host: 'local' });
    const six = await make(core, { server: true, service: true, host: 'local', family: 'ipv6' });
    assert.deepEqual(
      [four, six].map((p) => [core.processContact(p, 'host'), core.processContact(p, 'local')]),
      [
        ['local', [127, 0, 0, 1, portOf(core, four)]],
        ['local', [0, 0, 0, 0, 0, 0, 0, 1, portOf(core, six)]],
      ],
    );
  });

  row('ARG-10', 'a host of another type is no string', async (core) => {
    assert.deepEqual(await errorOf(core, { host: 127, service: 1 }), wrongType('stringp', 127));
  });

  row('ARG-11', 'the wildcard hosts listen on all addresses of their family', async (core) => {
    const four = await make(core, { server: true, service: true, host: '0.0.0.0' });
    const six = await make(core, { server: true, service: true, host: '::' });
    assert.deepEqual(
      [
        await answers(portOf(core, four), '127.0.0.1'),
        await answers(portOf(core, four), '127.0.0.2'),
        await answers(portOf(core, four), '::1'),
        await answers(portOf(core, six), '::1'),
      ],
      [true, true, false, true],
    );
  });

  row('ARG-12', 'a server cannot be bound to a foreign address', async (core) => {
    assert.deepEqual((await errorOf(core, { server: true, host: '192.0.2.1', service: true })).slice(0, 3), [
      'file-error',
      'Cannot bind server socket',
      'Cannot assign requested address',
    ]);
  });

  row('ARG-13', 'a server accepts at its own address only', async (core) => {
    const port = portOf(core, await serve(core, { host: '127.0.0.2' }));
    assert.deepEqual([await answers(port, '127.0.0.2'), await answers(port, '127.0.0.1')], [true, false]);
  });

  row('ARG-14', 'a service is a number, digits or a name', async (core) => {
    const port = portOf(core, await serve(core));
    for (const service of [port, String(port), ` ${port}`]) {
      const client = await make(core, { host, service });
      assert.deepEqual(core.processContact(client, 'remote'), [127, 0, 0, 1, port]);
    }
    const named = await udp(core, { service: 'domain' });
    assert.deepEqual(core.processContact(named, 'remote'), [127, 0, 0, 1, 53]);
  });

  row('ARG-15', 'the service true is a free port that the contact tells', async (core) => {
    const server = await make(core, { server: true, host, service: true });
    const port = core.processContact(server, 'service') as number;
    assert.ok(Number.isInteger(port) && port > 0);
    assert.equal(await answers(port, host), true);
  });

  row('ARG-16', 'the service of a server becomes a number', async (core) => {
    const port = await deadPort();
    const stream = await make(core, { server: true, host, service: String(port) });
    const datagram = await make(core, { server: true, host, type: 'datagram', service: '0' });
    assert.equal(core.processContact(stream, 'service'), port);
    assert.equal(core.processContact(datagram, 'service'), portOf(core, datagram));
    const client = await make(core, { host, service: String(port) });
    assert.equal(core.processContact(client, 'service'), String(port));
  });

  row('ARG-17', 'a service left out is no string', async (core) => {
    assert.deepEqual(await errorOf(core, { host }), wrongType('stringp'));
    assert.deepEqual(await errorOf(core, { host, server: true }), wrongType('stringp'));
  });

  row('ARG-18', 'a port out of range is an error, in a vector, too', async (core) => {
    for (const service of [65536, -1, '70000']) {
      const [condition, text] = await errorOf(core, { host, service, server: true });
      assert.deepEqual([condition, text], ['error', `Port out of range 0 to 65535: ${Number(service)}`]);
    }
    assert.deepEqual(await errorOf(core, { server: true, local: [127, 0, 0, 1, 65536] }), [
      'error',
      'Malformed :address',
    ]);
  });

  row('ARG-19', 'an unknown service name is told with its host', async (core) => {
    assert.deepEqual(await errorOf(core, { host, service: 'nosuchsvc' }), [
      'error',
      '127.0.0.1/nosuchsvc Servname not supported for ai_socktype',
    ]);
  });

  row('ARG-20', 'a family is none, ipv4, ipv6, local or a number, else unknown', async (core) => {
    const localOf = async (spec: Record<string, unknown>): Promise<unknown> => {
      const local = core.processContact(await make(core, { server: true, service: true, ...spec }), 'local');
      return Array.isArray(local) ? local.length : local;
    };
    const path = pathFor('family');
    assert.deepEqual(
      [
        await localOf({ family: null }),
        await localOf({ family: 'ipv4' }),
        await localOf({ family: 'ipv6' }),
        await localOf({ family: 'local', service: path }),
        await localOf({ family: 2 }),
      ],
      [5, 5, 9, path, 5],
    );
    for (const family of ['ipv5', true]) {
      assert.deepEqual(await errorOf(core, { service: 1, family }), ['error', 'Unknown address family']);
    }
  });

  row('ARG-21', 'a host of the other family is told with its service', async (core) => {
    const text = 'Address family for hostname not supported';
    assert.deepEqual(await errorOf(core, { host, service: 80, family: 'ipv6' }), ['error', `127.0.0.1/80 ${text}`]);
    assert.deepEqual(await errorOf(core, { host: '::1', service: 80, family: 'ipv4' }), ['error', `::1/80 ${text}`]);
  });

  row('ARG-22', 'a local socket ignores the host', async (core) => {
    const path = pathFor('host');
    const server = await make(core, { server: true, family: 'local', host: 'nosuch.invalid', service: path });
    assert.deepEqual([server.status, core.processContact(server, 'host')], ['listen', null]);
  });

  row('ARG-23', 'an external socket that was not handed over changes nothing', async (core) => {
    const server = await serve(core, { useExternalSocket: true });
    assert.deepEqual([server.status, core.processContact(server, 'useExternalSocket')], ['listen', true]);
    assert.equal(await answers(portOf(core, server), host), true);
  });

  row('ARG-24', 'the local address of a server overrides host, family and service', async (core) => {
    const server = await make(core, {
      server: true,
      host: 'nosuch.invalid',
      family: 'ipv6',
      service: 3,
      local: [127, 0, 0, 2, 0],
    });
    const port = portOf(core, server);
    assert.ok(port > 0);
    assert.deepEqual(
      [core.processContact(server, 'local'), core.processContact(server, 'service'), await answers(port, '127.0.0.2')],
      [[127, 0, 0, 2, port], port, true],
    );
    const path = pathFor('override');
    const local = await make(core, { server: true, service: 3, local: path });
    assert.deepEqual([local.status, core.processContact(local, 'local')], ['listen', path]);
  });

  row('ARG-25', 'the local address of a client is what it really has', async (core) => {
    const server = await serve(core);
    const client = await connect(core, server, { local: [127, 0, 0, 9, 4] });
    const accepted = (): NetworkProcess | undefined => core.processList().find((p) => p.server === server);
    await until('it is accepted', accepted);
    const local = core.processContact(client, 'local');
    assert.deepEqual(local, core.processContact(accepted()!, 'remote'));
    assert.notDeepEqual(local, [127, 0, 0, 9, 4]);
  });

  row('ARG-26', 'the remote address of a client overrides host, family and service', async (core) => {
    const server = await serve(core);
    const remote = [127, 0, 0, 1, portOf(core, server)];
    const client = await make(core, { remote });
    assert.deepEqual([core.processContact(client), core.processContact(client, 'remote')], [[null, null], remote]);
    const despite = await make(core, { remote, host: 'nosuch.invalid', service: 1, family: 'ipv6' });
    assert.equal(despite.status, 'open');
  });

  row('ARG-27', 'the remote address of a stream server does nothing and stays', async (core) => {
    const remote = [127, 0, 0, 2, 9];
    const server = await serve(core, { remote });
    assert.deepEqual([server.status, core.processContact(server, 'remote')], ['listen', remote]);
    assert.deepEqual((core.processContact(server, 'local') as number[]).slice(0, 4), [127, 0, 0, 1]);
    assert.equal(await answers(portOf(core, server), host), true);
  });

  row('ARG-28', 'an address is five or nine numbers, a path or a raw family, else malformed', async (core) => {
    const port = portOf(core, await serve(core));
    const six = portOf(core, await make(core, { server: true, service: true, family: 'ipv6' }));
    const path = pathFor('format');
    await make(core, { server: true, local: path });
    const formats = [[127, 0, 0, 1, port], [0, 0, 0, 0, 0, 0, 0, 1, six], path];
    for (const remote of formats) assert.equal((await make(core, { remote })).status, 'open', String(remote));
    // No system here has it, but an address it is.
    const raw = await errorOf(core, { remote: { family: 99, bytes: [1, 2, 3] } });
    assert.equal(raw[2], 'Address family not supported by protocol');
    for (const remote of [[127, 0, 0, 1], [1, 2, 3, 4, 5, 6], [256, 0, 0, 1, port], ['a', 0, 0, 1, port], 7]) {
      assert.deepEqual(await errorOf(core, { remote }), ['error', 'Malformed :address'], String(remote));
    }
  });

  row('ARG-29', 'a buffer is made when missing, and an empty name refused', async (core) => {
    assert.equal(core.getBuffer('B'), null);
    const [first, second] = [await serve(core, { buffer: 'B' }), await serve(core, { buffer: 'B' })];
    assert.ok(first.buffer?.live);
    assert.deepEqual(
      [first.buffer, second.buffer, (await serve(core, { buffer: null })).buffer],
      [core.getBuffer('B'), core.getBuffer('B'), null],
    );
    assert.deepEqual(await errorOf(core, { server: true, service: true, buffer: '' }), [
      'error',
      'Empty string for buffer name is not allowed',
    ]);
  });

  row('ARG-30', 'noquery turns the query flag off', async (core) => {
    const flags = [await serve(core), await serve(core, { noquery: null }), await serve(core, { noquery: true })];
    assert.deepEqual(
      flags.map((p) => core.processQueryOnExitFlag(p)),
      [true, true, false],
    );
  });

  row('ARG-31', 'stop makes a process that starts stopped', async (core) => {
    const heard: unknown[] = [];
    const peer = await plainServer((socket) => void socket.write('data'));
    const client = await connect(core, peer.port, { stop: true, filter: (_: unknown, t: unknown) => heard.push(t) });
    const server = await serve(core, { stop: true });
    assert.deepEqual(
      [client, server].flatMap((p) => [core.processCommand(p), core.processStatus(p)]),
      [true, 'stop', true, 'stop'],
    );
    await pause(50);
    assert.deepEqual(heard, []);
    core.continueProcess(client);
    await until('it is read', () => heard.join('') === 'data');
    peer.close();
  });

  row('ARG-32', 'filterMultibyte false makes the filter get bytes', async (core) => {
    const got = async (more: Record<string, unknown>): Promise<unknown> => {
      const peer = await plainServer((socket) => void socket.write(bytes('\xc3\xa9')));
      const heard: unknown[] = [];
      const client = await connect(core, peer.port, {
        coding: 'utf-8-unix',
        filter: (_: unknown, text: unknown) => heard.push(text),
        ...more,
      });
      await until('it came', () => heard.length === 1);
      assert.equal(core.processFilterMultibyteP(client), typeof heard[0] === 'string');
      peer.close();
      return heard[0];
    };
    assert.deepEqual(
      [await got({}), await got({ filterMultibyte: true }), await got({ filterMultibyte: false })],
      ['é', 'é', bytes('\xc3\xa9')],
    );
  });

  row('ARG-33', 'a coding is one system, or one each way, and an unknown one is refused', async (core) => {
    const codingOf = async (coding: unknown): Promise<unknown> =>
      core.processCodingSystem(await serve(core, { coding }));
    assert.deepEqual(
      [await codingOf('utf-8-dos'), await codingOf({ decode: 'utf-8-unix', encode: 'utf-8-mac' })],
      [
        { decode: 'utf-8-dos', encode: 'utf-8-dos' },
        { decode: 'utf-8-unix', encode: 'utf-8-mac' },
      ],
    );
    assert.deepEqual(await errorOf(core, { server: true, service: true, coding: 'nosuch' }), [
      'coding-system-error',
      Symbol.for('nosuch'),
    ]);
  });

  row('ARG-34', 'tlsParameters that are no list are refused', async (core) => {
    assert.deepEqual(
      await errorOf(core, { server: true, service: true, tlsParameters: 'gnutls-x509pki' }),
      wrongType('listp', 'gnutls-x509pki'),
    );
    assert.equal(core.getProcess('p'), null);
  });

  row('ARG-35', 'a failed creation leaves no process, tells no sentinel, and leaves the buffer', async (core) => {
    const { log, sentinel } = recorder();
    const [condition] = await errorOf(core, { host, service: await deadPort(), buffer: 'B', sentinel });
    await pause(20);
    assert.deepEqual([condition, core.processList(), log, core.getBuffer('B')?.live], ['file-error', [], [], true]);
  });

  row('ARG-36', 'a failure to connect names what failed, why, and the contact', async (core) => {
    const service = await deadPort();
    assert.deepEqual(await signalOf(() => core.makeNetworkProcess({ name: 'c', host, service, foo: 1 })), [
      'file-error',
      'make client process failed',
      'Connection refused',
      ...[Symbol.for(':name'), 'c', Symbol.for(':host'), host, Symbol.for(':service'), service, Symbol.for(':foo'), 1],
    ]);
  });

  row('ARG-37', 'a failed look-up names host, service and reason', async (core) => {
    // No name server need be asked: the empty name is none anywhere.
    assert.deepEqual(await errorOf(core, { host: '', service: 80 }), ['error', '/80 Name or service not known']);
    const [condition, text] = await errorOf(core, { host: 'no such host', service: 'http' });
    assert.equal(condition, 'error');
    assert.match(
      String(text),
      /^no such host\/http (Name or service not known|No address associated with hostname|Temporary failure in name resolution)$/,
    );
  });

  row('ARG-38', 'a host beyond ASCII is refused', async (core) => {
    assert.deepEqual(await errorOf(core, { host: 'bücher.example', service: 80 }), [
      'error',
      'Non-ASCII hostname bücher.example detected, please use puny-encode-domain',
    ]);
  });

  row('ARG-39', 'an address in use cannot be bound', async (core) => {
    const taken = portOf(core, await serve(core));
    const expected = ['file-error', 'Cannot bind server socket', 'Address already in use'];
    assert.deepEqual((await errorOf(core, { server: true, host, service: taken })).slice(0, 3), expected);
    const socket = dgram.createSocket('udp4').bind(0, host);
    await once(socket, 'listening');
    const service = socket.address().port;
    assert.deepEqual((await errorOf(core, { server: true, type: 'datagram', host, service })).slice(0, 3), expected);
    socket.close();
  });
});
