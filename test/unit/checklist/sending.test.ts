import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import type { NetworkProcess } from '../../../src/core';
import { pause, plainServer, recorder, until } from '../core/support';
import { connect, deadPort, host, make, row, serve, signalOf, udp, wrongType } from './row';

/** A plain server that remembers, as one text, what all its clients sent. */
async function listener(): Promise<{ port: number; heard: () => string; close: () => void }> {
  const heard: Buffer[] = [];
  const { port, close } = await plainServer((socket) => {
    socket.on('data', (data) => heard.push(data)).on('end', () => heard.push(Buffer.from('<end>')));
  });
  return { port, close, heard: () => Buffer.concat(heard).toString() };
}

describe('checklist: sending', () => {
  row('SND-01', 'texts and regions go in the order of the calls, and give nothing', async (core) => {
    const peer = await listener();
    const client = await connect(core, peer.port);
    const buffer = core.getBufferCreate('B');
    buffer.insert('0123456789');
    const results = await Promise.all([
      core.processSendString(client, 'one '),
      core.processSendRegion(client, buffer, 3, 6),
      core.processSendString(client, ' two'),
    ]);
    await until('all came', () => peer.heard().length === 11);
    assert.deepEqual([results, peer.heard()], [[undefined, undefined, undefined], 'one 234 two']);
    const [condition] = await signalOf(() => core.processSendRegion(client, buffer, 3, 99));
    assert.equal(condition, 'args-out-of-range');
    peer.close();
  });

  row('SND-02', 'closed, failed and listening processes are not running', async (core) => {
    const server = await serve(core);
    const closed = await connect(core, server);
    core.deleteProcess(closed);
    const failed = await make(core, { name: 'f', host, service: await deadPort(), nowait: true });
    await until('it has failed', () => failed.status === 'failed');
    const errors = [closed, failed, server].map((p) => signalOf(() => core.processSendString(p, 'x')));
    assert.deepEqual(
      await Promise.all(errors),
      ['c', 'f', 's'].map((name) => ['error', `Process ${name} not running`]),
    );
  });

  row('SND-03', 'what is sent while connecting goes when it is open, or is refused', async (core) => {
    const peer = await listener();
    const { log, sentinel } = recorder();
    const client = await connect(core, peer.port, { nowait: true, sentinel });
    assert.equal(client.status, 'connect');
    await core.processSendString(client, 'early');
    assert.deepEqual(log, ['sentinel open open']);
    await until('it came', () => peer.heard() === 'early');
    const refused = await connect(core, await deadPort(), { name: 'f', nowait: true });
    assert.deepEqual(await signalOf(() => core.processSendString(refused, 'x')), ['error', 'Process f not running']);
    peer.close();
  });

  row('SND-04', 'the second write to a peer that is gone is an error and ends the process', async (core) => {
    const peer = await plainServer((socket) => socket.destroy());
    const { log, sentinel } = recorder();
    const client = await connect(core, peer.port, { sentinel, stop: true });
    await until('the peer is gone', () => peer.sockets[0]?.closed);
    await pause(20);
    await core.processSendString(client, 'first');
    await pause(20);
    assert.deepEqual(await signalOf(() => core.processSendString(client, 'second')), [
      'error',
      'process c no longer connected to pipe; closed it',
    ]);
    await until('the end is told', () => log.length === 1);
    assert.deepEqual(
      [log, core.processExitStatus(client)],
      [['sentinel connection broken by remote peer closed'], 256],
    );
    peer.close();
  });

  row('SND-05', 'a send ends when the system has it all, and the rest goes on meanwhile', async (core) => {
    const size = 24 * 1024 * 1024;
    const peer = await plainServer((socket) => socket.pause());
    const client = await connect(core, peer.port);
    let isDone = false;
    const sent = core.processSendString(client, Buffer.alloc(size, 'x')).then(() => (isDone = true));
    const { log, filter } = recorder();
    const echo = await plainServer((socket) => socket.end('other'));
    await connect(core, echo.port, { filter });
    await until('another process is heard', () => log[0] === 'filter other');
    await pause(50);
    const { bytesQueued, bytesSent } = client.traffic;
    assert.ok(bytesQueued > 0 && bytesQueued + bytesSent === size);
    assert.equal(isDone, false);
    let heard = 0;
    peer.sockets[0]!.on('data', (data) => (heard += data.length)).resume();
    await sent;
    assert.equal(client.traffic.bytesQueued, 0);
    await until('all came', () => heard === size);
    peer.close();
    echo.close();
  });

  row('SND-06', 'what a filter sends comes behind what was sent before', async (core) => {
    const first = 24 * 1024 * 1024;
    core.options.sendQueueBytes = 2 * first;
    const peer = await plainServer((socket) => socket.pause().write('go'));
    let hasSent = false;
    const client = await connect(core, peer.port, {
      filter: (p: NetworkProcess) => {
        hasSent = true;
        void core.processSendString(p, 'SECOND');
      },
    });
    const sent = core.processSendString(client, Buffer.alloc(first, 'F'));
    await until('the filter sends', () => hasSent);
    let heard = 0;
    let last = '';
    peer.sockets[0]!.on('data', (data: Buffer) => {
      heard += data.length;
      last = (last + data.toString('latin1')).slice(-8);
    }).resume();
    await sent;
    await until('all came', () => heard === first + 6);
    assert.equal(last, 'FFSECOND');
    peer.close();
  });

  row('SND-07', 'after the end of file it is still read, and sends are dropped', async (core) => {
    let heard = '';
    const peer = await plainServer((socket) => {
      socket.on('data', (data: Buffer) => (heard += data.toString()));
      socket.on('end', () => {
        heard += '<end>';
        socket.write('answer');
      });
    });
    const { log, filter } = recorder();
    const client = await connect(core, peer.port, { filter });
    await core.processSendString(client, 'question');
    await core.processSendEof(client);
    await core.processSendEof(client);
    await until('the answer came', () => log.length === 1);
    assert.equal(await core.processSendString(client, 'more'), undefined);
    await pause(20);
    assert.deepEqual([heard, log, client.status], ['question<end>', ['filter answer'], 'open']);
    peer.sockets[0]!.end();
    await until('it is closed', () => client.status === 'closed');
    peer.close();
  });

  row('SND-08', 'nothing is sent as nothing', async (core) => {
    const socket = dgram.createSocket('udp4').bind(0, host);
    await once(socket, 'listening');
    const heard: string[] = [];
    socket.on('message', (m) => heard.push(m.toString()));
    const client = await udp(core, { service: socket.address().port });
    await core.processSendString(client, '');
    await core.processSendString(client, new Uint8Array(0));
    await core.processSendString(client, 'x');
    await until('one came', () => heard.length > 0);
    await pause(20);
    assert.deepEqual([heard, client.traffic.messagesSent], [['x'], 1]);
    socket.close();
  });

  row('SND-09', 'what is no text is refused before the process is looked at', async (core) => {
    const client = await connect(core, await serve(core));
    for (const by of [client, 'nobody']) {
      assert.deepEqual(await signalOf(() => core.processSendString(by, 5 as never)), wrongType('stringp', 5));
    }
    assert.deepEqual(await signalOf(() => core.processSendString(client, null as never)), wrongType('stringp'));
  });
});
