import assert from 'node:assert/strict';
import type { NetworkProcess } from '../../../src/core';
import { hasNativeSockets } from '../../support/nativeSockets';
import { pause, plainServer, recorder, until } from '../core/support';
import { connect, plainClient, portOf, row, serve, signalOf, udp } from './row';

describe('checklist: stop and continue', () => {
  row('STP-01', 'stopProcess gives the process, which is stopped', async (core) => {
    const client = await connect(core, await serve(core));
    assert.equal(core.stopProcess(client), client);
    assert.deepEqual([core.processCommand(client), client.status], [true, 'stop']);
    assert.equal(core.continueProcess(client), client);
    assert.deepEqual([core.processCommand(client), client.status], [null, 'open']);
  });

  row('STP-02', 'a stopped client reads nothing and sees no end, but sends', async (core) => {
    let heard = '';
    const peer = await plainServer((socket) => {
      socket.on('data', (data: Buffer) => {
        heard += data.toString();
        socket.end('answer');
      });
    });
    const { log, filter, sentinel } = recorder();
    const client = await connect(core, peer.port, { filter, sentinel });
    core.stopProcess(client);
    await core.processSendString(client, 'question');
    await until('it was sent', () => heard === 'question');
    await pause(50);
    assert.deepEqual([log, client.status, client.traffic.bytesReceived], [[], 'stop', 0]);
    peer.close();
    // Nor does it get the rest of a chunk that was read already.
    const large = await plainServer((socket) => socket.end(Buffer.alloc(20_000, 'x')));
    let given = 0;
    const stopping = await connect(core, large.port, {
      filter: (p: NetworkProcess, text: string) => {
        given += text.length;
        core.stopProcess(p);
      },
    });
    await until('a part was filtered', () => given > 0);
    await pause(30);
    assert.ok(given <= 4096 && stopping.status === 'stop');
    large.close();
  });

  row('STP-03', 'what waited comes on continuing, then the end', async (core) => {
    const peer = await plainServer((socket) => socket.end('waiting'));
    const { log, filter, sentinel } = recorder();
    const client = await connect(core, peer.port, { filter, sentinel, stop: true });
    await pause(50);
    const before = [...log];
    core.continueProcess(client);
    await until('the end is told', () => log.length === 2);
    assert.deepEqual([before, log], [[], ['filter waiting', 'sentinel connection broken by remote peer closed']]);
    peer.close();
  });

  row('STP-04', 'the connections of a stopped server wait and are accepted in order', async (core) => {
    const { log, filter } = recorder();
    const server = await serve(core, { server: 2, filter });
    core.stopProcess(server);
    const sockets = [];
    let connected = 0;
    for (let i = 0; i < 5; i++) {
      const socket = plainClient(portOf(core, server)).on('connect', () => (connected += 1));
      socket.write(String(i));
      sockets.push(socket);
      await pause(10);
    }
    await until('they wait', () => connected >= 3);
    await pause(100);
    assert.deepEqual([connected, core.processList(), log], [3, [server], []]);
    core.continueProcess(server);
    await until('those are heard', () => log.length >= 3);
    assert.deepEqual(log.slice(0, 3), ['filter 0', 'filter 1', 'filter 2']);
    for (const socket of sockets) socket.destroy();
  });

  row('STP-05', 'datagrams for a stopped process wait, and those that are too many are lost', async (core) => {
    const heard: string[] = [];
    const filter = (_: unknown, text: string): void => void heard.push(text);
    const server = await udp(core, { server: true, service: true, filter });
    const client = await udp(core, { service: portOf(core, server) });
    core.stopProcess(server);
    for (let i = 0; i < 1_500; i++) {
      await core.processSendString(client, String(i));
      // Without native sockets they are taken from the kernel, whose own queue must not overflow.
      if (i % 20 === 0) await pause(1);
    }
    assert.deepEqual([heard, server.status], [[], 'stop']);
    // They wait in the kernel where they can.
    assert.equal(server.traffic.messagesReceived, hasNativeSockets ? 0 : 1_000);
    core.continueProcess(server);
    await until('those that waited came', () => heard.length + server.traffic.datagramsDropped === 1_500);
    assert.ok(server.traffic.datagramsDropped > 0);
    // Those that came first, in order; in the kernel nothing gets room before that.
    const first = heard.slice(0, hasNativeSockets ? heard.length : 1_000);
    assert.deepEqual(
      first,
      first.map((_, i) => String(i)),
    );
  });

  row('STP-06', 'the command is null while running and true while stopped', async (core) => {
    const server = await serve(core);
    const commands = [core.processCommand(server)];
    core.stopProcess(server);
    core.stopProcess(server);
    commands.push(core.processCommand(server));
    core.continueProcess(server);
    commands.push(core.processCommand(server));
    assert.deepEqual(commands, [null, true, null]);
  });

  row('STP-07', 'a name or a buffer will do', async (core) => {
    const server = await serve(core, { buffer: 'B' });
    for (const by of ['s', 'B', server.buffer!]) {
      assert.equal(core.stopProcess(by), server);
      assert.equal(server.status, 'stop');
      assert.equal(core.continueProcess(by), server);
      assert.equal(server.status, 'listen');
    }
  });

  row('STP-08', 'signals are refused', async (core) => {
    const client = await connect(core, await serve(core));
    assert.deepEqual(await signalOf(() => core.signalProcess(client, 15)), ['error', 'Cannot signal process c']);
    for (const name of ['interruptProcess', 'killProcess', 'quitProcess', 'processRunningChildP'] as const) {
      assert.deepEqual(await signalOf(() => core[name](client)), ['error', 'Process c is not a subprocess'], name);
    }
    assert.equal(client.status, 'open');
  });
});
