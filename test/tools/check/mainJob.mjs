// `npm start -- --check`: does what the extension is for, in a real VS Code, and says how it went.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { cache, root } from '../lib/paths.mjs';
import { startSession } from '../lib/session.mjs';
import { bufferName, ProcessUser } from './user.mjs';

const container = 'Network Processes';
const pictures = `${cache}/check`;

/** Long enough for what must not arrive to have arrived. */
const quietMs = 1000;

/**
 * The steps, in their order: what is tried, and how. Each throws unless it sees what it must. What they find out is
 * kept in `job` for those that follow.
 */
const steps = [
  [
    'the empty view offers to connect and to start a server',
    async ({ workbench }) => {
      await workbench.showPanel(container);
      const { buttons } = await workbench.welcome('Processes');
      assert.deepEqual(buttons, ['Open Connection', 'Start Server']);
    },
  ],
  [
    'a server starts from the palette, on a free port',
    async (job) => {
      await job.user.startServer('TCP');
      job.server = await job.user.waitRow('TCP server', /^listen · 127\.0\.0\.1:\d+$/);
      job.address = `127.0.0.1:${ProcessUser.port(job.server)}`;
      await job.user.waitText(job.server, new RegExp(`^${time} listening on ${job.address}\n$`));
    },
  ],
  [
    'a connection to it opens from the palette',
    async (job) => {
      job.connection = await job.user.openConnection('TCP', job.address);
      await job.user.waitRow(job.address, new RegExp(`^open · ${job.address}$`));
      await job.user.waitText(job.connection, '');
    },
  ],
  [
    'the client it accepted stands below the server',
    async (job) => {
      job.client = await job.user.waitClient(job.server);
      assert.match(job.client.description, /^open · 127\.0\.0\.1:\d+$/);
      await job.user.waitRow('TCP server', / · 1 client$/);
      assert.equal(await job.workbench.badge(container), '3');
    },
  ],
  [
    'what the connection sends stands in the client’s buffer',
    async (job) => {
      assert.equal(await job.user.send('ping from the connection'), `Send to ${job.address}`);
      await job.user.waitRow(job.client.label, / 25 B in$/);
      await job.user.show(job.client);
      await job.user.waitText(job.client, 'ping from the connection\n');
    },
  ],
  [
    'what the client sends stands in the connection’s buffer',
    async (job) => {
      assert.equal(await job.user.sendFrom(job.client, 'pong from the client'), `Send to ${job.client.label}`);
      await job.user.waitRow(job.address, / 21 B in · 25 B out$/);
      await job.user.show(job.connection);
      await job.user.waitText(job.connection, 'pong from the client\n');
    },
  ],
  [
    'a stopped connection shows nothing of what it is sent',
    async (job) => {
      await job.user.act(job.connection, 'Stop');
      await job.user.waitRow(job.address, /^stop · /);
      await job.user.sendFrom(job.client, 'sent meanwhile');
      await job.user.waitRow(job.client.label, / 36 B out$/);
      await job.workbench.page.waitForTimeout(quietMs);
      await job.user.waitText(job.connection, 'pong from the client\n');
    },
  ],
  [
    'it shows that when it is continued',
    async (job) => {
      await job.user.command('Continue');
      await job.user.waitRow(job.address, /^open · /);
      await job.user.waitText(job.connection, 'pong from the client\nsent meanwhile\n');
    },
  ],
  [
    'an end of file ends both, and both buffers say so, the server’s too',
    async (job) => {
      const { user, address, client } = job;
      await user.menu(job.connection, 'Send EOF');
      await user.waitRow(address, /^closed · .* · connection broken by remote peer · 36 B in · 25 B out$/);
      await user.waitRow(client.label, /^closed · .* · connection broken by remote peer · 25 B in · 36 B out$/);
      const end = 'connection broken by remote peer\n';
      const received = 'pong from the client\nsent meanwhile\n';
      await user.waitCopied(job.connection, `${received}\n▸ Process ${address} ${end}`);
      const sent = 'ping from the connection\n';
      await user.waitCopied(client, `${sent}\n▸ Process ${client.label} ${end}`);
      const accepted = `${time} accept from 127.0.0.1 \\(${client.label}\\)\n${time} ${client.label}: ${end}`;
      const log = new RegExp(`^${time} listening on ${address}\n${accepted}$`);
      await user.waitCopied(job.server, log);
    },
  ],
  [
    'finished rows are dimmed, and only live ones are counted',
    async (job) => {
      const [live, finished] = [await job.user.colorOf(job.server), await job.user.colorOf(job.client)];
      assert.match(finished, /^rgb/);
      assert.notEqual(finished, live);
      assert.equal(await job.workbench.badge(container), '1');
    },
  ],
  [
    'a picture of it is taken',
    async ({ workbench, client }) => {
      await workbench.clickTab(bufferName(client));
      await workbench.screenshot(`${pictures}/processes.png`);
    },
  ],
  [
    'the server is deleted, and its buffer says so',
    async (job) => {
      await job.user.act(job.server, 'Delete');
      const { message, detail } = await job.workbench.dialog();
      assert.equal(message || detail, 'TCP server is running; delete it?');
      await job.workbench.answerDialog('Delete');
      await job.workbench.waitNoRow('Processes', 'TCP server');
      await job.user.waitCopied(job.server, /\n\n▸ Process TCP server deleted\n$/);
    },
  ],
  [
    'nothing is left once the finished ones are deleted',
    async ({ workbench }) => {
      await workbench.viewTitleAction('Processes', 'Delete All Finished');
      await workbench.welcome('Processes');
      await workbench.until('no badge', async () => (await workbench.badge(container)) === '');
      assert.deepEqual(await workbench.notifications(), []);
    },
  ],
];

/** A server's log begins each line with it. */
const time = String.raw`▸ \[\d\d:\d\d:\d\d\]`;

/**
 * Runs the steps in the demo's folder. Resolves to whether all went well; leaves pictures in the cache. The variable
 * NETPROC_CHECK_EXTENSION names the folder of another build of the extension: how this check is checked.
 */
export async function checkMainJob(demo) {
  mkdirSync(pictures, { recursive: true });
  const extensionPath = process.env.NETPROC_CHECK_EXTENSION ?? root;
  const session = await startSession({ workspace: demo.folder, extensionPath, failureFolder: pictures });
  const { workbench } = session;
  const job = { workbench, user: new ProcessUser(workbench) };
  let current = '';
  try {
    for (const [what, step] of steps) {
      current = what;
      await step(job);
      console.log(`✔ ${what}`);
    }
    console.log(`Picture: ${pictures}/processes.png`);
    return true;
  } catch (e) {
    console.error(`✖ ${current}\n${e.stack}`);
    return false;
  } finally {
    await session.close();
  }
}
