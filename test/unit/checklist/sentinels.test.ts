import assert from 'node:assert/strict';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { ErrorReport, NetworkProcess } from '../../../src/core';
import { pause, plainServer, recorder, until } from '../core/support';
import { connect, deadPort, host, make, plainClient, portOf, row, serve } from './row';

const refused = constants.errno.ECONNREFUSED;

describe('checklist: sentinels', () => {
  row('SEN-01', 'connecting with waiting tells the sentinel nothing', async (core) => {
    const { log, sentinel } = recorder();
    const client = await connect(core, await serve(core), { sentinel });
    await pause(30);
    assert.deepEqual([client.status, log], ['open', []]);
  });

  row('SEN-02', 'connecting without waiting tells open once, before any data', async (core) => {
    const peer = await plainServer((socket) => void socket.write('hello'));
    const { log, filter, sentinel } = recorder();
    await connect(core, peer.port, { nowait: true, filter, sentinel });
    await until('the data came', () => log.length >= 2);
    await pause(20);
    assert.deepEqual(log, ['sentinel open open', 'filter hello']);
    peer.close();
  });

  row('SEN-03', 'a refused connection is told with its code and stays registered as failed', async (core) => {
    const told: string[] = [];
    const sentinel = (p: NetworkProcess, message: string): void => void told.push(message, p.status);
    const client = await connect(core, await deadPort(), { nowait: true, sentinel });
    await until('it is told', () => told.length === 2);
    assert.deepEqual(told, [`failed with code ${refused}\n`, 'failed']);
    assert.equal(core.getProcess('c'), client);
  });

  row('SEN-04', 'a failed look-up is told', async (core) => {
    const told: string[] = [];
    await make(core, { host: '', service: 80, nowait: true, sentinel: (_: unknown, m: string) => void told.push(m) });
    await until('it is told', () => told.length === 1);
    assert.deepEqual(told, ['failed with /80 Name or service not known\n']);
  });

  row('SEN-05', 'the end by the peer is told, in order or by a reset', async (core) => {
    for (const how of ['end', 'resetAndDestroy'] as const) {
      const peer = await plainServer((socket) => setTimeout(() => socket[how](), 10));
      const told: string[] = [];
      const client = await connect(core, peer.port, { sentinel: (_: unknown, m: string) => void told.push(m) });
      await until('it is told', () => told.length === 1);
      assert.deepEqual([told, client.status], [['connection broken by remote peer\n'], 'closed'], how);
      peer.close();
    }
  });

  row('SEN-06', 'deletion is told before deleteProcess returns', async (core) => {
    const { log, sentinel } = recorder();
    const server = await serve(core, { sentinel });
    core.deleteProcess(server);
    assert.deepEqual(log, ['sentinel deleted closed']);
  });

  row('SEN-07', 'an accepted process is told from where', async (core) => {
    const told: unknown[] = [];
    const server = await serve(core, { sentinel: (p: NetworkProcess, m: string) => void told.push(p.name, m) });
    const socket = plainClient(portOf(core, server));
    await until('it is told', () => told.length === 2);
    assert.deepEqual(told, [`s <127.0.0.1:${socket.localPort}>`, 'open from 127.0.0.1\n']);
    socket.destroy();
  });

  row('SEN-08', 'all data come before the end', async (core) => {
    const peer = await plainServer((socket) => socket.end(Buffer.alloc(300_000, 'x')));
    const order: number[] = [];
    await connect(core, peer.port, {
      filter: async (_: unknown, text: string) => {
        order.push(text.length);
        if (order.length === 1) await pause(30);
      },
      sentinel: () => void order.push(-1),
    });
    await until('the end is told', () => order.includes(-1));
    await pause(20);
    assert.equal(order.pop(), -1);
    assert.equal(
      order.reduce((a, b) => a + b, 0),
      300_000,
    );
    peer.close();
  });

  row('SEN-09', 'inside the sentinel a closed process is unregistered and can still be read', async (core) => {
    const seen: unknown[] = [];
    const peer = await plainServer((socket) => socket.end());
    const sentinel = (p: NetworkProcess): void => {
      seen.push(p.status, core.getProcess('c'), core.processList().length);
      seen.push(core.processContact(p, 'service'), core.processGet(p, 'k'));
    };
    await connect(core, peer.port, { sentinel, plist: { k: 'v' } });
    await until('it is told', () => seen.length > 0);
    assert.deepEqual(seen, ['closed', null, 0, peer.port, 'v']);
    peer.close();
  });

  row('SEN-10', 'deleting inside the filter ends the chunks and tells the sentinel there', async (core) => {
    const order: string[] = [];
    const peer = await plainServer((socket) => void socket.write(Buffer.alloc(20_000, 'x')));
    await connect(core, peer.port, {
      filter: (p: NetworkProcess) => {
        order.push('filter begins');
        core.deleteProcess(p);
        order.push('filter ends');
      },
      sentinel: (_: unknown, m: string) => void order.push(m),
    });
    await until('it was filtered', () => order.length >= 3);
    await pause(30);
    assert.deepEqual(order, ['filter begins', 'deleted\n', 'filter ends']);
    peer.close();
  });

  row('SEN-11', 'deleting when told open ends the connection, and the server goes on', async (core) => {
    const sentinel = (p: NetworkProcess, m: string): void => {
      if (m.startsWith('open')) core.deleteProcess(p);
    };
    const server = await serve(core, { sentinel });
    for (let i = 0; i < 2; i++) {
      const socket = plainClient(portOf(core, server)).resume();
      await once(socket, 'close');
    }
    assert.deepEqual(core.processList(), [server]);
    assert.equal(server.status, 'listen');
  });

  row('SEN-12', 'what filter and sentinel throw is reported, and the process goes on', async (core) => {
    const reports: ErrorReport[] = [];
    core.onDidReportError((report) => reports.push(report));
    const peer = await plainServer((socket) => socket.on('data', (data) => socket.write(data)));
    const heard: unknown[] = [];
    const client = await connect(core, peer.port, {
      filter: (_: unknown, text: string) => {
        heard.push(text);
        throw new Error('bad filter');
      },
      sentinel: () => {
        throw new Error('bad sentinel');
      },
    });
    for (const text of ['a', 'b']) {
      await core.processSendString(client, text);
      await until('it came', () => heard.at(-1) === text);
    }
    assert.equal(client.status, 'open');
    core.deleteProcess(client);
    assert.deepEqual(
      reports.map(({ source, process, error }) => [source, process, (error as Error).message]),
      [
        ['filter', client, 'bad filter'],
        ['filter', client, 'bad filter'],
        ['sentinel', client, 'bad sentinel'],
      ],
    );
    peer.close();
  });

  row('SEN-13', 'the default sentinel writes every end, and nothing else, at the process mark', async (core) => {
    const peer = await plainServer((socket) => socket.end('last words'));
    const client = await connect(core, peer.port, { buffer: 'B', nowait: true });
    const buffer = client.buffer!;
    buffer.insertAt(1, 'typed');
    await until('it has ended', () => client.status === 'closed');
    const failed = await make(core, { name: 'f', host, service: await deadPort(), nowait: true, buffer: 'F' });
    await until('it has failed', () => failed.status === 'failed');
    const server = await serve(core, { buffer: 'S' });
    core.deleteProcess(server);
    assert.deepEqual(
      [buffer, failed.buffer!, server.buffer!].map((b) => b.fullText()),
      [
        'last words\nProcess c connection broken by remote peer\ntyped',
        `\nProcess f failed with code ${refused}\n`,
        '\nProcess s deleted\n',
      ],
    );
    peer.close();
  });

  row('SEN-14', 'deleting twice tells nothing more', async (core) => {
    const { log, sentinel } = recorder();
    const server = await serve(core, { sentinel });
    core.deleteProcess(server);
    assert.equal(core.deleteProcess(server), undefined);
    assert.equal(log.length, 1);
  });

  row('SEN-15', 'deleting a failed process tells deleted and unregisters it', async (core) => {
    const { log, sentinel } = recorder();
    const client = await connect(core, await deadPort(), { nowait: true, sentinel });
    await until('it has failed', () => log.length === 1);
    core.deleteProcess(client);
    assert.deepEqual([log[1], core.processList()], ['sentinel deleted closed', []]);
  });

  row('SEN-16', 'another sentinel gets the next event', async (core) => {
    const [first, second] = [recorder(), recorder()];
    const client = await connect(core, await serve(core), { nowait: true, sentinel: first.sentinel });
    await until('it is open', () => first.log.length === 1);
    core.setProcessSentinel(client, second.sentinel);
    core.deleteProcess(client);
    assert.deepEqual([first.log, second.log], [['sentinel open open'], ['sentinel deleted closed']]);
  });
});
