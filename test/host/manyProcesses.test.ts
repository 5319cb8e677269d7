import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../src/core';
import { RefreshQueue } from '../../src/ui/rows/refreshQueue';
import { RowModel } from '../../src/ui/rows/rowModel';
import type { Row } from '../../src/ui/rows/row';
import { clear, command, getCore, until } from './support';

const count = 1000;

describe('A thousand processes', () => {
  let core: NetworkProcesses;
  let servers: NetworkProcess[];

  before(async () => {
    core = await getCore();
  });

  afterEach(() => clear(core));

  async function makeThem(): Promise<void> {
    const spec = { name: 'many', type: 'datagram', server: true, service: true };
    const made = await Promise.all(Array.from({ length: count }, () => core.makeNetworkProcess(spec)));
    servers = made.filter((p) => p !== null);
    assert.equal(servers.length, count);
  }

  it('are listed, found by name, and deleted by one command each', async () => {
    await makeThem();
    await command('listProcesses');
    const table = vscode.window.activeTextEditor?.document;
    await until('the table', () => (table?.getText().match(/^many/gm) ?? []).length === count);
    assert.equal(new Set(servers.map((p) => p.name)).size, count);
    for (const server of servers) assert.equal(core.getProcess(server.name), server);
    servers.forEach((server) => core.deleteProcess(server));
    assert.deepEqual(core.processList(), []);
    await command('deleteAllFinished');
  });

  it('are drawn seldom, however much they do', async () => {
    const draws: (readonly Row[] | 'all')[] = [];
    let summaries = 0;
    const sink = { draw: (rows: readonly Row[] | 'all') => draws.push(rows), summarize: () => summaries++ };
    const timers = {
      now: () => performance.now(),
      after: (ms: number, run: () => void) => {
        const timer = setTimeout(run, ms);
        return { dispose: () => clearTimeout(timer) };
      },
    };
    const queue = new RefreshQueue(sink, timers);
    const rows = new RowModel(core, (change) => queue.add(change));
    try {
      queue.setVisible(true);
      const start = performance.now();
      await makeThem();
      const [hub, ...others] = servers as [NetworkProcess, ...NetworkProcess[]];
      for (const server of others) core.setProcessDatagramAddress(server, core.processContact(hub, 'local'));
      for (let round = 0; round < 5; round++) {
        await Promise.all(others.map((server) => core.processSendString(server, 'datagram')));
      }
      others.forEach((server) => core.stopProcess(server));
      await until('everything to be drawn', () => rows.count('stopped') === count - 1 && draws.at(-1) !== undefined);
      // State at most every 250 ms, counters every second; one more of each for the beginning.
      const seconds = (performance.now() - start) / 1000;
      const most = Math.ceil(seconds / 0.25) + Math.ceil(seconds) + 2;
      assert.ok(draws.length >= 1 && draws.length <= most, `${draws.length} draws in ${seconds} s`);
      assert.ok(summaries <= Math.ceil(seconds / 0.25) + 1, `${summaries} summaries in ${seconds} s`);
      assert.equal(rows.topLevel().length, count);
    } finally {
      queue.dispose();
      rows.dispose();
    }
  });
});
