import assert from 'node:assert/strict';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorReport, NetworkProcess, NetworkProcesses } from '../../../src/core';
import { pause, recorder, until } from '../core/support';
import { host, make, plainClient, portOf, row, serve, signalOf } from './row';

/** Connects a plain client and gives the process that was accepted. */
async function accepted(
  core: NetworkProcesses,
  server: NetworkProcess,
  at = host,
): Promise<{ socket: net.Socket; process: NetworkProcess }> {
  const before = new Set(core.processList());
  const socket = plainClient(portOf(core, server), at);
  const found = (): NetworkProcess | undefined => core.processList().find((p) => p.server === server && !before.has(p));
  await until('it is accepted', found);
  return { socket, process: found()! };
}

describe('checklist: servers', () => {
  row('SRV-01', 'an IPv4 connection is named after server, address and port', async (core) => {
    const { socket, process } = await accepted(core, await serve(core));
    assert.equal(process.name, `s <127.0.0.1:${socket.localPort}>`);
  });

  row('SRV-02', 'an IPv6 connection is named by its real address', async (core) => {
    const { socket, process } = await accepted(
      core,
      await make(core, { server: true, service: true, host: '::1' }),
      '::1',
    );
    assert.equal(process.name, `p <[0:0:0:0:0:0:0:1]:${socket.localPort}>`);
    assert.equal(core.processContact(process, 'host'), '0:0:0:0:0:0:0:1');
  });

  row('SRV-03', 'a local connection is named by the count of all connections', async (core) => {
    const path = (n: number): string => join(tmpdir(), `np-${globalThis.process.pid}-count${n}`);
    const servers = [1, 2].map((n) => make(core, { name: `l${n}`, server: true, family: 'local', service: path(n) }));
    await Promise.all(servers);
    await accepted(core, await serve(core));
    for (const n of [1, 2]) {
      net.connect(path(n)).unref();
      await until('it is accepted', () => core.getProcess(`l${n} <${n + 1}>`));
    }
    assert.equal(core.getProcess('l1 <2>')?.server?.name, 'l1');
  });

  row('SRV-04', 'a connection has the filter of its server', async (core) => {
    const { log, filter } = recorder();
    const { socket, process } = await accepted(core, await serve(core, { filter }));
    socket.write('text');
    await until('it came', () => log.length === 1);
    assert.deepEqual([core.processFilter(process), log], [filter, ['filter text']]);
  });

  row('SRV-05', 'a connection has the sentinel of its server', async (core) => {
    const { log, sentinel } = recorder();
    const { socket, process } = await accepted(core, await serve(core, { sentinel }));
    socket.end();
    await until('its end is told', () => log.length === 2);
    assert.equal(core.processSentinel(process), sentinel);
    assert.deepEqual(log, ['sentinel open from 127.0.0.1 open', 'sentinel connection broken by remote peer closed']);
  });

  row('SRV-06', 'a change of the server counts for later connections only', async (core) => {
    const [early, late] = [recorder(), recorder()];
    const server = await serve(core, { filter: early.filter, plist: { k: 1 } });
    const first = await accepted(core, server);
    core.setProcessFilter(server, late.filter);
    core.setProcessSentinel(server, late.sentinel);
    core.processPut(server, 'k', 2);
    const second = await accepted(core, server);
    first.socket.write('1');
    second.socket.write('2');
    await until('both came', () => early.log.length === 1 && late.log.length === 2);
    assert.deepEqual([early.log, late.log], [['filter 1'], ['sentinel open from 127.0.0.1 open', 'filter 2']]);
    assert.deepEqual([core.processGet(first.process, 'k'), core.processGet(second.process, 'k')], [1, 2]);
  });

  row('SRV-07', 'a connection has the coding that its server has then', async (core) => {
    const server = await serve(core, { coding: 'utf-8-unix' });
    const first = await accepted(core, server);
    core.setProcessCodingSystem(server, 'utf-8-dos', 'iso-latin-1-mac');
    const second = await accepted(core, server);
    assert.deepEqual(
      [first, second].map(({ process }) => core.processCodingSystem(process)),
      [
        { decode: 'utf-8-unix', encode: 'utf-8-unix' },
        { decode: 'utf-8-dos', encode: 'iso-latin-1-mac' },
      ],
    );
  });

  row('SRV-08', 'a connection has a buffer of its own unless the server has a filter', async (core) => {
    const bare = await accepted(core, await serve(core));
    const named = await accepted(core, await serve(core, { buffer: 'B' }));
    const unread = await accepted(core, await serve(core, { name: 't', filter: true }));
    const filtered = await accepted(core, await serve(core, { buffer: 'F', filter: () => undefined }));
    assert.deepEqual(
      [bare, named, unread, filtered].map(({ process }) => process.buffer?.name ?? null),
      [
        `s <127.0.0.1:${bare.socket.localPort}>`,
        `B <127.0.0.1:${named.socket.localPort}>`,
        `t <127.0.0.1:${unread.socket.localPort}>`,
        null,
      ],
    );
  });

  row('SRV-09', "a connection's contact is its server's with its own addresses", async (core) => {
    const server = await serve(core, { foo: 'bar', noquery: true });
    const { socket, process } = await accepted(core, server);
    const port = socket.localPort;
    assert.deepEqual(
      { ...core.processContact(process, true) },
      {
        name: 's',
        server: null,
        host,
        service: port,
        foo: 'bar',
        noquery: true,
        local: [127, 0, 0, 1, portOf(core, server)],
        remote: [127, 0, 0, 1, port],
      },
    );
  });

  row('SRV-10', 'a connection has the query flag of its server', async (core) => {
    const quiet = await accepted(core, await serve(core, { noquery: true }));
    const asking = await accepted(core, await serve(core));
    assert.deepEqual(
      [quiet, asking].map(({ process }) => core.processQueryOnExitFlag(process)),
      [false, true],
    );
  });

  row('SRV-11', 'a connection of a server made stopped is not stopped', async (core) => {
    const server = await serve(core, { stop: true });
    core.continueProcess(server);
    const { process } = await accepted(core, server);
    assert.deepEqual([process.status, core.processCommand(process)], ['open', null]);
    assert.equal(core.processContact(process, 'stop'), true);
  });

  row('SRV-12', 'the log function is told of a connection before its sentinel', async (core) => {
    const told: unknown[] = [];
    const server = await serve(core, {
      log: (...args: unknown[]) => void told.push(...args),
      sentinel: (p: NetworkProcess, m: string) => void told.push(p, m),
    });
    const { process } = await accepted(core, server);
    await until('all is told', () => told.length === 5);
    assert.deepEqual(told, [server, process, 'accept from 127.0.0.1\n', process, 'open from 127.0.0.1\n']);
  });

  row('SRV-13', 'the log function is told when accepting failed', async (core) => {
    const told: unknown[] = [];
    const server = await serve(core, { stop: true, log: (...args: unknown[]) => void told.push(...args) });
    const socket = plainClient(portOf(core, server));
    await until('it waits', () => !socket.connecting);
    socket.resetAndDestroy();
    await pause(20);
    core.continueProcess(server);
    await until('it is told', () => told.length >= 3);
    assert.deepEqual(told.slice(0, 2), [server, null]);
    assert.match(String(told[2]), /^accept failed with code \d+\n$/);
    assert.deepEqual([told.length, core.processList()], [3, [server]]);
    await accepted(core, server);
  });

  row('SRV-14', 'a log function that throws is reported, and the connection opens', async (core) => {
    const reports: ErrorReport[] = [];
    core.onDidReportError((report) => reports.push(report));
    const { log, filter, sentinel } = recorder();
    const throwing = (): void => {
      throw new Error('bad log');
    };
    const { socket } = await accepted(core, await serve(core, { log: throwing, filter, sentinel }));
    socket.write('text');
    await until('it came', () => log.length === 2);
    assert.deepEqual(log, ['sentinel open from 127.0.0.1 open', 'filter text']);
    assert.deepEqual(
      reports.map(({ source, error }) => [source, (error as Error).message]),
      [['log', 'bad log']],
    );
  });

  row('SRV-15', 'the connections of a deleted server live on', async (core) => {
    const { log, filter } = recorder();
    const server = await serve(core, { filter });
    const { socket, process } = await accepted(core, server);
    core.deleteProcess(server);
    socket.write('still here');
    await until('it came', () => log.length === 1);
    assert.deepEqual([process.status, log, core.processList()], ['open', ['filter still here'], [process]]);
  });

  row('SRV-16', 'nothing can be sent to a listening server', async (core) => {
    const server = await serve(core);
    const expected = ['error', 'Process s not running'];
    assert.deepEqual(await signalOf(() => core.processSendString(server, 'x')), expected);
    assert.deepEqual(await signalOf(() => core.processSendEof(server)), expected);
  });

  row('SRV-17', 'the sentinel of a server is called for its own deletion only', async (core) => {
    const told: unknown[] = [];
    const server = await serve(core, { sentinel: (p: NetworkProcess, m: string) => void told.push([p.name, m]) });
    const { socket, process } = await accepted(core, server);
    core.stopProcess(server);
    core.continueProcess(server);
    const { name } = process;
    core.deleteProcess(server);
    assert.deepEqual(told, [
      [name, 'open from 127.0.0.1\n'],
      ['s', 'deleted\n'],
    ]);
    socket.destroy();
  });

  row('SRV-18', 'a server with the filter true accepts, and its connections are not read', async (core) => {
    const { log, filter } = recorder();
    const server = await serve(core, { filter: true });
    const { socket, process } = await accepted(core, server);
    socket.write('text');
    await pause(50);
    assert.deepEqual([process.status, process.traffic.bytesReceived, server.status], ['open', 0, 'listen']);
    core.setProcessFilter(process, filter);
    await until('it came', () => log.length === 1);
    assert.deepEqual(log, ['filter text']);
  });

  row('SRV-19', 'connections wait for a stopped server, five and one, and are taken in order', async (core) => {
    const server = await serve(core, { stop: true });
    let connected = 0;
    const sockets = [];
    for (let i = 0; i < 9; i++) {
      sockets.push(plainClient(portOf(core, server)).on('connect', () => (connected += 1)));
      await pause(10);
    }
    await until('they wait', () => connected >= 6);
    await pause(100);
    assert.deepEqual([connected, core.processList()], [6, [server]]);
    core.continueProcess(server);
    await until('those are accepted', () => core.processList().length >= 7);
    const ports = core
      .processList()
      .reverse()
      .slice(1, 7)
      .map((p) => core.processContact(p, 'service'));
    assert.deepEqual(
      ports,
      sockets.slice(0, 6).map((s) => s.localPort),
    );
    for (const socket of sockets) socket.destroy();
  });
});
