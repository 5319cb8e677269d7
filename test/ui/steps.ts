import assert from 'node:assert/strict';
import net from 'node:net';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Session } from '../tools/lib/session.mjs';
import type { Notification, RowMatch, TreeRow, Workbench } from '../tools/lib/workbench.mjs';

export type Kind = 'TCP' | 'UDP' | 'TLS' | 'Unix socket' | 'Unix datagram' | 'Unix seqpacket';

const container = 'Network Processes';
const view = 'Processes';

/** What a user does with the extension, in a workbench. */
export class Steps {
  constructor(readonly workbench: Workbench) {}

  /** Clicks a button of the quick input; its label may go on with a key. */
  async quickButton(button: string): Promise<void> {
    const label = await this.workbench.until(`a button "${button}"`, async () =>
      (await this.workbench.quick())?.buttons.find((name) => name === button || name.startsWith(`${button} (`)),
    );
    await this.workbench.quickButton(label);
  }

  /** A command of ours, through the palette. */
  command(title: string): Promise<void> {
    return this.workbench.command(`${container}: ${title}`);
  }

  showTree(): Promise<void> {
    return this.workbench.showPanel(container);
  }

  badge(): Promise<string> {
    return this.workbench.badge(container);
  }

  /** As far as the box for the address. */
  async askAddress(title: 'Open Connection' | 'Start Server', kind: Kind): Promise<void> {
    await this.command(`${title}…`);
    await this.workbench.waitQuick(title);
    await this.workbench.pickQuick(kind);
    await this.workbench.waitQuick(title === 'Open Connection' ? `Open ${kind} Connection` : `Start ${kind} Server`);
  }

  /** Asks for a connection; returns when the question is answered. */
  async open(kind: Kind, address: string): Promise<void> {
    await this.askAddress('Open Connection', kind);
    await this.answerAddress(address);
  }

  async serve(kind: Kind, address: string): Promise<void> {
    await this.askAddress('Start Server', kind);
    await this.answerAddress(address);
  }

  /** As far as the box for the address, of a kind that has a question between: a protocol, or a command. */
  async askAddressBy(
    kind: 'STARTTLS' | 'Shell',
    by: string,
    title: 'Open Connection' | 'Start Server' = 'Open Connection',
  ): Promise<void> {
    await this.command(`${title}…`);
    await this.workbench.waitQuick(title);
    await this.workbench.pickQuick(kind);
    await this.workbench.waitQuick(`${title.replace(' ', ` ${kind} `)} (2/3)`);
    await this.workbench.fillQuick(by);
    await this.workbench.until(`${by} to be the first`, async () => {
      const [first] = (await this.workbench.quick())?.items ?? [];
      return first?.label === by && first.focused;
    });
    await this.workbench.acceptQuick();
    await this.workbench.waitQuick('(3/3)');
  }

  async answerAddress(address: string): Promise<void> {
    await this.workbench.fillQuick(address);
    await this.takeAddress();
  }

  /** Takes the address that stands there; a question may follow. */
  async takeAddress(): Promise<void> {
    const { workbench } = this;
    await this.addressOffered();
    await workbench.acceptQuick();
    await workbench.untilNot('the address to be taken', async () =>
      /^(Open|Start) /.test((await workbench.quick())?.title ?? ''),
    );
  }

  /** Types an address, and goes to the page of its options. New rows, as for the address, move back to the first one. */
  async moreOptions(address: string): Promise<void> {
    await this.workbench.fillQuick(address);
    await this.addressOffered();
    await this.workbench.pickQuick('More Options…');
  }

  /** Waits until the first row is what was typed. */
  private async addressOffered(): Promise<void> {
    await this.workbench.until('the address to be offered', async () => {
      const [first] = (await this.workbench.quick())?.items ?? [];
      return first && /^(Connect to|Listen on) /.test(first.label) && first.focused;
    });
  }

  rows(): Promise<TreeRow[]> {
    return this.workbench.treeRows(view);
  }

  row(row: RowMatch, timeout?: number): Promise<TreeRow> {
    return this.workbench.waitRow(view, row, timeout);
  }

  noRow(row: RowMatch): Promise<void> {
    return this.workbench.waitNoRow(view, row);
  }

  /** Waits until the row says that. */
  async rowSays(label: string, description: RegExp | string): Promise<TreeRow> {
    const says = (text = ''): boolean =>
      typeof description === 'string' ? text.includes(description) : description.test(text);
    return this.workbench.until(`the row ${label} to say ${description}`, async () =>
      (await this.rows()).find((row) => row.label === label && says(row.description)),
    );
  }

  click(row: RowMatch): Promise<void> {
    return this.workbench.clickRow(view, row);
  }

  expand(row: RowMatch): Promise<void> {
    return this.workbench.expandRow(view, row);
  }

  collapse(row: RowMatch): Promise<void> {
    return this.workbench.collapseRow(view, row);
  }

  action(row: RowMatch, action: string): Promise<void> {
    return this.workbench.rowAction(view, row, action);
  }

  /** Deletes a row by its button, and says yes when asked. */
  delete(label: string): Promise<void> {
    return this.workbench.rowDelete(view, label);
  }

  /** Waits for the question whether processes may be deleted, and answers it. */
  async answerDelete(question: string, answer = 'Delete'): Promise<void> {
    const { workbench } = this;
    await workbench.until(question, async () => {
      const { message, detail } = await workbench.dialog();
      return [message, detail].includes(question);
    });
    await workbench.answerDialog(answer);
  }

  menu(row: RowMatch, item: string): Promise<void> {
    return this.workbench.rowMenu(view, row, item);
  }

  menuItems(row: RowMatch): Promise<string[]> {
    return this.workbench.rowMenuItems(view, row);
  }

  titleAction(action: string): Promise<void> {
    return this.workbench.viewTitleAction(view, action);
  }

  welcome(): Promise<{ texts: string[]; buttons: string[] }> {
    return this.workbench.welcome(view);
  }

  clickWelcome(button: string): Promise<void> {
    return this.workbench.clickWelcome(view, button);
  }

  /** Clicks an icon above the active document, or picks from the menu behind them; the label may go on with a key. */
  async documentAction(action: string): Promise<void> {
    const { page } = this.workbench;
    const actions = page.locator('.editor-group-container.active .editor-actions');
    const icon = actions.locator(labelled(action));
    const more = actions.locator('.codicon-toolbar-more');
    await this.workbench.until('the icons of the document', () => more.first().isVisible());
    // Icons follow the state of the process a little later, and an open menu does not change any more.
    const isIcon = await this.workbench.until(`"${action}" for the document`, async () => {
      if (await icon.first().isVisible()) return 'icon';
      await more.first().click();
      await this.workbench.until('a menu', () => page.locator('.monaco-menu').first().isVisible());
      if (await this.menuItem(action).last().isVisible()) return 'menu';
      await page.keyboard.press('Escape');
      await this.noMenu();
      return undefined;
    });
    return isIcon === 'icon' ? icon.first().click() : this.pickFromMenu(action);
  }

  /** Picks from the menu of a right click into the active document. */
  async documentMenu(item: string): Promise<void> {
    const lines = this.workbench.page.locator('.editor-group-container.active .editor-instance .view-lines');
    await lines.first().click({ button: 'right', position: { x: 5, y: 5 } });
    await this.pickFromMenu(item);
  }

  /** Picks from the menu of a right click on the active document's tab. */
  async tabMenu(item: string): Promise<void> {
    const tab = this.workbench.page.locator('.editor-group-container.active .tabs-container > .tab.active');
    await tab.click({ button: 'right' });
    await this.pickFromMenu(item);
  }

  private async pickFromMenu(item: string): Promise<void> {
    const { page } = this.workbench;
    const target = this.menuItem(item);
    await this.workbench.until(`"${item}" in a menu`, () => target.last().isVisible());
    // A menu takes no click while it opens.
    await page.waitForTimeout(200);
    await target.last().click();
    await this.noMenu();
  }

  private menuItem(item: string): Locator {
    const { page } = this.workbench;
    return page.locator('.monaco-menu .action-menu-item', { has: page.locator(`.action-label${labelled(item)}`) });
  }

  private noMenu(): Promise<void> {
    return this.workbench.untilNot('the menu to close', () =>
      this.workbench.page.locator('.monaco-menu').first().isVisible(),
    );
  }

  /** Sends a text by the button of a row. */
  async sendFrom(row: RowMatch, text: string): Promise<void> {
    await this.workbench.rowQuick(view, row, 'Send…');
    await this.sendText(text);
  }

  /** Types into the box that Send opened. */
  async sendText(text: string): Promise<void> {
    await this.workbench.waitQuick('Send to ');
    await this.workbench.fillQuick(text);
    await this.workbench.acceptQuick();
    await this.workbench.waitQuickClosed();
  }

  /** Answers a box that asks for a text, known by its prompt. Returns what stood in it. */
  async answerBox(prompt: string, text: string): Promise<string> {
    const { workbench } = this;
    const { value = '' } = await workbench.until(`a box that says ${prompt}`, async () => {
      const quick = await workbench.quick();
      return quick?.message?.includes(prompt) && quick;
    });
    await workbench.fillQuick(text);
    await workbench.acceptQuick();
    return value;
  }

  /** Waits for a message; it must be the only one. */
  async onlyMessage(part: string | RegExp): Promise<Notification> {
    const found = await this.workbench.waitNotification(part);
    // While the centre opens, it may draw a message twice.
    await this.workbench.until(`only "${found.message}"`, async () => {
      const all = await this.workbench.notifications();
      return all.length === 1 && all[0]?.message === found.message;
    });
    return found;
  }

  async noMessages(): Promise<void> {
    assert.deepEqual(await this.workbench.notifications(), []);
  }

  /** Titles of all tabs. */
  async tabs(): Promise<string[]> {
    return (await this.workbench.tabs()).map((tab) => tab.name);
  }

  /** No process, no tab, no question. */
  async nothingLeft(): Promise<void> {
    await this.workbench.until('no rows', async () => (await this.rows()).length === 0);
    assert.deepEqual(await this.tabs(), []);
    await this.workbench.until('no badge', async () => (await this.badge()) === '');
    assert.equal(await this.workbench.quick(), null);
  }

  /** Deletes all that a test made, closes its tabs and messages. */
  async clear(): Promise<void> {
    const { workbench } = this;
    if (await workbench.hasDialog()) await workbench.press('Escape');
    if (await workbench.page.locator('.monaco-menu').first().isVisible()) await workbench.press('Escape');
    // Of a page behind another, Escape leaves one at a time.
    await workbench.until('no question', async () => {
      if (!(await workbench.quick())) return true;
      await workbench.press('Escape');
      await workbench.page.waitForTimeout(200);
      return false;
    });
    await this.showTree();
    // Clients of a server that is deleted end on their own, and their rows stay.
    await workbench.until('no rows', async () => {
      if (await workbench.hasDialog()) await workbench.answerDialog('Delete');
      if ((await this.rows()).length === 0) return true;
      await workbench.focusTree(view);
      // An editor may take the keyboard late; these keys are not for its text.
      await workbench.page.waitForTimeout(100);
      if (!(await workbench.page.evaluate<boolean>(`!!document.activeElement?.closest('.part.panel')`))) return false;
      await workbench.press('Home', 'Mod+a', 'Delete');
      await workbench.page.waitForTimeout(500);
      return false;
    });
    // Then the tabs: a row that is selected shows its buffer.
    await workbench.until('no tabs', async () => {
      if ((await this.tabs()).length === 0) return true;
      await workbench.press('Mod+k', 'Mod+w');
      await workbench.page.waitForTimeout(200);
      return false;
    });
    if ((await workbench.notifications()).length > 0) await workbench.clearNotifications();
  }

  /** Gives the tree the keyboard, at a row, without showing what is behind it. */
  async focusTree(row: RowMatch): Promise<void> {
    await this.workbench.clickRow(view, row, { modifier: 'ControlOrMeta' });
    await this.workbench.until('the row to be focused', async () => (await this.row(row)).focused);
  }
}

/** Where the extension keeps its files. */
export function storage({ server }: Session): string {
  return join(server.dataDir, 'data/User/globalStorage/network-processes.network-processes');
}

function labelled(label: string): string {
  return `:is([aria-label="${label}"], [aria-label^="${label} ("])`;
}

/** A server of Node's that keeps its sockets. */
export interface Peer {
  readonly port: number;
  readonly address: string;
  readonly sockets: net.Socket[];
  /** What the sockets received, one after another in the order of their coming. */
  readonly received: () => string;
  /** The socket of that number, once it is there. */
  socket(number?: number): Promise<net.Socket>;
  close(): Promise<void>;
}

const usedPorts = new Set<number>();

export async function startPeer(port = 0): Promise<Peer> {
  const sockets: net.Socket[] = [];
  const texts: string[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const number = sockets.push(socket) - 1;
    // The other side may end as abruptly as it likes.
    socket.on('error', () => undefined);
    socket.on('data', (data) => (texts[number] = (texts[number] ?? '') + data.toString('latin1')));
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as net.AddressInfo).port;
  // A buffer of an earlier test may still have the name.
  if (port === 0 && usedPorts.has(bound)) {
    server.close();
    return startPeer();
  }
  usedPorts.add(bound);
  return {
    port: bound,
    address: `127.0.0.1:${bound}`,
    sockets,
    received: () => texts.join(''),
    socket: (number = 0) => until(`connection ${number}`, () => sockets[number]),
    close: async () => {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const peer = await startPeer();
  await peer.close();
  return peer.port;
}

/** Waits until the probe gives something true, and returns that. */
export async function until<T>(
  expected: string,
  probe: () => T | Promise<T>,
  timeoutMs = 30_000,
): Promise<NonNullable<Awaited<T>>> {
  for (const end = Date.now() + timeoutMs; ;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${expected}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
