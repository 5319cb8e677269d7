import assert from 'node:assert/strict';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pause, plainServer, recorder, until } from '../core/support';
import { connect, deadPort, host, isKeptAlive, make, row, signalOf, withAddresses } from './row';

describe('checklist: connecting without waiting', () => {
  row('ASY-01', 'the process is there at once and connecting', async (core) => {
    const peer = await plainServer(() => undefined);
    const { log, sentinel } = recorder();
    const client = await connect(core, peer.port, { nowait: true, sentinel });
    const unknown = await make(core, { host: '', service: 80, nowait: true, sentinel });
    assert.deepEqual(
      [client.status, unknown.status, core.processList(), log],
      ['connect', 'connect', [unknown, client], []],
    );
    await until('both are decided', () => log.length === 2);
    peer.close();
  });

  row('ASY-02', 'addresses are tried in turn, the first that answers counts, else the last failure', async (core) => {
    const peer = await plainServer(() => undefined);
    const second = await make(core, { server: true, host: '127.0.0.2', service: peer.port });
    // Nobody listens at .9, and nobody connects to all.
    const nobody = '127.0.0.9';
    const everybody = '255.255.255.255';
    const spec = { host: 'many.example', service: peer.port };
    await withAddresses([nobody, host, '127.0.0.2'], async () => {
      const client = await make(core, spec);
      assert.deepEqual(core.processContact(client, 'remote'), [127, 0, 0, 1, peer.port]);
    });
    await pause(20);
    assert.deepEqual([peer.sockets.length, second.clients.count], [1, 0]);
    const textOf = async (addresses: string[]): Promise<unknown> => {
      let text: unknown;
      await withAddresses(addresses, async () => void ([, , text] = await signalOf(() => make(core, spec))));
      return text;
    };
    const [refusedLast, otherLast] = [await textOf([everybody, nobody]), await textOf([nobody, everybody])];
    assert.equal(refusedLast, 'Connection refused');
    assert.notEqual(otherLast, refusedLast);
    peer.close();
  });

  row('ASY-03', 'a failure at once is failed and told', async (core) => {
    const told: string[] = [];
    const service = join(tmpdir(), `np-${process.pid}-missing`);
    const sentinel = (_: unknown, message: string): void => void told.push(message);
    const client = await make(core, { family: 'local', service, nowait: true, sentinel });
    await until('it is told', () => told.length === 1);
    assert.deepEqual([client.status, told], ['failed', [`failed with code ${constants.errno.ENOENT}\n`]]);
  });

  row('ASY-04', 'one deleted while connecting is closed and told so, and nothing more', async (core) => {
    const peer = await plainServer(() => undefined);
    const { log, sentinel } = recorder();
    for (const port of [peer.port, await deadPort()]) {
      const client = await connect(core, port, { nowait: true, sentinel });
      assert.equal(client.status, 'connect');
      core.deleteProcess(client);
      assert.equal(client.status, 'closed');
    }
    await pause(50);
    assert.deepEqual([log, core.processList()], [['sentinel deleted closed', 'sentinel deleted closed'], []]);
    peer.close();
  });

  row('ASY-05', 'a stopped one connects and tells open, and data come after continuing', async (core) => {
    const peer = await plainServer((socket) => void socket.write('data'));
    const { log, filter, sentinel } = recorder();
    const client = await connect(core, peer.port, { nowait: true, stop: true, filter, sentinel });
    assert.equal(client.status, 'stop');
    await until('it is open', () => log.length === 1);
    await pause(50);
    assert.deepEqual(log, ['sentinel open stop']);
    core.continueProcess(client);
    await until('the data came', () => log.length === 2);
    assert.equal(log[1], 'filter data');
    peer.close();
  });

  row('ASY-06', 'sends and ends of file wait for open, and options given meanwhile hold', async (core) => {
    let heard = '';
    const peer = await plainServer((socket) => {
      socket.on('data', (data: Buffer) => (heard += data.toString())).on('end', () => (heard += '<end>'));
    });
    const client = await connect(core, peer.port, { nowait: true });
    core.setNetworkProcessOption(client, 'keepalive', true);
    const sent = core.processSendString(client, 'early');
    const ended = core.processSendEof(client);
    assert.deepEqual([client.status, client.traffic.bytesQueued], ['connect', 5]);
    await sent;
    assert.deepEqual([client.status, isKeptAlive(core, client)], ['open', true]);
    await ended;
    await until('all came', () => heard === 'early<end>');
    peer.close();
  });
});
