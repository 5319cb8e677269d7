import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import { createNetworkProcesses, type NetworkProcess } from '../../../src/core';
import { codeOf, pause, plainServer, recorder, until, withCore } from './support';

const host = '127.0.0.1';

/** What a first review with hostile probes found; each stays found. */
describe('the core under odd treatment', () => {
  it(
    'answers the sender of what its filter has, not the last one heard',
    withCore(async (core) => {
      const server = (await core.makeNetworkProcess({
        name: 's',
        type: 'datagram',
        server: true,
        host,
        service: true,
        filter: async (process, text) => {
          await pause(5);
          await core.processSendString(process, `re:${text as string}`);
        },
      }))!;
      const port = core.processContact(server, 'service') as number;
      const answers: string[] = [];
      const peers = ['A', 'B'].map((name) => {
        const socket = dgram.createSocket('udp4');
        socket.on('message', (m) => answers.push(`${name} ${m.toString()}`)).send(name, port, host);
        return socket;
      });
      await until('both are answered', () => answers.length === 2);
      assert.deepEqual(answers.sort(), ['A re:A', 'B re:B']);
      for (const socket of peers) socket.close();
    }),
  );

  it(
    'does not bring back what a listener has deleted',
    withCore(async (core) => {
      const { log, sentinel } = recorder();
      const server = (await core.makeNetworkProcess({ name: 's', server: true, host, service: true, sentinel }))!;
      const subscription = core.onDidChangeProcess(({ process, kind }) => {
        if (kind === 'added' && process.server) core.deleteProcess(process);
      });
      const socket = net.connect(core.processContact(server, 'service') as number, host).on('error', () => undefined);
      socket.resume();
      await once(socket, 'close');
      assert.deepEqual([log, server.clients.count, core.processList().length], [['sentinel deleted closed'], 0, 1]);
      subscription.dispose();
      core.onDidChangeProcess(({ process, kind }) => {
        if (process.name === 'gone' && kind === 'state' && process.status === 'open') core.deleteProcess(process);
      });
      const service = core.processContact(server, 'service');
      assert.equal(await codeOf(core.makeNetworkProcess({ name: 'gone', host, service })), 'NP_CANCELLED');
      assert.equal(core.getProcess('gone'), null);
    }),
  );

  it(
    'loses no byte when the coding system changes within a character',
    withCore(async (core) => {
      const changes: [string, (p: NetworkProcess) => void, string][] = [
        ['utf-8-unix', (p) => core.setProcessCodingSystem(p, 'latin-1-unix', 'utf-8-unix'), 'a|Ã©b'],
        ['utf-8-unix', (p) => core.setProcessFilterMultibyte(p, null), 'a|\xc3\xa9b'],
      ];
      for (const [coding, change, expected] of changes) {
        const peer = await plainServer((socket) => {
          socket.write(Buffer.from('a\xc3', 'latin1'));
          socket.on('data', () => socket.write(Buffer.from('\xa9b', 'latin1')));
        });
        const { log, filter } = recorder();
        const process = (await core.makeNetworkProcess({ name: 'c', host, service: peer.port, coding, filter }))!;
        await until('the first came', () => log.length === 1);
        change(process);
        await core.processSendString(process, 'go');
        await until('the second came', () => log.length === 2);
        assert.equal(log.map((l) => l.slice('filter '.length)).join('|'), expected);
        peer.close();
      }
    }),
  );

  it(
    'keeps the process mark right when the buffer is trimmed or turned to bytes',
    withCore(async (core) => {
      core.options.bufferTextBytes = 100_000;
      const peer = await plainServer((socket) => {
        socket.write('x'.repeat(120_000));
        socket.on('data', (d) => socket.write(d));
      });
      const process = (await core.makeNetworkProcess({ name: 'c', host, service: peer.port, buffer: 'B' }))!;
      const buffer = process.buffer!;
      await until('it is trimmed', () => buffer.size + buffer.trimmed === 120_000);
      assert.equal(core.processMark(process).position, buffer.pointMax);
      buffer.insertAt(buffer.pointMax, 'typed');
      await core.processSendString(process, 'more');
      await until('more came', () => buffer.fullText().includes('more'));
      assert.ok(buffer.fullText().endsWith('moretyped'));
      buffer.setMultibyte(false);
      await core.processSendString(process, 'last');
      await until('the last came', () => buffer.fullText().includes('last'));
      assert.ok(buffer.fullText().endsWith('morelasttyped'));
      peer.close();
    }),
  );

  it(
    'ends a stopped process whose writes find the connection reset',
    withCore(async (core) => {
      const peer = await plainServer((socket) => void setTimeout(() => socket.resetAndDestroy(), 20));
      const { log, sentinel } = recorder();
      const process = (await core.makeNetworkProcess({ name: 'c', host, service: peer.port, sentinel, stop: true }))!;
      await pause(60);
      for (let i = 0; i < 5; i++) await core.processSendString(process, 'x').catch(() => undefined);
      await until('the end is told', () => log.length === 1);
      assert.deepEqual(log, ['sentinel connection broken by remote peer closed']);
      peer.close();
    }),
  );

  it(
    'sends to port 0 with an error, not for ever',
    withCore(async (core) => {
      const process = (await core.makeNetworkProcess({ name: 'u', type: 'datagram', host, service: 0 }))!;
      await assert.rejects(core.processSendString(process, 'x'), { message: /^Writing to process: Invalid argument/ });
      assert.equal(process.traffic.bytesQueued, 0);
    }),
  );

  it(
    'keeps the order of sends and end of file while connecting',
    withCore(async (core) => {
      let got = '';
      const peer = await plainServer((socket) =>
        socket.on('data', (d) => (got += d.toString())).on('end', () => (got += '<end>')),
      );
      const process = (await core.makeNetworkProcess({ name: 'c', host, service: peer.port, nowait: true }))!;
      await Promise.all([
        core.processSendString(process, 'A'),
        core.processSendEof(process),
        core.processSendString(process, 'B'),
      ]);
      await until('the end came', () => got.endsWith('<end>'));
      assert.equal(got, 'A<end>');
      peer.close();
    }),
  );

  it(
    'tells when an end of file is lost behind what the peer does not read',
    withCore(async (core) => {
      const peer = await plainServer((socket) => socket.pause());
      const process = (await core.makeNetworkProcess({ name: 'c', host, service: peer.port, coding: 'binary' }))!;
      const sends = [codeOf(core.processSendString(process, Buffer.alloc(20e6))), codeOf(core.processSendEof(process))];
      await pause(20);
      core.deleteProcess(process);
      assert.deepEqual(await Promise.all(sends), ['NP_SEND_LOST', 'NP_SEND_LOST']);
      peer.close();
    }),
  );

  it('makes nothing once it is disposed, not even what was under way', async () => {
    const core = createNetworkProcesses();
    const under = codeOf(core.makeNetworkProcess({ name: 's', server: true, host: 'localhost', service: true }));
    core.dispose();
    assert.equal(await under, 'NP_CANCELLED');
    assert.equal(
      await codeOf(core.makeNetworkProcess({ name: 's', server: true, host, service: true })),
      'NP_CANCELLED',
    );
    assert.deepEqual(core.processList(), []);
  });

  it(
    'fails an unknown service later when nobody waits',
    withCore(async (core) => {
      const { log, sentinel } = recorder();
      await core.makeNetworkProcess({ name: 'c', host, service: 'no-such-service', nowait: true, sentinel });
      await until('it failed', () => log.length === 1);
      assert.match(log[0]!, /^sentinel failed with 127\.0\.0\.1\/no-such-service .* failed$/);
    }),
  );

  it(
    'shows in its byte log what went over the wire',
    withCore(async (core) => {
      const peer = await plainServer((socket) => socket.on('data', (d) => socket.write(d)));
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host,
        service: peer.port,
        coding: 'binary',
        filter: (_, bytes) => void (bytes as Uint8Array).fill(0),
      }))!;
      const bytes = Buffer.from('true');
      const sent = core.processSendString(process, bytes);
      bytes.fill(0);
      await sent;
      await until('it came back', () => process.byteLog.entries.length === 2);
      assert.deepEqual(
        process.byteLog.entries.map((e) => Buffer.from(e.bytes).toString()),
        ['true', 'true'],
      );
      peer.close();
    }),
  );

  it(
    'goes on accepting when the limit of clients is raised',
    withCore(async (core) => {
      core.options.maxClients = 1;
      const server = (await core.makeNetworkProcess({ name: 's', server: true, host, service: true }))!;
      const sockets = [0, 1, 2].map(() => net.connect(core.processContact(server, 'service') as number, host));
      await until('one is there', () => server.clients.count === 1);
      core.options.maxClients = 3;
      await until('all are there', () => server.clients.count === 3);
      for (const socket of sockets) socket.destroy();
    }),
  );

  it(
    'is gone from the wire when a datagram was sent and the process deleted at once',
    withCore(async (core) => {
      const { log, filter } = recorder();
      const server = (await core.makeNetworkProcess({
        name: 's',
        type: 'datagram',
        server: true,
        host,
        service: true,
        filter,
      }))!;
      const client = (await core.makeNetworkProcess({
        name: 'c',
        type: 'datagram',
        host,
        service: core.processContact(server, 'service'),
      }))!;
      core.processSendString(client, 'last').catch(() => undefined);
      core.deleteProcess(client);
      await until('it came', () => log.length === 1);
    }),
  );

  it(
    'the default filter and sentinel, given by name, are no own ones',
    withCore(async (core) => {
      const filter = core.internalDefaultProcessFilter;
      const sentinel = core.internalDefaultProcessSentinel;
      const server = (await core.makeNetworkProcess({
        name: 's',
        server: true,
        host,
        service: true,
        filter,
        sentinel,
      }))!;
      await core.makeNetworkProcess({ name: 'c', host, service: core.processContact(server, 'service') as number });
      await until('the client', () => core.processList().some((process) => process.server === server));
      const accepted = core.processList().find((process) => process.server === server)!;
      assert.equal(accepted.buffer?.name, accepted.name);
    }),
  );

  it(
    'a coding system that is set begins anew, with its mark',
    withCore(async (core) => {
      const peer = await plainServer((socket) => socket.pipe(socket));
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host,
        service: peer.port,
        coding: 'binary',
        buffer: 'b',
      }))!;
      for (let i = 0; i < 2; i++) {
        core.setProcessCodingSystem(process, 'binary', 'utf-16-unix');
        await core.processSendString(process, 'a');
      }
      await until('both texts', () => process.traffic.bytesReceived === 8);
      peer.close();
    }),
  );

  it(
    'giving up a connection that nobody waited for ends it with a sentinel, once',
    withCore(async (core) => {
      const { sentinel, log } = recorder();
      const giveUp = new AbortController();
      const spec = { name: 'c', host: 'localhost', service: 9, nowait: true, sentinel };
      const process = (await core.makeNetworkProcess(spec, { signal: giveUp.signal }))!;
      assert.equal(process.status, 'connect');
      giveUp.abort();
      await until('its end', () => process.status === 'closed');
      await pause(20);
      assert.deepEqual(log, ['sentinel deleted closed']);
      assert.deepEqual(core.processList(), []);
    }),
  );
});
