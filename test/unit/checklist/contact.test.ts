import assert from 'node:assert/strict';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainServer, until } from '../core/support';
import { connect, host, make, plainClient, portOf, row, serve, udp } from './row';

const pathFor = (name: string): string => join(tmpdir(), `np-${process.pid}-${name}`);

describe('checklist: contact', () => {
  row('CON-01', 'without a key it is host and service, as given or found', async (core) => {
    const server = await serve(core, { host: 'local' });
    const port = portOf(core, server);
    const client = await make(core, { host, service: String(port) });
    const byAddress = await make(core, { remote: [127, 0, 0, 1, port] });
    assert.deepEqual(
      [server, client, byAddress].map((p) => core.processContact(p)),
      [
        ['local', port],
        [host, String(port)],
        [null, null],
      ],
    );
  });

  row('CON-02', 'with true it is every keyword in order, with those added', async (core) => {
    const server = await serve(core, { foo: 'bar' });
    const port = portOf(core, server);
    assert.deepEqual(Object.entries(core.processContact(server, true)), [
      ['name', 's'],
      ['server', true],
      ['host', host],
      ['service', port],
      ['foo', 'bar'],
      ['local', [127, 0, 0, 1, port]],
    ]);
  });

  row('CON-03', 'with a key it is its value or null', async (core) => {
    const server = await serve(core, { foo: 'bar' });
    assert.deepEqual([core.processContact(server, 'foo'), core.processContact(server, 'nosuch')], ['bar', null]);
  });

  row('CON-04', 'a server tells the address it is bound to', async (core) => {
    const path = pathFor('con4');
    const server = await serve(core);
    const [a, b, c, d, port] = core.processContact(server, 'local') as number[];
    const socket = plainClient(port!);
    await once(socket, 'connect');
    assert.deepEqual([a, b, c, d, socket.remotePort], [127, 0, 0, 1, port]);
    const local = await make(core, { server: true, family: 'local', service: path });
    assert.equal(core.processContact(local, 'local'), path);
  });

  row('CON-05', 'a client tells both ends of its connection', async (core) => {
    const peer = await plainServer(() => undefined);
    const client = await connect(core, peer.port, { nowait: true });
    await until('it is accepted', () => peer.sockets.length === 1 && client.status === 'open');
    const socket = peer.sockets[0]!;
    assert.deepEqual(
      [core.processContact(client, 'local'), core.processContact(client, 'remote')],
      [
        [127, 0, 0, 1, socket.remotePort],
        [127, 0, 0, 1, socket.localPort],
      ],
    );
    peer.close();
  });

  row('CON-06', 'after the end it is still there', async (core) => {
    const client = await connect(core, await serve(core), { foo: 'bar' });
    const before = core.processContact(client, true);
    core.deleteProcess(client);
    assert.equal(client.status, 'closed');
    assert.deepEqual(core.processContact(client, true), before);
    assert.deepEqual(core.processContact(client), [host, before['service']]);
  });

  row('CON-07', 'without blocking it is null while there is no socket', async (core) => {
    const peer = await plainServer(() => undefined);
    const client = await connect(core, peer.port, { nowait: true });
    const early = [core.processContact(client, 'service', true), core.processContact(client, null, true)];
    await until('it is open', () => client.status === 'open');
    assert.deepEqual([early, core.processContact(client, 'service', true)], [[null, null], peer.port]);
    core.deleteProcess(client);
    assert.deepEqual(
      [core.processContact(client, true, true), core.processContact(client, 'service')],
      [null, peer.port],
    );
    peer.close();
  });

  row('CON-08', 'a local socket has no host and a path, an accepted one true and the path', async (core) => {
    const path = pathFor('con8');
    const server = await make(core, { name: 's', server: true, family: 'local', service: path });
    const client = await make(core, { name: 'c', family: 'local', service: path });
    await until('it is accepted', () => core.processList().length === 3);
    const accepted = core.processList()[0]!;
    assert.deepEqual(
      [server, client, accepted].map((p) => [
        core.processContact(p),
        core.processContact(p, 'local'),
        core.processContact(p, 'remote'),
      ]),
      [
        [[null, path], path, null],
        [[null, path], '', path],
        [[true, path], path, ''],
      ],
    );
  });

  row('CON-09', 'the remote address of a datagram process is its peer now', async (core) => {
    const server = await udp(core, { server: true, service: true });
    const remotes = [core.processContact(server, 'remote')];
    const [a, b] = [
      await udp(core, { service: portOf(core, server) }),
      await udp(core, { service: portOf(core, server) }),
    ];
    for (const client of [a, b]) {
      await core.processSendString(client, 'x');
      await until('it came', () => core.processContact(server, 'remote') !== remotes.at(-1));
      remotes.push(core.processContact(server, 'remote'));
    }
    assert.deepEqual(remotes, [null, [127, 0, 0, 1, portOf(core, a)], [127, 0, 0, 1, portOf(core, b)]]);
    const { remote, service } = core.processContact(server, true);
    assert.deepEqual([remote, service], [remotes[2], portOf(core, server)]);
  });
});
