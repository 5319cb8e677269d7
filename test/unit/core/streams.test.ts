import assert from 'node:assert/strict';
import net from 'node:net';
import type { NetworkProcess } from '../../../src/core';
import { codeOf, pause, plainServer, recorder, until, withCore } from './support';

const loopback = '127.0.0.1';

describe('stream processes', () => {
  it(
    'deliver data before the end, and the end once',
    withCore(async (core) => {
      const peer = await plainServer((socket) => socket.end('last words'));
      const { log, filter, sentinel } = recorder();
      const process = await core.makeNetworkProcess({
        name: 'c',
        host: loopback,
        service: peer.port,
        filter,
        sentinel,
      });
      await until('it is closed', () => log.length === 2);
      assert.deepEqual(log, ['filter last words', 'sentinel connection broken by remote peer closed']);
      assert.equal(core.processExitStatus(process!), 256);
      core.deleteProcess(process!);
      assert.equal(log.length, 2);
      peer.close();
    }),
  );

  it(
    'keep what was read before a reset, also while stopped',
    withCore(async (core) => {
      const peer = await plainServer(
        (socket) => void socket.write('kept', () => setTimeout(() => socket.resetAndDestroy(), 20)),
      );
      const { log, filter, sentinel } = recorder();
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host: loopback,
        service: peer.port,
        filter,
        sentinel,
        stop: true,
      }))!;
      await pause(80);
      assert.deepEqual([log, process.status], [[], 'stop']);
      core.continueProcess(process);
      await until('the end is told', () => log.length === 2);
      assert.deepEqual(log, ['filter kept', 'sentinel connection broken by remote peer closed']);
      peer.close();
    }),
  );

  it(
    'are not read while stopped, and the peer feels it',
    withCore(async (core) => {
      let taken = 0;
      const peer = await plainServer((socket) => {
        const chunk = Buffer.alloc(65536);
        const more = (): void => {
          while (taken < 64e6 && socket.write(chunk)) taken += chunk.length;
        };
        socket.on('drain', more);
        more();
      });
      let heard = 0;
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host: loopback,
        service: peer.port,
        stop: true,
        coding: 'binary',
        filter: (_, output) => void (heard += output.length),
      }))!;
      await pause(150);
      assert.equal(heard, 0);
      assert.ok(taken < 32e6, `${taken} bytes were taken`);
      core.continueProcess(process);
      await until('much is heard', () => heard > 40e6);
      peer.close();
    }),
  );

  it(
    'wait for a filter’s promise, one call at a time, in order',
    withCore(async (core) => {
      const peer = await plainServer((socket) => {
        for (let i = 0; i < 5; i++) setTimeout(() => socket.write(`<${i}>`), i * 5);
        setTimeout(() => socket.end(), 30);
      });
      let running = 0;
      const seen: string[] = [];
      await core.makeNetworkProcess({
        name: 'c',
        host: loopback,
        service: peer.port,
        filter: async (_, output) => {
          assert.equal(++running, 1);
          await pause(15);
          seen.push(output as string);
          running--;
        },
        sentinel: (_, message) => void seen.push(message),
      });
      await until('the end is told', () => seen.at(-1)?.startsWith('connection'));
      assert.equal(seen.join(''), '<0><1><2><3><4>connection broken by remote peer\n');
      peer.close();
    }),
  );

  it(
    'pass at most readProcessOutputMax bytes at once',
    withCore(async (core) => {
      const peer = await plainServer((socket) => socket.write(Buffer.alloc(10_000, 'x')));
      const sizes: number[] = [];
      await core.makeNetworkProcess({
        name: 'c',
        host: loopback,
        service: peer.port,
        filter: (_, output) => void sizes.push(output.length),
      });
      await until('all is there', () => sizes.reduce((a, b) => a + b, 0) === 10_000);
      assert.ok(
        sizes.every((n) => n <= 4096),
        String(sizes),
      );
      peer.close();
    }),
  );

  it(
    'survive what filters and sentinels throw, and report it',
    withCore(async (core) => {
      const reports: string[] = [];
      core.onDidReportError((r) => reports.push(`${r.source} ${r.process?.name} ${(r.error as Error).message}`));
      const peer = await plainServer((socket) => {
        socket.write('boom');
        socket.on('data', () => socket.end('calm'));
      });
      let calls = 0;
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host: loopback,
        service: peer.port,
        filter: () => {
          calls++;
          if (calls === 1) throw new Error('first');
          return Promise.reject(new Error('second'));
        },
        sentinel: () => {
          throw new Error('third');
        },
      }))!;
      await until('it was called', () => calls === 1);
      await core.processSendString(process, 'next');
      await until('it is closed', () => reports.length === 3);
      assert.deepEqual(reports, ['filter c first', 'filter c second', 'sentinel c third']);
      assert.deepEqual(core.processList(), []);
      peer.close();
    }),
  );

  it(
    'can be deleted in their own filter; nothing comes afterwards',
    withCore(async (core) => {
      const peer = await plainServer((socket) => socket.write(Buffer.alloc(20_000, 'x')));
      const log: string[] = [];
      await core.makeNetworkProcess({
        name: 'c',
        host: loopback,
        service: peer.port,
        filter: (process) => {
          log.push('filter');
          core.deleteProcess(process);
          log.push(`after ${process.status}`);
        },
        sentinel: (_, message) => void log.push(message),
      });
      await until('it is deleted', () => log.length === 3);
      await pause(20);
      assert.deepEqual(log, ['filter', 'deleted\n', 'after closed']);
      peer.close();
    }),
  );

  it(
    'send in order, refuse to fill memory, and tell what was lost',
    withCore(async (core) => {
      core.options.sendQueueBytes = 1_000_000;
      const peer = await plainServer((socket) => socket.pause());
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host: loopback,
        service: peer.port,
        coding: 'binary',
      }))!;
      const big = core.processSendString(process, Buffer.alloc(30e6));
      assert.equal(await codeOf(core.processSendString(process, 'more')), 'NP_SEND_QUEUE_FULL');
      assert.ok(process.traffic.bytesQueued > 1e6);
      const lost = codeOf(big);
      core.deleteProcess(process);
      assert.equal(await lost, 'NP_SEND_LOST');
      assert.equal(process.traffic.bytesQueued, 0);
      assert.equal(await codeOf(core.processSendString(process, 'x')), 'NP_SEND_NOT_RUNNING');
      assert.equal(await codeOf(core.processSendEof(process)), 'NP_SEND_NOT_RUNNING');
      peer.close();
    }),
  );

  it(
    'end when a write finds the peer gone, stopped or not',
    withCore(async (core) => {
      const peer = await plainServer((socket) => void setTimeout(() => socket.resetAndDestroy(), 20));
      const { log, sentinel } = recorder();
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host: loopback,
        service: peer.port,
        sentinel,
        filter: true,
      }))!;
      let error: { code?: string } = {};
      for (let i = 0; i < 50 && !error.code; i++) {
        await core.processSendString(process, 'hello').catch((e: { code?: string }) => (error = e));
        await pause(5);
      }
      assert.match(String(error.code), /NP_SEND_(PEER_GONE|FAILED|LOST|NOT_RUNNING)/);
      core.setProcessFilter(process, null);
      await until('the end is told', () => log.length === 1);
      assert.deepEqual(log, ['sentinel connection broken by remote peer closed']);
      peer.close();
    }),
  );

  it(
    'close their sending half and still hear the answer',
    withCore(async (core) => {
      const peer = await plainServer((socket) => {
        socket.resume();
        socket.on('end', () => socket.end('answer'));
      });
      const { log, filter, sentinel } = recorder();
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host: loopback,
        service: peer.port,
        filter,
        sentinel,
      }))!;
      await core.processSendEof(process);
      assert.deepEqual([process.sentEof, process.status], [true, 'open']);
      await core.processSendString(process, 'into nothing');
      await until('it is closed', () => log.length === 2);
      assert.equal(log[0], 'filter answer');
      peer.close();
    }),
  );

  it(
    'wait with what is sent while connecting; a refusal is told',
    withCore(async (core) => {
      const got: string[] = [];
      const peer = await plainServer((socket) => socket.on('data', (d) => got.push(d.toString())));
      const process = (await core.makeNetworkProcess({
        name: 'c',
        host: 'localhost',
        family: 'ipv4',
        service: peer.port,
        nowait: true,
      }))!;
      assert.equal(process.status, 'connect');
      await Promise.all([core.processSendString(process, 'one '), core.processSendString(process, 'two')]);
      await until('it came', () => got.join('') === 'one two');
      const { log, sentinel } = recorder();
      const refused = (await core.makeNetworkProcess({
        name: 'r',
        host: loopback,
        service: 1,
        nowait: true,
        sentinel,
      }))!;
      assert.equal(await codeOf(core.processSendString(refused, 'x')), 'NP_SEND_NOT_RUNNING');
      assert.deepEqual(
        [log, refused.status, core.processExitStatus(refused)],
        [['sentinel failed with code 111 failed'], 'failed', 111],
      );
      assert.equal(core.getProcess('r'), refused);
      core.deleteProcess(refused);
      assert.deepEqual([log[1], core.getProcess('r')], ['sentinel deleted closed', null]);
      peer.close();
    }),
  );

  it(
    'tell a failed lookup too, when nobody waits',
    withCore(async (core) => {
      const { log, sentinel } = recorder();
      const process = (await core.makeNetworkProcess({
        name: 'd',
        host: 'no-such-host.invalid',
        service: 80,
        nowait: true,
        sentinel,
      }))!;
      await until('it failed', () => log.length === 1);
      assert.match(log[0]!, /^sentinel failed with no-such-host\.invalid\/80 .* failed$/);
      assert.equal(core.processExitStatus(process), 'Name lookup of no-such-host.invalid failed');
    }),
  );

  it(
    'can be cancelled while connecting, by signal or by deletion, and leave nothing',
    withCore(async (core) => {
      // A listener whose queue is full leaves further connects without an answer.
      const server = (await core.makeNetworkProcess({
        name: 's',
        server: 0,
        host: loopback,
        service: true,
        stop: true,
      }))!;
      const service = core.processContact(server, 'service');
      const fillers = Array.from({ length: 4 }, () =>
        net.connect(service as number, loopback).on('error', () => undefined),
      );
      await pause(50);
      const abort = new AbortController();
      const first = codeOf(core.makeNetworkProcess({ name: 'a', host: loopback, service }, { signal: abort.signal }));
      const second = codeOf(core.makeNetworkProcess({ name: 'b', host: loopback, service }));
      await until('both connect', () => core.processList().length === 3);
      abort.abort();
      core.deleteProcess('b');
      assert.deepEqual([await first, await second], ['NP_CANCELLED', 'NP_CANCELLED']);
      assert.deepEqual(core.processList(), [server]);
      core.options.connectTimeoutMs = 60;
      const late = await core.makeNetworkProcess({ name: 'c', host: loopback, service }).catch((e: Error) => e);
      assert.match(
        (late as Error).message,
        /^make client process failed: Connection timed out \(127\.0\.0\.1:\d+.*60 ms\)$/,
      );
      assert.deepEqual(core.processList(), [server]);
      for (const filler of fillers) filler.destroy();
    }),
  );

  it(
    'insert at the process mark, whatever the restriction',
    withCore(async (core) => {
      const peer = await plainServer((socket) => {
        socket.write('ONE.');
        socket.on('data', () => socket.write('TWO.'));
      });
      const process = (await core.makeNetworkProcess({ name: 'c', host: loopback, service: peer.port, buffer: 'B' }))!;
      const buffer = process.buffer!;
      await until('the first came', () => buffer.size === 4);
      buffer.insertAt(buffer.pointMax, 'typed');
      buffer.narrowToRegion(1, 2);
      buffer.readOnly = true;
      await core.processSendString(process, 'go');
      await until('the second came', () => buffer.size > 9);
      assert.equal(buffer.fullText(), 'ONE.TWO.typed');
      assert.deepEqual([core.processMark(process).position, buffer.text()], [9, 'O']);
      core.killBuffer(buffer);
      assert.deepEqual([process.status, core.processList(), core.processBuffer(process)?.name], ['closed', [], null]);
      peer.close();
    }),
  );

  it(
    'give several processes of one buffer their own ends',
    withCore(async (core) => {
      const peer = await plainServer(() => undefined);
      const make = (name: string): Promise<NetworkProcess | null> =>
        core.makeNetworkProcess({ name, host: loopback, service: peer.port, buffer: 'B' });
      const [a, b] = [(await make('p'))!, (await make('p'))!];
      assert.deepEqual([a.name, b.name, core.getBufferProcess('B')], ['p', 'p<1>', b]);
      core.deleteProcess(b);
      assert.equal(core.getBufferProcess('B'), a);
      assert.equal(core.getBuffer('B')!.fullText(), '\nProcess p<1> deleted\n');
      peer.close();
    }),
  );

  it(
    'find names in constant time and use freed numbers again',
    withCore(async (core) => {
      const server = (await core.makeNetworkProcess({ name: 's', server: true, host: loopback, service: true }))!;
      const make = async (name: string): Promise<string> =>
        (await core.makeNetworkProcess({ name, host: loopback, service: core.processContact(server, 'service') }))!
          .name;
      assert.deepEqual(
        [await make('x'), await make('x'), await make('x'), await make('x<1>')],
        ['x', 'x<1>', 'x<2>', 'x<1><1>'],
      );
      core.deleteProcess('x<1>');
      assert.equal(await make('x'), 'x<1>');
      core.deleteProcess('x');
      assert.deepEqual([await make('x'), await make('x')], ['x', 'x<3>']);
      for (const odd of ['__proto__', 'constructor', '', 'a/../b']) assert.equal(await make(odd), odd);
    }),
  );
});
