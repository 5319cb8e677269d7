import assert from 'node:assert/strict';
import { existsSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkProcess, NetworkProcesses } from '../../../src/core';
import { recorder, until } from '../core/support';
import { make, nativeRow, row, signalOf } from './row';

let folder = '';

const serve = (core: NetworkProcesses, service: string, more: Record<string, unknown> = {}): Promise<NetworkProcess> =>
  make(core, { name: 's', server: true, family: 'local', service, ...more });

const connect = (
  core: NetworkProcesses,
  service: string,
  more: Record<string, unknown> = {},
): Promise<NetworkProcess> => make(core, { name: 'c', family: 'local', service, ...more });

const errorOf = async (make: Promise<unknown>): Promise<unknown[]> => (await signalOf(() => make)).slice(0, 3);

describe('checklist: local sockets', () => {
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'np-rows-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  row('LOC-01', 'a server and a client talk over a path', async (core) => {
    const path = join(folder, 'talk');
    const [atServer, atClient] = [recorder(), recorder()];
    await serve(core, path, { filter: atServer.filter });
    const client = await connect(core, path, { filter: atClient.filter });
    await core.processSendString(client, 'question');
    await until('it came', () => atServer.log.length === 1);
    const accepted = core.processList()[0]!;
    await core.processSendString(accepted, 'answer');
    await until('it is answered', () => atClient.log.length === 1);
    core.deleteProcess(accepted);
    await until('it is closed', () => client.status === 'closed');
    assert.deepEqual([atServer.log, atClient.log], [['filter question'], ['filter answer']]);
  });

  row('LOC-02', 'a missing path, a stale one and one in use are told apart', async (core) => {
    const [live, stale, plain] = [join(folder, 'live'), join(folder, 'stale'), join(folder, 'plain')];
    const server = net.createServer().listen(join(folder, 'dying'));
    await new Promise((resolve) => server.on('listening', resolve));
    linkSync(join(folder, 'dying'), stale);
    server.close();
    writeFileSync(plain, '');
    await serve(core, live);
    const client = 'make client process failed';
    const inUse = ['file-error', 'Cannot bind server socket', 'Address already in use'];
    assert.deepEqual(
      [
        await errorOf(connect(core, join(folder, 'missing'))),
        await errorOf(connect(core, stale)),
        await errorOf(connect(core, plain)),
        await errorOf(serve(core, live)),
        await errorOf(serve(core, plain)),
        await errorOf(serve(core, join(folder, 'nowhere', 'x'))),
      ],
      [
        ['file-missing', client, 'No such file or directory'],
        ['file-error', client, 'Connection refused'],
        ['file-error', client, 'Connection refused'],
        inUse,
        inUse,
        ['file-missing', 'Cannot bind server socket', 'No such file or directory'],
      ],
    );
  });

  row('LOC-03', 'a path of 107 bytes is taken, one of 108 refused', async (core) => {
    const path = (length: number): string => `${folder}/`.padEnd(length, 'x');
    assert.equal((await serve(core, path(107))).status, 'listen');
    const expected = ['error', 'Service name too long'];
    assert.deepEqual(
      [await errorOf(serve(core, path(108))), await errorOf(connect(core, path(108)))],
      [expected, expected],
    );
  });

  row('LOC-04', 'the file goes with its server, unless it is to stay', async (core) => {
    const [gone, kept] = [join(folder, 'gone'), join(folder, 'kept')];
    const servers = [await serve(core, gone), await serve(core, kept, { keepFile: true })];
    assert.deepEqual([existsSync(gone), existsSync(kept)], [true, true]);
    for (const server of servers) core.deleteProcess(server);
    assert.deepEqual([existsSync(gone), existsSync(kept)], [false, true]);
    const again = await serve(core, kept);
    assert.equal(again.status, 'listen');
  });

  row('LOC-05', 'the file has the permissions asked for, else it is the user’s alone', async (core) => {
    const modes = [];
    for (const [name, mode] of [
      ['mine', undefined],
      ['ours', 0o660],
      ['all', 0o777],
    ] as const) {
      await serve(core, join(folder, name), { mode });
      modes.push(statSync(join(folder, name)).mode & 0o777);
    }
    assert.deepEqual(modes, [0o600, 0o660, 0o777]);
  });

  nativeRow('LOC-06', 'local datagrams are one filter call each, and go both ways between servers', async (core) => {
    const [first, second] = [join(folder, 'dgram-1'), join(folder, 'dgram-2')];
    const heard: string[] = [];
    const filter = (process: NetworkProcess, text: string): void => void heard.push(`${process.name} ${text}`);
    const make = (name: string, service: string, more = {}): Promise<NetworkProcess> =>
      serve(core, service, { name, type: 'datagram', filter, ...more });
    const one = await make('one', first);
    const two = await make('two', second, { remote: first });
    await core.processSendString(two, 'to one');
    await core.processSendString(two, 'again');
    await until('both came', () => heard.length === 2);
    assert.equal(core.processDatagramAddress(one), second);
    await core.processSendString(one, 'back');
    await until('it is answered', () => heard.length === 3);
    assert.deepEqual(heard, ['one to one', 'one again', 'two back']);
    // Who has no name can't be answered.
    const third = join(folder, 'dgram-3');
    const three = await make('three', third);
    const client = await connect(core, third, { type: 'datagram' });
    await core.processSendString(client, 'from nobody');
    await until('it came', () => heard.length === 4);
    assert.deepEqual((await signalOf(() => core.processSendString(three, 'x'))).slice(0, 3), [
      'file-error',
      'Writing to process',
      'Invalid argument',
    ]);
    assert.equal(client.status, 'open');
  });

  nativeRow('LOC-07', 'one packet is one filter call, accepted like a stream', async (core) => {
    const path = join(folder, 'packets');
    const [atServer, atClient] = [recorder(), recorder()];
    const server = await serve(core, path, { type: 'seqpacket', ...atServer });
    const client = await connect(core, path, { type: 'seqpacket', ...atClient });
    // All at once: a stream would put them together.
    await Promise.all(['one', 'two', 'x'.repeat(9_000)].map((text) => core.processSendString(client, text)));
    await until('they came', () => atServer.log.length === 4);
    assert.deepEqual(atServer.log.slice(0, 3), ['sentinel open from - open', 'filter one', 'filter two']);
    assert.equal(atServer.log[3]!.length, 'filter '.length + 9_000);
    const accepted = core.processList()[0]!;
    assert.deepEqual([accepted.server, accepted.name.startsWith('s <')], [server, true]);
    core.deleteProcess(accepted);
    await until('it is closed', () => client.status === 'closed');
    assert.deepEqual(atClient.log, ['sentinel connection broken by remote peer closed']);
    const inet = await signalOf(() => make(core, { type: 'seqpacket', host: '127.0.0.1', service: 9 }));
    assert.deepEqual(inet.slice(0, 3), ['file-error', 'make client process failed', 'Socket type not supported']);
  });
});
