import assert from 'node:assert/strict';
import type { Filter, NetworkProcess, NetworkProcesses } from '../../../src/core';
import { pause, plainServer, recorder, until } from '../core/support';
import { bytes, connect, row, serve, udp } from './row';

/** A client whose peer sends back what it gets. */
async function echoed(core: NetworkProcesses, more: Record<string, unknown>): Promise<NetworkProcess> {
  const peer = await plainServer((socket) => socket.on('data', (data) => socket.write(data)));
  return connect(core, peer.port, more);
}

/** Sends a text and waits until its echo is in the buffer. */
async function output(core: NetworkProcesses, client: NetworkProcess, text: string): Promise<void> {
  await core.processSendString(client, text);
  await until(`${text} came back`, () => client.buffer!.fullText().includes(text));
}

describe('checklist: filters', () => {
  row('FIL-01', 'the default filter inserts at the process mark, or nowhere', async (core) => {
    const client = await echoed(core, { buffer: 'B' });
    await output(core, client, 'one');
    client.buffer!.insertAt(client.buffer!.pointMax, '>typed');
    await output(core, client, 'two');
    assert.deepEqual([client.buffer!.fullText(), core.processMark(client).position], ['onetwo>typed', 7]);
    const bare = await echoed(core, {});
    await core.processSendString(bare, 'lost');
    await until('it came', () => bare.traffic.bytesReceived === 4);
    assert.deepEqual([bare.status, core.bufferList().length], ['open', 1]);
  });

  row('FIL-02', 'point behind the insertion moves along, before it stays', async (core) => {
    const client = await echoed(core, { buffer: 'B' });
    const buffer = client.buffer!;
    await output(core, client, '12345');
    const points = [buffer.point];
    buffer.gotoChar(3);
    await output(core, client, '678');
    points.push(buffer.point);
    buffer.insertAt(buffer.pointMax, 'typed');
    buffer.gotoChar(11);
    await output(core, client, '9a');
    points.push(buffer.point);
    assert.deepEqual(points, [6, 3, 13]);
  });

  row('FIL-03', 'read-only and narrowed buffers are written at the mark, and stay so', async (core) => {
    const client = await echoed(core, { buffer: 'B' });
    const buffer = client.buffer!;
    await output(core, client, '12345');
    buffer.readOnly = true;
    buffer.narrowToRegion(2, 4);
    await output(core, client, '67');
    assert.deepEqual([buffer.fullText(), buffer.text(), buffer.readOnly], ['1234567', '23', true]);
  });

  row('FIL-04', 'the mark starts at the end of the buffer', async (core) => {
    core.getBufferCreate('B').insert('before|');
    const client = await echoed(core, { buffer: 'B' });
    assert.equal(core.processMark(client).position, 8);
    await output(core, client, 'text');
    assert.equal(client.buffer!.fullText(), 'before|text');
  });

  row('FIL-05', 'with the filter true nothing is read and no end is seen', async (core) => {
    const peer = await plainServer((socket) => socket.end('text'));
    const { log, filter, sentinel } = recorder();
    const client = await connect(core, peer.port, { filter: true, sentinel });
    await pause(50);
    assert.deepEqual([log, client.status, client.traffic.bytesReceived], [[], 'open', 0]);
    assert.equal(core.processFilter(client), true);
    core.setProcessFilter(client, filter);
    await until('the end is told', () => log.length === 2);
    assert.deepEqual(log, ['filter text', 'sentinel connection broken by remote peer closed']);
    peer.close();
    // Also of a chunk that was read already.
    const large = await plainServer((socket) => socket.end(Buffer.alloc(20_000, 'x')));
    let heard = 0;
    const count: Filter = (p, text) => {
      heard += text.length;
      if (heard === text.length) core.setProcessFilter(p, true);
    };
    const half = await connect(core, large.port, { filter: count });
    await until('a part was filtered', () => heard > 0);
    await pause(30);
    assert.ok(heard <= 4096 && half.status === 'open');
    core.setProcessFilter(half, count);
    await until('all came', () => heard === 20_000 && half.status === 'closed');
    large.close();
  });

  row('FIL-06', 'killing a buffer deletes all its processes', async (core) => {
    const { log, sentinel } = recorder();
    const [a, b] = [await serve(core, { buffer: 'B', sentinel }), await serve(core, { buffer: 'B', sentinel })];
    const other = await serve(core, { buffer: 'C', sentinel });
    core.killBuffer('B');
    assert.deepEqual(log, ['sentinel deleted closed', 'sentinel deleted closed']);
    assert.deepEqual([a.status, b.status, core.processList()], ['closed', 'closed', [other]]);
  });

  row('FIL-07', 'a filter gets at most readProcessOutputMax bytes at once', async (core) => {
    const sizes: number[] = [];
    const filter = (_: unknown, text: string): void => void sizes.push(text.length);
    const peer = await plainServer((socket) => void socket.write(Buffer.alloc(10_000, 'x')));
    await connect(core, peer.port, { filter });
    const sum = (): number => sizes.reduce((a, b) => a + b, 0);
    await until('all came', () => sum() === 10_000);
    assert.equal(Math.max(...sizes), 4096);
    core.options.readProcessOutputMax = 10;
    await connect(core, peer.port, { filter });
    await until('all came again', () => sum() === 20_000);
    assert.ok(sizes.filter((size) => size === 10).length > 900);
    peer.close();
  });

  row('FIL-08', 'a filter never gets an empty string', async (core) => {
    const heard: unknown[] = [];
    const filter = (_: unknown, text: unknown): void => void heard.push(text);
    const peer = await plainServer((socket) => {
      socket.write(bytes('\xc3'));
      setTimeout(() => socket.write(bytes('\xa9')), 30);
    });
    const client = await connect(core, peer.port, { filter, coding: 'utf-8-unix' });
    await until('the first byte came', () => client.traffic.bytesReceived === 1);
    assert.deepEqual(heard, []);
    const server = await udp(core, { server: true, service: true, filter });
    const sender = await udp(core, { service: core.processContact(server, 'service') });
    const plain = (await import('node:dgram')).createSocket('udp4');
    plain.send(new Uint8Array(0), core.processContact(server, 'service') as number, '127.0.0.1');
    await until('the empty one came', () => server.traffic.emptyDatagrams === 1);
    await core.processSendString(sender, 'full');
    await until('all came', () => heard.length === 2);
    assert.deepEqual(heard.sort(), ['full', 'é']);
    plain.close();
    peer.close();
  });
});
