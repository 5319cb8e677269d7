// What the pictures of `npm run screenshots` show.
import { createServer } from 'node:net';
import { bufferName, ProcessUser } from './check/user.mjs';

/** Files of the workspace that the scenes are played in. */
export const files = { 'hello.txt': 'Hello, whoever is listening.\n' };

const container = 'Network Processes';
const view = 'Processes';

/**
 * Scenes in their order, one after another in the same workbench. `run` brings the workbench to what the picture
 * should show; the picture is taken when it returns.
 *
 * @type {{name: string, run(workbench: import('./lib/workbench.d.mts').Workbench, demo: object): Promise<void>}[]}
 */
export const scenes = [
  {
    name: 'welcome',
    async run(workbench) {
      await workbench.showPanel(container);
      await workbench.command('View: Toggle Primary Side Bar Visibility');
      await workbench.welcome(view);
    },
  },
  {
    name: 'kind',
    async run(workbench) {
      await workbench.command('Network Processes: Start Server…');
      await workbench.waitQuick('Start Server');
    },
  },
  {
    name: 'buffers',
    async run(workbench, demo) {
      await workbench.cancelQuick();
      const user = new ProcessUser(workbench);
      await echo(user, demo);
      await workbench.command('View: Close All Editors');
      const server = await user.startServer('TCP');
      const connection = await user.openConnection('TCP');
      await workbench.command('View: Move Editor into Right Group');
      const client = await user.waitClient(server);
      await user.send('HELO vscode');
      await user.sendFrom(client, '250 Hello, vscode');
      await user.send('NOOP');
      await user.sendFrom(client, '250 OK');
      // The client's beside the connection's.
      await workbench.clickTab(bufferName(server));
      await user.show(client);
      await workbench.clickTab(bufferName(connection));
    },
  },
  {
    name: 'tree',
    async run(workbench) {
      const user = new ProcessUser(workbench);
      const client = await user.waitRow(/^TCP server </);
      await workbench.command('View: Toggle Maximized Panel');
      await user.expand(client);
    },
  },
  {
    name: 'address',
    async run(workbench) {
      await workbench.command('View: Toggle Maximized Panel');
      await askForAddress(workbench);
    },
  },
  {
    name: 'address-problem',
    async run(workbench) {
      await workbench.typeQuick('localhost:80800');
      await workbench.quickItems();
    },
  },
  {
    name: 'send',
    async run(workbench) {
      await workbench.cancelQuick();
      await workbench.command('Network Processes: Send…');
      await workbench.waitQuick('Send to');
      await workbench.typeQuick('MAIL FROM:<me@example.org>');
    },
  },
  {
    name: 'list',
    async run(workbench) {
      await workbench.cancelQuick();
      await workbench.command('Network Processes: List Processes');
      await workbench.waitActiveTab('Process List');
    },
  },
  {
    name: 'error',
    async run(workbench) {
      await askForAddress(workbench);
      // Where nobody listens.
      await workbench.fillQuick('127.0.0.1:1');
      await workbench.acceptQuick();
      await workbench.until('a message', async () => (await workbench.toasts()).length);
    },
  },
  {
    name: 'frozen',
    async run(workbench) {
      await workbench.clearNotifications();
      await workbench.command('View: Close All Editors');
      const user = new ProcessUser(workbench);
      await user.openConnection('TCP', `127.0.0.1:${await startLog()}`);
      await workbench.statusItem(/ in · /);
      await workbench.page.waitForTimeout(3000);
      await workbench.focusEditor();
      await workbench.press('PageUp', 'PageUp', 'PageUp');
      await workbench.statusItem(/frozen · /);
    },
  },
  {
    name: 'terminal',
    async run(workbench) {
      await workbench.command('Network Processes: Open Terminal');
      await workbench.page.locator('.terminal-wrapper.active .xterm').first().waitFor();
      await workbench.page.waitForTimeout(1500);
      await workbench.page.keyboard.type('level debug');
      await workbench.page.waitForTimeout(500);
    },
  },
  {
    name: 'terminal-options',
    async run(workbench) {
      await workbench.command('Network Processes: Terminal Options…');
      await workbench.waitQuick('Terminal Options');
    },
  },
  {
    name: 'capture',
    async run(workbench) {
      await workbench.cancelQuick();
      await workbench.showPanel(container);
      await workbench.command('Network Processes: Open Capture');
      await workbench.waitEditorText('received from');
    },
  },
  {
    name: 'narrow',
    async run(workbench) {
      await workbench.resize(640, 750);
    },
  },
];

/** A device that writes a line of its log, in colours, ten times a second. Returns its port. */
function startLog() {
  const colors = { info: '32', debug: '36', warn: '33' };
  const texts = ['temperature 21.4', 'fan at 40 %', 'door closed', 'voltage 11.8', 'link up, 100 Mbit/s'];
  let number = 0;
  const line = () => {
    const level = ['info', 'info', 'debug', 'warn'][number % 4];
    const time = new Date(Date.UTC(2026, 0, 2, 8, 0, 0, 100 * number)).toISOString().slice(11, 23);
    return `${time} \x1b[${colors[level]}m${level.padEnd(5)}\x1b[m ${texts[(number += 1) % texts.length]}\r\n`;
  };
  const server = createServer((socket) => {
    const timer = setInterval(() => socket.write(line()), 100);
    socket.on('close', () => clearInterval(timer)).on('error', () => {});
  });
  server.unref();
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
}

/** A datagram there and back, and a connection that has ended. */
async function echo(user, { host, udpPort, tcpPort }) {
  await user.openConnection('UDP', `${host}:${udpPort}`);
  await user.send('ping');
  const finished = await user.openConnection('TCP', `${host}:${tcpPort}`);
  await user.send('Hello, whoever is listening.');
  await user.menu(finished, 'Send EOF');
  await user.waitRow(finished.label, /^closed/);
}

async function askForAddress(workbench) {
  await workbench.command('Network Processes: Open Connection…');
  await workbench.waitQuick('Open Connection');
  await workbench.pickQuick('TCP');
  await workbench.waitQuick('Open TCP Connection');
}
