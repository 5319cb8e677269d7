import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../src/core';
import type { NetworkProcessesExports } from '../../src/extension';
import { commands, settings, settingsSection } from '../../src/ui/ids';

const extension = vscode.extensions.getExtension<NetworkProcessesExports>('network-processes.network-processes');

describe('the extension', () => {
  let core: NetworkProcesses;

  before(async () => {
    assert.ok(extension);
    core = (await extension.activate()).getAPI(1);
  });

  afterEach(async () => {
    for (const process of core.processList()) core.deleteProcess(process);
    await run(commands.deleteAllFinished);
    for (const buffer of core.bufferList()) core.killBuffer(buffer);
    await run('workbench.action.closeAllEditors');
  });

  const run = (command: string, ...args: unknown[]): Thenable<unknown> =>
    vscode.commands.executeCommand(command, ...args);
  const make = async (spec: Record<string, unknown>): Promise<NetworkProcess> => {
    const process = await core.makeNetworkProcess({ noquery: true, ...spec });
    assert.ok(process);
    return process;
  };
  const serve = (): Promise<NetworkProcess> => make({ name: 'server', server: true, service: true, filter: ignore });
  const connect = (server: NetworkProcess): Promise<NetworkProcess> =>
    make({ name: 'client', service: core.processContact(server, 'service'), buffer: 'client' });
  const activeText = (): string => vscode.window.activeTextEditor?.document.getText() ?? '';

  it('has one version of its API', () => {
    const { getAPI } = extension?.exports as { getAPI(version: number): unknown };
    assert.equal(getAPI(1), core);
    assert.throws(() => getAPI(2), /version 1/);
  });

  it('registers its commands', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(commands).filter((command) => !registered.has(command)),
      [],
    );
  });

  it('follows the settings', async () => {
    const configuration = vscode.workspace.getConfiguration(settingsSection);
    assert.equal(core.options.maxClients, 2000);
    assert.equal(core.options.connectTimeoutMs, 30_000);
    assert.equal(core.options.handshakeTimeoutMs, 15_000);
    assert.equal(core.options.negotiationTimeoutMs, 30_000);
    assert.equal(core.options.negotiationBytes, 2 ** 20);
    assert.deepEqual(core.options.crlFiles, []);
    assert.equal(core.options.sendQueueBytes, 16 * 2 ** 20);
    assert.equal(core.options.bufferTextBytes, 32 * 2 ** 20);
    const { Global } = vscode.ConfigurationTarget;
    try {
      await configuration.update(settings.maxClients, 5, Global);
      await until(() => core.options.maxClients === 5);
      await configuration.update(settings.maxClients, -1, Global);
      await until(() => core.options.maxClients === 1);
      await configuration.update(settings.handshakeTimeout, 2, Global);
      await configuration.update(settings.negotiationTimeout, 3, Global);
      await configuration.update(settings.negotiationLimit, 4, Global);
      await configuration.update(settings.crlFiles, ['/k/a.crl'], Global);
      const { options } = core;
      await until(() => options.handshakeTimeoutMs === 2_000 && options.negotiationTimeoutMs === 3_000);
      await until(() => options.negotiationBytes === 4_096 && options.crlFiles.length === 1);
    } finally {
      const { maxClients, handshakeTimeout, negotiationTimeout, negotiationLimit, crlFiles } = settings;
      for (const key of [maxClients, handshakeTimeout, negotiationTimeout, negotiationLimit, crlFiles]) {
        await configuration.update(key, undefined, Global);
      }
    }
    await until(() => core.options.maxClients === 2000);
  });

  it('lets commands act on the process of the active document', async () => {
    const client = await connect(await serve());
    await run(commands.showBuffer);
    const { document } = vscode.window.activeTextEditor ?? {};
    assert.equal(document?.uri.scheme, 'netproc');
    await run(commands.stop);
    assert.equal(client.status, 'stop');
    await run(commands.continue);
    assert.equal(client.status, 'open');
    await run(commands.sendEof);
    await until(() => client.status === 'closed');
    await run(commands.stop);
    assert.equal(client.status, 'closed', 'nothing happens to what has ended');
  });

  it('lets commands act on a document that is not active', async () => {
    const client = await connect(await serve());
    await run(commands.showBuffer);
    const uri = vscode.window.activeTextEditor?.document.uri;
    await run(commands.listProcesses);
    await run(commands.stop, uri);
    assert.equal(client.status, 'stop');
    core.setProcessQueryOnExitFlag(client, null);
    await run(commands.delete, uri);
    assert.equal(client.status, 'closed');
  });

  it('reconnects in the same buffer with the old text kept', async () => {
    const client = await connect(await serve());
    const { buffer } = client;
    core.deleteProcess(client);
    await run(commands.reconnect);
    const again = core.getProcess('client');
    assert.ok(again && again !== client);
    assert.equal(again.buffer, buffer);
    assert.equal(again.status, 'open');
    assert.match(buffer?.fullText() ?? '', /Process client deleted\n$/);
  });

  it('kills a buffer without a question when its process does not want one', async () => {
    const client = await connect(await serve());
    await run(commands.showBuffer);
    await run(commands.killBuffer);
    assert.equal(client.status, 'closed');
    assert.equal(core.getBuffer('client'), null);
    await until(() => vscode.window.tabGroups.all.every((group) => group.tabs.length === 0));
  });

  it('lists processes as they are now', async () => {
    await serve();
    await run(commands.listProcesses);
    await until(() => /server .*listen/.test(activeText()));
    core.deleteProcess('server');
    await run(commands.listProcesses);
    await until(() => !/listen/.test(activeText()));
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'netproc-list');
  });
});

/** Keeps clients from having buffers. */
function ignore(): void {}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    assert.ok(waited < 5000, `waited 5 s for ${String(holds)}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
