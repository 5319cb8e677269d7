import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { codeOf, pause, recorder, until, withCore } from './support';

const host = '127.0.0.1';

async function udp(core: NetworkProcesses, more: Record<string, unknown>): Promise<NetworkProcess> {
  return (await core.makeNetworkProcess({ name: 'u', type: 'datagram', host, ...more }))!;
}

const portOf = (core: NetworkProcesses, p: NetworkProcess): number =>
  (core.processContact(p, 'local') as number[]).at(-1)!;

describe('datagram processes', () => {
  it(
    'answer the last sender, one filter call a datagram',
    withCore(async (core) => {
      const { log, filter, sentinel } = recorder();
      const server = await udp(core, { server: true, service: true, filter, sentinel });
      assert.equal(await codeOf(core.processSendString(server, 'x')), 'NP_SEND_NO_PEER');
      const heard = recorder();
      const a = await udp(core, { service: portOf(core, server), filter: heard.filter });
      await core.processSendString(a, 'one');
      await core.processSendString(a, 'two');
      await until('both came', () => log.length === 2);
      await core.processSendString(server, 'back');
      await until('the answer came', () => heard.log.length === 1);
      assert.deepEqual(core.processDatagramAddress(server), [127, 0, 0, 1, portOf(core, a)]);
      assert.deepEqual([server.status, a.status, log], ['open', 'open', ['filter one', 'filter two']]);
      core.deleteProcess(server);
      assert.deepEqual([log.at(-1), core.processDatagramAddress(server)], ['sentinel deleted closed', null]);
    }),
  );

  it(
    'decode each datagram by itself, whole, and count empty ones',
    withCore(async (core) => {
      const { log, filter } = recorder();
      const server = await udp(core, { server: true, service: true, filter, coding: 'utf-8-unix' });
      const client = await udp(core, { service: portOf(core, server), coding: 'binary' });
      await core.processSendString(client, Buffer.from('a\xc3', 'latin1'));
      await until('the first came', () => log.length === 1);
      await core.processSendString(client, Buffer.from('\xa9b', 'latin1'));
      await until('the second came', () => log.length === 2);
      assert.deepEqual(log, ['filter a\udcc3', 'filter \udca9b']);
      await core.processSendString(client, Buffer.alloc(20_000, 'x'));
      await until('the large one came', () => log.length === 3);
      assert.equal(log[2]!.length, 'filter '.length + 20_000);
      const plain = dgram.createSocket('udp4');
      plain.send(new Uint8Array(0), portOf(core, server), host);
      await until('it was counted', () => server.traffic.emptyDatagrams === 1);
      assert.deepEqual([server.status, log.length], ['open', 3]);
      plain.close();
    }),
  );

  it(
    'keep their address when a stranger writes, but hear him',
    withCore(async (core) => {
      const { log, filter } = recorder();
      const server = await udp(core, { server: true, service: true });
      const client = await udp(core, { service: portOf(core, server), filter });
      const stranger = await udp(core, { service: portOf(core, client) });
      await core.processSendString(stranger, 'strange');
      await until('it was heard', () => log.length === 1);
      assert.deepEqual(core.processDatagramAddress(client), [127, 0, 0, 1, portOf(core, server)]);
      assert.deepEqual(client.byteLog.entries[0]!.peer, [127, 0, 0, 1, portOf(core, stranger)]);
      const strict = await udp(core, { service: portOf(core, server), connected: true, filter });
      core.setProcessDatagramAddress(stranger, [127, 0, 0, 1, portOf(core, strict)]);
      await core.processSendString(stranger, 'again');
      await pause(50);
      assert.equal(log.length, 1);
    }),
  );

  it(
    'say why a datagram cannot go, and stay open',
    withCore(async (core) => {
      const client = await udp(core, { service: 9 });
      await assert.rejects(core.processSendString(client, Buffer.alloc(65_508)), {
        code: 'NP_SEND_TOO_LARGE',
        message: 'Sending datagram: Message too long (127.0.0.1:9)',
      });
      const broad = await udp(core, { host: '255.255.255.255', service: 9 });
      await assert.rejects(core.processSendString(broad, 'x'), { code: 'NP_SEND_PERMISSION' });
      const allowed = await udp(core, { host: '127.255.255.255', service: 9, broadcast: true });
      await core.processSendString(allowed, 'x');
      await core.processSendString(client, '');
      await core.processSendEof(client);
      assert.deepEqual([client.status, client.traffic.messagesSent], ['open', 0]);
    }),
  );

  it(
    'refuse addresses of another kind',
    withCore(async (core) => {
      const client = await udp(core, { service: 9 });
      for (const bad of ['path', [1, 2], [0, 0, 0, 0, 0, 0, 0, 1, 9], null, [999, 0, 0, 1, 9]]) {
        assert.equal(core.setProcessDatagramAddress(client, bad), null);
      }
      assert.deepEqual(core.setProcessDatagramAddress(client, [127, 0, 0, 1, 10]), [127, 0, 0, 1, 10]);
      assert.deepEqual(core.processContact(client, 'remote'), [127, 0, 0, 1, 10]);
    }),
  );

  it(
    'open without waiting, too',
    withCore(async (core) => {
      const { log, sentinel } = recorder();
      const client = await udp(core, { service: 9, nowait: true, sentinel });
      await until('it is open', () => log.length === 1);
      assert.deepEqual([log, client.status], [['sentinel open open'], 'open']);
    }),
  );
});
