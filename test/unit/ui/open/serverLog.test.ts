import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { createNetworkProcesses, type NetworkProcess, type NetworkProcesses } from '../../../../src/core';
import { clientOffers, serverOffers } from '../../../../src/ui/open/offers';
import type { Recent } from '../../../../src/ui/open/recents';
import { serverLog } from '../../../../src/ui/open/serverLog';

let core: NetworkProcesses;

beforeEach(() => {
  core = createNetworkProcesses();
});
afterEach(() => core.dispose());

async function startServer(more: object = {}): Promise<NetworkProcess> {
  const spec = { name: 's', server: true, service: 0, buffer: '*s*', log: serverLog(core), ...more };
  return (await core.makeNetworkProcess(spec))!;
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 2000;
  while (!condition() && Date.now() < end) await new Promise((r) => setTimeout(r, 5));
}

/** The lines without their times. */
function lines(server: NetworkProcess): string[] {
  const all = server.buffer!.fullText().split('\n').slice(0, -1);
  for (const line of all) assert.match(line, /^\[\d\d:\d\d:\d\d\] /);
  return all.map((l) => l.slice(11));
}

describe('serverLog', () => {
  it('writes accepts and ends of clients into the buffer of the server', async () => {
    const server = await startServer();
    const port = Number(core.processContact(server, 'service'));
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await until(() => server.clients.count === 2);
    const [second, first] = core.processList().filter((p) => p.server === server);
    sockets[core.processContact(first!, 'service') === sockets[0]!.localPort ? 0 : 1]!.destroy();
    await until(() => server.clients.count === 1);
    core.deleteProcess(second!);
    sockets.forEach((s) => s.destroy());
    assert.deepEqual(lines(server), [
      `accept from 127.0.0.1 (${first!.name})`,
      `accept from 127.0.0.1 (${second!.name})`,
      `${first!.name}: connection broken by remote peer`,
      `${second!.name}: deleted`,
    ]);
  });

  it('writes on when the server is gone and its clients end', async () => {
    const server = await startServer();
    const buffer = server.buffer!;
    const socket = connect(Number(core.processContact(server, 'service')), '127.0.0.1');
    await until(() => server.clients.count === 1);
    core.deleteProcess(server);
    socket.destroy();
    await until(() => core.processList().length === 0);
    assert.match(buffer.fullText(), /s <127\.0\.0\.1:\d+>: connection broken by remote peer\n/);
  });

  it('writes failures to accept', async () => {
    const server = await startServer();
    serverLog(core)(server, null, 'accept failed with code 24\n');
    assert.deepEqual(lines(server), ['accept failed with code 24']);
  });
});

describe('offers of an address box', () => {
  const recent = (label: string, time: number, role: Recent['role'] = 'client'): Recent => ({
    kind: 'tcp',
    role,
    label,
    time,
  });

  it('give an example when there is nothing else', () => {
    assert.deepEqual(clientOffers(core, { kind: 'tcp' }, []), [{ from: 'example', address: 'localhost:8080' }]);
    assert.deepEqual(clientOffers(core, { kind: 'unix' }, []), [{ from: 'example', address: '/tmp/my.sock' }]);
  });

  it('give recent addresses and our own servers, newest first', async () => {
    const server = await startServer();
    const port = String(core.processContact(server, 'service'));
    const offers = clientOffers(core, { kind: 'tcp' }, [recent('new:1', Date.now() + 1000), recent('old:1', 1)]);
    assert.deepEqual(
      offers.map((o) => `${o.from} ${o.address}`),
      ['recent new:1', `server localhost:${port}`, 'recent old:1'],
    );
    assert.deepEqual(
      clientOffers(core, { kind: 'udp' }, []).map((o) => o.from),
      ['example'],
    );
  });

  it('give an address once', async () => {
    const server = await startServer();
    const address = `localhost:${String(core.processContact(server, 'service'))}`;
    assert.deepEqual(
      clientOffers(core, { kind: 'tcp' }, [recent(address, 1)]).map((o) => o.from),
      ['server'],
    );
    const recents = [address, '127.0.0.1:80', '127.0.0.1:0', '127.0.0.1:81'].map((a) => recent(a, 1, 'server'));
    const offers = serverOffers(core, '127.0.0.1:0', recents);
    assert.deepEqual(
      offers.map((o) => `${o.from} ${o.address}`),
      ['recent 127.0.0.1:80', 'free 127.0.0.1:0', 'recent 127.0.0.1:81'],
    );
    const withOptions = { ...recent('127.0.0.1:0', 1, 'server'), options: { server: 7 } };
    assert.deepEqual(
      serverOffers(core, '127.0.0.1:0', [withOptions]).map((o) => o.from),
      ['recent', 'free'],
    );
  });
});
