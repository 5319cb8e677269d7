import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { pause, recorder, until } from '../core/support';
import { connect, host, make, portOf, row, serve, signalOf, udp } from './row';

/** A datagram server, and a client that sends to it. */
async function pair(
  core: NetworkProcesses,
  more: Record<string, unknown> = {},
): Promise<{ server: NetworkProcess; client: NetworkProcess; log: string[]; answers: string[] }> {
  const [{ log, filter, sentinel }, heard] = [recorder(), recorder()];
  const server = await udp(core, { server: true, service: true, filter, sentinel, ...more });
  const client = await udp(core, { name: 'c', service: portOf(core, server), filter: heard.filter });
  return { server, client, log, answers: heard.log };
}

const addressOf = (core: NetworkProcesses, process: NetworkProcess): number[] => [127, 0, 0, 1, portOf(core, process)];

describe('checklist: datagrams', () => {
  row('DGM-01', 'a filter gets one datagram a call, in order', async (core) => {
    const { client, log } = await pair(core);
    for (const text of ['one', 'two', 'three']) await core.processSendString(client, text);
    await until('all came', () => log.length === 3);
    assert.deepEqual(log, ['filter one', 'filter two', 'filter three']);
  });

  row('DGM-02', 'a server answers who sent last', async (core) => {
    const { server, client, log, answers } = await pair(core);
    const other = recorder();
    const second = await udp(core, { service: portOf(core, server), filter: other.filter });
    for (const from of [client, second]) {
      const before = log.length;
      await core.processSendString(from, 'hello');
      await until('it came', () => log.length > before);
      assert.deepEqual(core.processDatagramAddress(server), addressOf(core, from));
      await core.processSendString(server, `to ${from.name}`);
    }
    await until('both are answered', () => answers.length === 1 && other.log.length === 1);
    assert.deepEqual([answers, other.log], [['filter to c'], ['filter to u<1>']]);
  });

  row('DGM-03', 'the remote address of a server is its first peer if it fits', async (core) => {
    const { log, filter } = recorder();
    const target = await udp(core, { server: true, service: true, filter });
    const remote = addressOf(core, target);
    const server = await udp(core, { server: true, service: true, remote });
    assert.deepEqual(core.processDatagramAddress(server), remote);
    await core.processSendString(server, 'first');
    await until('it came', () => log.length === 1);
    const unfit = await udp(core, { server: true, service: true, remote: [0, 0, 0, 0, 0, 0, 0, 1, 9] });
    assert.equal((await signalOf(() => core.processSendString(unfit, 'x')))[2], 'Invalid argument');
  });

  row('DGM-04', 'without a peer nothing can be written', async (core) => {
    const { server } = await pair(core);
    assert.deepEqual(await signalOf(() => core.processSendString(server, 'x')), [
      'file-error',
      'Writing to process',
      'Invalid argument',
      server,
    ]);
    assert.equal(server.status, 'open');
  });

  row('DGM-05', 'the datagram address is the peer, and null for streams and closed processes', async (core) => {
    const { server, client } = await pair(core);
    const stream = await connect(core, await serve(core), { name: 't' });
    const addresses = [core.processDatagramAddress(client), core.processDatagramAddress(stream)];
    core.deleteProcess(client);
    assert.deepEqual([...addresses, core.processDatagramAddress(client)], [addressOf(core, server), null, null]);
  });

  row('DGM-06', 'setting the datagram address gives it, or null when it does not fit', async (core) => {
    const { log, filter } = recorder();
    const target = await udp(core, { server: true, service: true, filter });
    const client = await udp(core, { service: 9 });
    const address = addressOf(core, target);
    assert.deepEqual(core.setProcessDatagramAddress(client, address), address);
    await core.processSendString(client, 'here');
    await until('it came', () => log.length === 1);
    const unfit = [[0, 0, 0, 0, 0, 0, 0, 1, 9], [127, 0, 0, 1], '/path', null, [256, 0, 0, 1, 9]];
    for (const bad of unfit) assert.equal(core.setProcessDatagramAddress(client, bad), null, String(bad));
    assert.deepEqual(core.processDatagramAddress(client), address);
    assert.equal(core.setProcessDatagramAddress(await serve(core), address), null);
  });

  row('DGM-07', 'too large a datagram is an error, and the process stays open', async (core) => {
    const { client, log } = await pair(core);
    assert.deepEqual(await signalOf(() => core.processSendString(client, Buffer.alloc(65_508))), [
      'file-error',
      'Sending datagram',
      'Message too long',
      client,
    ]);
    assert.equal(client.status, 'open');
    await core.processSendString(client, 'small');
    await until('it came', () => log.length === 1);
  });

  row('DGM-08', 'a large datagram arrives whole', async (core) => {
    const { client, log } = await pair(core, { coding: 'binary' });
    await core.processSendString(client, 'x'.repeat(60_000));
    await until('it came', () => log.length === 1);
    assert.equal(log[0]!.length, 'filter '.length + 60_000);
  });

  row('DGM-09', 'an empty datagram leaves the process open', async (core) => {
    const { server, client, log } = await pair(core);
    const socket = dgram.createSocket('udp4');
    socket.send(new Uint8Array(0), portOf(core, server), host);
    await until('it was counted', () => server.traffic.emptyDatagrams === 1);
    await core.processSendString(client, 'text');
    await until('it came', () => log.length >= 1);
    assert.deepEqual([log, server.status, core.getProcess('u')], [['filter text'], 'open', server]);
    socket.close();
  });

  row('DGM-10', 'the end of file does nothing', async (core) => {
    const { server, client, log } = await pair(core);
    await core.processSendEof(client);
    await core.processSendString(client, 'after');
    await until('it came', () => log.length === 1);
    assert.deepEqual([log, client.status, client.sentEof, server.status], [['filter after'], 'open', false, 'open']);
  });

  row('DGM-11', 'a stranger does not become the peer of a client', async (core) => {
    const { server, client, log, answers } = await pair(core);
    const socket = dgram.createSocket('udp4');
    const stolen: string[] = [];
    socket.on('message', (m) => stolen.push(m.toString()));
    socket.send('strange', portOf(core, client), host);
    await until('the client hears it', () => answers.length === 1);
    await core.processSendString(client, 'secret');
    await until('the server hears it', () => log.length === 1);
    await pause(20);
    assert.deepEqual(
      [log, stolen, core.processDatagramAddress(client)],
      [['filter secret'], [], addressOf(core, server)],
    );
    socket.close();
  });

  row('DGM-12', 'a datagram process made without waiting becomes open', async (core) => {
    const heard = recorder();
    const server = await udp(core, { server: true, service: true, filter: heard.filter });
    const { log, sentinel } = recorder();
    const client = await make(core, {
      type: 'datagram',
      host: 'localhost',
      family: 'ipv4',
      service: portOf(core, server),
      nowait: true,
      sentinel,
    });
    await core.processSendString(client, 'text');
    await until('it came', () => heard.log.length === 1);
    assert.deepEqual([client.status, log, heard.log], ['open', ['sentinel open open'], ['filter text']]);
  });
});
