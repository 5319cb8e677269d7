import assert from 'node:assert/strict';
import { isSwitchedOff } from '../support/nativeSockets';
import { needs, Programs } from '../support/peers/programs';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Quick, Workbench } from '../tools/lib/workbench.mjs';
import { freePort, startPeer, Steps } from './steps';

describe('Kinds of sockets and their options', () => {
  // What is left then is tested beside it.
  if (isSwitchedOff) return;

  let session: Session;
  let workbench: Workbench;
  let steps: Steps;
  let programs: Programs;

  before(async () => {
    session = await startSession({ height: 1000 });
    ({ workbench } = session);
    steps = new Steps(workbench);
    await steps.showTree();
  });
  beforeEach(() => {
    programs = new Programs();
  });
  afterEach(async () => {
    await programs.endAll();
    await steps.clear();
  });
  after(() => session?.close());

  /** The options below a row, by name. */
  const options = async (label: string): Promise<Record<string, string | undefined>> => {
    await steps.expand(label);
    await steps.expand('Socket Options');
    return optionsShown();
  };
  const optionsShown = async (): Promise<Record<string, string | undefined>> => {
    const rows = await steps.rows();
    const from = rows.findIndex((row) => row.label === 'Socket Options');
    const rest = rows.slice(from + 1);
    const end = rest.findIndex((row) => row.level <= rows[from]!.level);
    return Object.fromEntries(rest.slice(0, end < 0 ? rest.length : end).map((row) => [row.label, row.description]));
  };

  /** Waits for the page of options, and gives it. */
  const page = (): Promise<Quick> => workbench.waitQuick(/: Socket Options \(2\/2\)$/);
  /** Takes the row of an option, once the page shows it. */
  const take = async (name: string): Promise<void> => {
    await page();
    await workbench.pickQuick(name);
  };
  const valueOf = async (name: string, value: string): Promise<void> => {
    await workbench.until(`${name} to be ${value}`, async () =>
      (await workbench.quick())?.items.some((item) => item.label === name && item.description === value),
    );
  };

  it('packets: a server and a client by Enter alone, and socat', async function () {
    needs(this, 'socat');
    await steps.askAddress('Start Server', 'Unix seqpacket');
    await workbench.acceptQuick();
    const server = await steps.row(/^Unix seqpacket server/);
    await steps.rowSays(server.label, /^listen/);
    await steps.askAddress('Open Connection', 'Unix seqpacket');
    // The server of ours is offered first.
    await workbench.acceptQuick();
    await steps.rowSays(server.label, '1 client');
    const { description = '' } = await steps.row(server.label);
    const at = /\/\S+\.sock/.exec(description)![0];
    const socat = programs.start('socat', '-', `UNIX-CONNECT:${at},type=5`);
    await steps.rowSays(server.label, '2 clients');
    socat.write('one packet');
    await steps.expand(server.label);
    await steps.rowSays(`${server.label} <2>`, '10 B in');
  });

  it('Unix datagrams: two that talk, one of them under a name in no folder', async function () {
    needs(this, 'socat');
    await steps.open('Unix seqpacket', '@np-ui-none');
    await workbench.waitNotification('Cannot connect to @np-ui-none: Connection refused.');
    await steps.serve('Unix datagram', '@np-ui-test');
    await steps.rowSays('Unix datagram server @np-ui-test', 'open · @np-ui-test · no peer yet');
    await steps.open('Unix datagram', '@np-ui-test');
    await steps.sendFrom('@np-ui-test', 'hello');
    await steps.rowSays('Unix datagram server @np-ui-test', '5 B in');
    const own = '@np-ui-own';
    const socat = programs.start('socat', '-', `ABSTRACT-SENDTO:np-ui-test,bind=${own.slice(1)}`);
    socat.write('from socat');
    await steps.rowSays('Unix datagram server @np-ui-test', `peer ${own}`);
    await steps.sendFrom('Unix datagram server @np-ui-test', 'answer');
    await socat.waitOutput('answer');
    // Its peer is a path or such a name.
    await steps.menu('@np-ui-test', 'Set Datagram Peer…');
    await workbench.waitQuick('Set Datagram Peer');
    await workbench.fillQuick('nowhere');
    await workbench.waitQuickMessage('needs a path');
    await workbench.fillQuick(own);
    await workbench.acceptQuick();
    await workbench.waitQuickClosed();
    await steps.sendFrom('@np-ui-test', 'to socat');
    await socat.waitOutput('to socat');
  });

  it('options are chosen before opening, by keyboard, and are on the socket', async () => {
    const peer = await startPeer();
    try {
      await steps.askAddress('Open Connection', 'TCP');
      await workbench.fillQuick(peer.address);
      await steps.quickButton('More Options…');
      await take('keepalive');
      await valueOf('keepalive', 'on');
      await take('linger');
      await steps.answerBox('linger: ', 'soon');
      await workbench.waitQuickMessage('soon is not a whole number from 0 to 65535.');
      await workbench.fillQuick('3');
      await workbench.acceptQuick();
      await valueOf('linger', '3 s');
      // A question that is left changes nothing.
      await take('priority');
      await steps.answerBox('priority: ', 'high');
      await workbench.waitQuickMessage('high is not a whole number from 0 to 2147483647.');
      await steps.quickButton('Back');
      await valueOf('priority', 'default: 0');
      await take('priority');
      await workbench.until('its box', async () => (await workbench.quick())?.message?.includes('priority: '));
      await workbench.press('Escape');
      await valueOf('priority', 'default: 0');
      // What the system refuses is said in the page, and put right there.
      await take('bindtodevice');
      await workbench.fillQuick('none/0');
      await workbench.until('what is wrong with it', async () =>
        (await workbench.quick())?.items[0]?.label.includes('no blanks and slashes'),
      );
      await workbench.fillQuick('none0');
      await workbench.pickQuick('none0');
      await valueOf('bindtodevice', 'none0');
      await steps.quickButton('Back');
      await workbench.waitQuick('Open TCP Connection');
      await workbench.acceptQuick();
      const refused = await workbench.until('what was refused', async () =>
        (await workbench.quick())?.items.find(({ detail }) => detail?.includes('No such device')),
      );
      assert.deepEqual([refused.label, refused.focused], ['bindtodevice', true]);
      assert.match(refused.detail ?? '', /Cannot set bindtodevice to none0: No such device\. Choose another value\./);
      await workbench.press('Enter');
      await workbench.pickQuick('lo');
      await valueOf('bindtodevice', 'lo');
      await workbench.press('Escape');
      const box = await workbench.waitQuick('Open TCP Connection');
      assert.equal(box.value, peer.address);
      const more = box.items.find((item) => item.label === 'More Options…');
      assert.equal(more?.description, 'keepalive, linger 3 s, bindtodevice lo');
      assert.equal(box.items[0]?.description, 'TCP · keepalive, linger 3 s, bindtodevice lo');
      // Another kind has other options.
      await workbench.fillQuick(`udp:${peer.address}`);
      await workbench.until('those of UDP', async () =>
        (await workbench.quick())?.items.some(({ description }) => description === 'UDP · bindtodevice lo'),
      );
      await workbench.fillQuick(peer.address);
      await workbench.acceptQuick();
      await steps.row(peer.address);
      await options(peer.address);
      for (const [name, value] of Object.entries({
        keepalive: 'on',
        linger: '3 s',
        bindtodevice: 'lo',
        nodelay: 'off',
      })) {
        await workbench.until(`${name} to be ${value}`, async () => (await optionsShown())[name] === value);
      }
      // By keyboard: the row, the menu's command in the palette.
      await steps.click('nodelay');
      await workbench.press('Shift+F10');
      await workbench.until('the menu', () => workbench.page.locator('.monaco-menu').first().isVisible());
      // A menu takes no key while it opens.
      await workbench.page.waitForTimeout(200);
      await workbench.press('ArrowDown', 'Enter');
      await workbench.until('it to be on', async () => (await optionsShown()).nodelay === 'on');
      await steps.action('nodelay', 'Set Socket Option…');
      await workbench.until('it to be off', async () => (await optionsShown()).nodelay === 'off');
      await steps.action('priority', 'Set Socket Option…');
      await steps.answerBox('priority: ', '5');
      await workbench.until('it to be 5', async () => (await optionsShown()).priority === '5');
      // Reconnecting keeps those that it was opened with.
      peer.sockets[0]!.destroy();
      await steps.rowSays(peer.address, 'closed');
      await steps.action(peer.address, 'Reconnect');
      await steps.rowSays(peer.address, /^open/);
      await steps.expand('Socket Options');
      await workbench.until('the options again', async () => (await optionsShown()).linger === '3 s');
      // A recent address keeps them, too.
      await steps.askAddress('Open Connection', 'TCP');
      const [recent] = await workbench.quickItems();
      assert.equal(recent?.description, 'recent · keepalive, linger 3 s, bindtodevice lo');
      await workbench.acceptQuick();
      const second = `${peer.address}<1>`;
      await steps.row(second);
      await steps.collapse(peer.address);
      await workbench.until('its options', async () => (await options(second)).keepalive === 'on');
    } finally {
      await peer.close();
    }
  });

  it('options outlive a connection that is refused, and Escape', async () => {
    const port = await freePort();
    await steps.askAddress('Open Connection', 'TCP');
    await steps.moreOptions(`127.0.0.1:${port}`);
    await take('dontroute');
    await valueOf('dontroute', 'on');
    await workbench.pickQuick('Back to the address');
    await workbench.waitQuick('Open TCP Connection');
    await workbench.acceptQuick();
    await workbench.clickNotification('Connection refused', 'Try Again');
    const again = await workbench.waitQuick('Open TCP Connection');
    assert.equal(again.items.find((item) => item.label === 'More Options…')?.description, 'dontroute');
    await workbench.pickQuick('More Options…');
    await page();
    // One step at a time.
    await workbench.press('Escape');
    const left = await workbench.waitQuick('Open TCP Connection');
    assert.equal(left.value, `127.0.0.1:${port}`);
    assert.equal(left.items[0]?.description, 'TCP · dontroute');
    await workbench.press('Escape');
    await workbench.waitQuickClosed();
    await steps.nothingLeft();
  });

  it('a server has a backlog, and options that are changed from the palette', async () => {
    await steps.askAddress('Start Server', 'TCP');
    await workbench.pickQuick('More Options…');
    await take('backlog');
    await steps.answerBox('Connections that may wait', '7');
    await valueOf('backlog', '7');
    await workbench.pickQuick('Back to the address');
    await workbench.waitQuick('Start TCP Server');
    await workbench.acceptQuick();
    await steps.row('TCP server');
    await steps.expand('TCP server');
    await steps.expand('Contact');
    assert.equal((await steps.row('server')).description, '7');
    await steps.collapse('Contact');
    await steps.command('Set Socket Option…');
    await workbench.waitQuick('Set Socket Option: TCP server');
    // What the system refuses is said in the box, which stays; Escape leads back to the list.
    await workbench.pickQuick('bindtodevice');
    await workbench.waitQuick('· bindtodevice');
    await workbench.fillQuick('none0');
    await workbench.pickQuick('none0');
    await workbench.until('the refusal', async () =>
      (await workbench.quick())?.items[0]?.label.includes('Cannot set bindtodevice to none0: No such device'),
    );
    await workbench.press('Escape');
    await workbench.waitQuick(/^Set Socket Option: TCP server$/);
    await workbench.pickQuick('priority');
    await steps.answerBox('priority: ', '6');
    await workbench.until('it to be 6', async () => (await options('TCP server')).priority === '6');
  });
});
