import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { codeOf, pause, recorder, until, withCore } from './support';

const loopback = '127.0.0.1';

async function serve(core: NetworkProcesses, more: Record<string, unknown> = {}): Promise<NetworkProcess> {
  return (await core.makeNetworkProcess({ name: 's', server: true, host: loopback, service: true, ...more }))!;
}

function connect(core: NetworkProcesses, server: NetworkProcess): net.Socket {
  const socket = net.connect(core.processContact(server, 'service') as number, loopback);
  socket.on('error', () => undefined);
  return socket;
}

describe('servers', () => {
  it(
    'leave connections to the kernel while stopped, and take them in order afterwards',
    withCore(async (core) => {
      const log: string[] = [];
      const server = await serve(core, {
        stop: true,
        log: (_: unknown, __: unknown, m: string) => void log.push(m),
        filter: (_: unknown, t: string) => void log.push(t),
      });
      const sockets = [0, 1, 2].map((i) =>
        connect(core, server).on('connect', function (this: net.Socket) {
          this.write(`data ${i}`);
        }),
      );
      await pause(100);
      assert.deepEqual([log, core.processList().length, server.status], [[], 1, 'stop']);
      core.continueProcess(server);
      await until('all are there', () => log.length === 6);
      assert.equal(log.filter((l) => l.startsWith('accept')).length, 3);
      core.stopProcess(server);
      const late = connect(core, server);
      await pause(50);
      assert.equal(core.processList().length, 4);
      core.continueProcess(server);
      await until('the late one is there', () => core.processList().length === 5);
      for (const socket of [...sockets, late]) socket.destroy();
    }),
  );

  it(
    'name clients and their buffers after the server, and tell the log before the sentinel',
    withCore(async (core) => {
      const order: string[] = [];
      const server = await serve(core, {
        buffer: '*log*',
        log: async (_: unknown, client: NetworkProcess, m: string) => {
          await pause(10);
          order.push(`log ${m.trim()} ${client.status}`);
        },
        sentinel: (_: unknown, m: string) => void order.push(`sentinel ${m.trim()}`),
      });
      const socket = connect(core, server);
      socket.write('text');
      await until('it was told', () => order.length === 2);
      assert.deepEqual(order, ['log accept from 127.0.0.1 open', 'sentinel open from 127.0.0.1']);
      const client = core.processList()[0]!;
      assert.equal(client.name, `s <127.0.0.1:${socket.localPort}>`);
      assert.equal(client.buffer!.name, `*log* <127.0.0.1:${socket.localPort}>`);
      assert.deepEqual([client.server, server.clients.count], [server, 1]);
      await until('data came', () => client.buffer!.fullText() === 'text');
      core.deleteProcess(server);
      assert.equal(client.status, 'open');
      socket.destroy();
    }),
  );

  it(
    'name IPv6 clients by their real address',
    withCore(async (core) => {
      const server = await serve(core, { host: '::1' });
      const socket = net.connect(core.processContact(server, 'service') as number, '::1');
      await until('it is there', () => core.processList().length === 2);
      const client = core.processList()[0]!;
      assert.equal(client.name, `s <[0:0:0:0:0:0:0:1]:${socket.localPort}>`);
      assert.equal(core.processContact(client, 'host'), '0:0:0:0:0:0:0:1');
      socket.destroy();
    }),
  );

  it(
    'stop accepting at the limit of clients and go on when one leaves',
    withCore(async (core) => {
      core.options.maxClients = 2;
      const server = await serve(core);
      const sockets = [0, 1, 2].map(() => connect(core, server));
      await until('two are there', () => server.clients.count === 2);
      await pause(50);
      assert.deepEqual(server.clients, { count: 2, atLimit: true });
      core.deleteProcess(core.processList().find((p) => p.server)!);
      await until('the third is there', () => server.clients.count === 2);
      for (const socket of sockets) socket.destroy();
      await until('all have left', () => server.clients.count === 0);
    }),
  );

  it(
    'pass on the query flag, filter, sentinel and a copy of the plist',
    withCore(async (core) => {
      const plist = { k: 'v', __proto__x: 1 };
      const server = await serve(core, { noquery: true, plist });
      const first = connect(core, server);
      await until('it is there', () => core.processList().length === 2);
      const client = core.processList()[0]!;
      core.processPut(client, 'k', 'other');
      assert.deepEqual([core.processGet(server, 'k'), plist.k, core.processQueryOnExitFlag(client)], ['v', 'v', false]);
      first.destroy();
    }),
  );

  it(
    'survive an error in the log function; the sentinel is told all the same',
    withCore(async (core) => {
      const { log, sentinel } = recorder();
      const server = await serve(core, {
        sentinel,
        log: () => {
          throw new Error('log');
        },
      });
      const socket = connect(core, server);
      await until('it was told', () => log.length === 1);
      assert.deepEqual(log, ['sentinel open from 127.0.0.1 open']);
      socket.destroy();
    }),
  );

  it(
    'say why they cannot listen',
    withCore(async (core) => {
      const server = await serve(core);
      const taken = { name: 't', server: true, host: loopback, service: core.processContact(server, 'service') };
      await assert.rejects(core.makeNetworkProcess(taken), {
        code: 'NP_LISTEN_IN_USE',
        condition: 'file-error',
        message: /^Cannot bind server socket: Address already in use \(127\.0\.0\.1:\d+\)$/,
      });
      assert.equal(await codeOf(serve(core, { host: '192.0.2.1' })), 'NP_LISTEN_ADDRESS');
      assert.equal(core.processList().length, 1);
    }),
  );

  it(
    'refuse to send, and to wait',
    withCore(async (core) => {
      const server = await serve(core);
      await assert.rejects(core.processSendString(server, 'x'), {
        message: 'Process s not running',
        code: 'NP_SEND_NOT_RUNNING',
      });
      assert.equal(await codeOf(serve(core, { nowait: true })), 'NP_OPTION_COMBINATION');
    }),
  );
});

describe('local servers', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'np-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const local = (core: NetworkProcesses, path: string, more = {}): Promise<NetworkProcess | null> =>
    core.makeNetworkProcess({ name: 'l', family: 'local', server: true, service: path, ...more });

  it(
    'make a file for the user only and take it away',
    withCore(async (core) => {
      const path = join(folder, 'a.sock');
      const server = await local(core, path);
      assert.equal(lstatSync(path).mode & 0o777, 0o600);
      const { log, sentinel, filter } = recorder();
      const client = (await core.makeNetworkProcess({ name: 'c', family: 'local', service: path, sentinel, filter }))!;
      await until('it is there', () => core.processList().length === 3);
      const accepted = core.processList().find((p) => p.server)!;
      assert.equal(accepted.name, 'l <1>');
      assert.deepEqual(core.processContact(accepted), [true, path]);
      await core.processSendString(accepted, 'hi');
      await until('it came', () => log.length === 1);
      core.deleteProcess(client);
      core.deleteProcess(server!);
      assert.equal(existsSync(path), false);
      assert.deepEqual(core.processContact(client, 'remote'), path);
    }),
  );

  it(
    'keep the file when asked, with the mode asked for',
    withCore(async (core) => {
      const path = join(folder, 'a.sock');
      const server = await local(core, path, { mode: 0o660, keepFile: true });
      core.deleteProcess(server!);
      assert.equal(lstatSync(path).mode & 0o777, 0o660);
    }),
  );

  it(
    'take over a socket nobody listens on, and nothing else',
    withCore(async (core) => {
      const path = join(folder, 'a.sock');
      core.deleteProcess((await local(core, path, { keepFile: true }))!);
      const server = (await local(core, path))!;
      assert.equal(await codeOf(local(core, path)), 'NP_LISTEN_IN_USE');
      core.deleteProcess(server);
      writeFileSync(path, 'precious');
      assert.equal(await codeOf(local(core, path)), 'NP_LISTEN_IN_USE');
      unlinkSync(path);
      symlinkSync(join(folder, 'nowhere'), path);
      assert.equal(await codeOf(local(core, path)), 'NP_LISTEN_IN_USE');
      assert.equal(existsSync(join(folder, 'nowhere')), false);
    }),
  );

  it(
    'leave a file alone that replaced theirs',
    withCore(async (core) => {
      const path = join(folder, 'a.sock');
      const server = (await local(core, path))!;
      unlinkSync(path);
      writeFileSync(path, 'precious');
      core.deleteProcess(server);
      assert.equal(lstatSync(path).isFile(), true);
    }),
  );

  it(
    'say what is wrong with a path',
    withCore(async (core) => {
      assert.equal(await codeOf(local(core, join(folder, 'no', 'a.sock'))), 'NP_LISTEN_NO_DIRECTORY');
      assert.equal(await codeOf(local(core, '/sys/a.sock')), 'NP_LISTEN_PERMISSION');
      assert.equal(await codeOf(local(core, `/${'x'.repeat(107)}`)), 'NP_ADDRESS_TOO_LONG');
      const client = { name: 'c', family: 'local', service: join(folder, 'none') };
      await assert.rejects(core.makeNetworkProcess(client), { code: 'NP_CONNECT_NO_FILE', condition: 'file-missing' });
      assert.equal(await codeOf(local(core, join(folder, 'a'), { mode: 0o10000 })), 'NP_OPTION_VALUE');
      assert.deepEqual(core.processList(), []);
    }),
  );
});
