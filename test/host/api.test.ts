import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { ConfigurationTarget, workspace } from 'vscode';
import type { NetworkProcess, NetworkProcesses, Text } from '../../src/core';
import { clear, extension, getCore, makeClient, makeServer, portOf, until } from './support';

describe('The exported API', () => {
  let core: NetworkProcesses;

  before(async () => {
    core = await getCore();
  });

  afterEach(() => clear(core));

  it('has version 1 and no other', async () => {
    const { getAPI } = await extension().activate();
    assert.equal(getAPI(1), core);
    for (const version of [2, 0, '1', undefined]) {
      assert.throws(() => getAPI(version as 1), /version 1 only/);
    }
  });

  it('leaves to the user whom to trust', () => {
    assert.throws(() => core.forgetTrust('localhost:993'), { code: 'NP_GUARDED' });
    assert.throws(() => (core.options.trustFiles = []), { code: 'NP_GUARDED' });
  });

  it('has no way round that: not by its prototype, its processes, or accessors on its options', async () => {
    const server = await makeServer(core);
    const loose = core as unknown as Record<string, unknown>;
    assert.deepEqual(
      [Object.getPrototypeOf(core), loose.trusted, loose.opener],
      [Object.prototype, undefined, undefined],
    );
    assert.equal((server as unknown as { world?: unknown }).world, undefined);
    assert.throws(() => (loose.makeNetworkProcess = () => null), TypeError);
    assert.throws(() => Object.defineProperty(core.options, 'mine', { get: () => 1 }), TypeError);
  });

  it('keeps the level of security that somebody raised while another setting changes', async () => {
    const settings = workspace.getConfiguration('networkProcesses');
    core.options.networkSecurityLevel = 'high';
    try {
      await settings.update('server.maxClients', 7, ConfigurationTarget.Global);
      await until('the other setting', () => core.options.maxClients === 7);
      assert.equal(core.options.networkSecurityLevel, 'high');
    } finally {
      await settings.update('server.maxClients', undefined, ConfigurationTarget.Global);
      await settings.update('securityLevel', 'paranoid', ConfigurationTarget.Global);
      await settings.update('securityLevel', undefined, ConfigurationTarget.Global);
      await until('the level of the settings', () => core.options.networkSecurityLevel === 'medium');
    }
  });

  it('makes a server and a client that talk, with filters, sentinels and properties', async () => {
    const told: string[] = [];
    const note = (who: string) => ({
      filter: (_: NetworkProcess, output: Text) => told.push(`${who} got ${String(output)}`),
      sentinel: (_: NetworkProcess, message: string) => told.push(`${who}: ${message.trim()}`),
    });
    const server = await makeServer(core, { ...note('served'), plist: { color: 'green' } });
    const client = await makeClient(core, portOf(core, server), note('client'));
    const served = await until('a served client', () => core.processList().find((p) => p.server === server));
    assert.equal(core.processGet(served, 'color'), 'green');
    core.processPut(client, 'color', 'blue');
    assert.deepEqual([...core.processPlist(client)], [['color', 'blue']]);

    await core.processSendString(client, 'ping');
    await until('ping', () => told.includes('served got ping'));
    await core.processSendString(served, Uint8Array.of(0x70, 0x6f, 0x6e, 0x67));
    await until('pong', () => told.includes('client got pong'));

    core.deleteProcess(served);
    await until('the end', () => client.status === 'closed');
    await until('its sentinel', () => told.at(-1) === 'client: connection broken by remote peer');
    assert.equal(told.filter((line) => line.startsWith('client: ')).length, 1);
    assert.ok(told.includes('served: deleted'));
    assert.deepEqual(core.processList(), [server]);
  });

  it('checks what it is given as the commands do: errors with codes and hints, nothing left behind', async () => {
    const made = makeServer(core, { service: 65_536 });
    await assert.rejects(made, (e: { code?: string; hint?: string }) => e.code === 'NP_ADDRESS_PORT' && !!e.hint);
    const server = await makeServer(core);
    const again = makeServer(core, { service: portOf(core, server) });
    await assert.rejects(again, (e: { code?: string }) => e.code === 'NP_LISTEN_IN_USE');
    assert.deepEqual(core.processList(), [server]);
    assert.deepEqual(core.bufferList(), []);
  });

  it('makes Unix servers whose file only the user may use, and removes it', async () => {
    const folder = mkdtempSync(`${tmpdir()}/netproc-host-`);
    try {
      const path = `${folder}/s`;
      const server = await makeServer(core, { family: 'local', service: path });
      assert.ok(statSync(path).isSocket());
      assert.equal(statSync(path).mode & 0o777, 0o600);
      core.deleteProcess(server);
      assert.equal(statSync(path, { throwIfNoEntry: false }), undefined);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
