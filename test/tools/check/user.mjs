// What a person does with the extension, as gestures on its page; signatures in user.d.mts.

const view = 'Processes';

/** Somebody who uses Network Processes in a workbench: by palette, tree and editors only. */
export class ProcessUser {
  constructor(workbench) {
    this.workbench = workbench;
  }

  /** Starts a server from the palette. Returns its row. Without an address, takes the one that is offered. */
  startServer(kind, address) {
    return this.#open('Start Server…', 'Start Server', `Start ${kind} Server`, kind, address);
  }

  /** Opens a connection from the palette. Returns its row. */
  openConnection(kind, address) {
    return this.#open('Open Connection…', 'Open Connection', `Open ${kind} Connection`, kind, address);
  }

  /** Runs one of our commands from the palette. */
  command(title) {
    return this.workbench.command(`Network Processes: ${title}`);
  }

  /** Sends a line from the palette, as the process whose document is active. */
  async send(text) {
    await this.command('Send…');
    return this.answerSend(text);
  }

  /** Sends a line with the button on a row. Returns the title of the box, which names the receiver. */
  async sendFrom(row, text) {
    await this.workbench.rowQuick(view, row.label, 'Send…');
    return this.answerSend(text);
  }

  /** Types into the box of Send…. Returns the box's title, which names the receiver. */
  async answerSend(text) {
    const { title } = await this.workbench.waitQuick('Send to ');
    await this.workbench.fillQuick(text);
    await this.workbench.acceptQuick();
    await this.workbench.waitQuickClosed();
    return title;
  }

  rows() {
    return this.workbench.treeRows(view);
  }

  /** Waits for a row by its label and, if given, by what its description says. */
  waitRow(label, description = /./) {
    return this.workbench.waitRow(view, (row) => isCalled(row, label) && description.test(row.description ?? ''));
  }

  /** The colour that a row's label is drawn in. */
  colorOf({ label }) {
    return this.workbench.rowColor(view, label);
  }

  /** Waits for a client below a server, whose row it expands: one that is not among the rows `known`. */
  async waitClient(server, known = []) {
    await this.expand(server);
    const isKnown = (row) => known.some(({ label }) => label === row.label);
    return this.workbench.waitRow(view, (row) => row.level === 2 && isProcess(row) && !isKnown(row));
  }

  /** Shows a process's buffer by a click on its row, to read it there. */
  async show(row) {
    await this.workbench.clickRow(view, row.label);
    await this.workbench.waitActiveTab(bufferName(row));
  }

  /**
   * Waits until a buffer's document, which must be in view, says exactly that. Only what fits into the editor is
   * compared.
   */
  async waitText(row, expected) {
    const { workbench } = this;
    const isIt = (text) => (expected instanceof RegExp ? expected.test(text) : text === expected);
    await workbench.until(`the buffer of ${row.label} to be ${quoted(expected)}`, async () => {
      const text = await workbench.editorText(bufferName(row));
      if (!isIt(text)) throw new Error(`it is ${quoted(text)}`);
      return true;
    });
  }

  /** The whole text of a buffer's document, by way of the clipboard. */
  async copyText(row) {
    await this.workbench.clickTab(bufferName(row));
    const text = await this.workbench.copyEditor();
    // Back at the end, which the document then follows.
    await this.workbench.press('Mod+End');
    return text;
  }

  /** Waits until the whole text is that: a document that was hidden is brought up to date once it is shown. */
  async waitCopied(row, expected) {
    const isIt = (text) => (expected instanceof RegExp ? expected.test(text) : text === expected);
    await this.workbench.until(`the text of ${row.label} to be ${quoted(expected)}`, async () => {
      const text = await this.copyText(row);
      if (!isIt(text)) throw new Error(`it is ${quoted(text)}`);
      return true;
    });
  }

  /** Clicks a button on a row. */
  async act(row, action) {
    // Behind a command's title stands its key, if it has one.
    const isIt = (label) => label === action || label.startsWith(`${action} (`);
    const { actions } = await this.workbench.waitRow(view, (r) => r.label === row.label && r.actions.some(isIt));
    await this.workbench.rowAction(view, row.label, actions.find(isIt));
  }

  /** Deletes a row by its button, and says yes when asked whether its process may be killed. */
  delete({ label }) {
    return this.workbench.rowDelete(view, label);
  }

  /** Picks from a row's context menu. */
  menu(row, item) {
    return this.workbench.rowMenu(view, row.label, item);
  }

  expand(row) {
    return this.workbench.expandRow(view, row.label);
  }

  /** The port that a row's description tells. */
  static port(row) {
    return Number(/(?:\d|\]|\w):(\d+)/.exec(row.description)[1]);
  }

  async #open(command, first, second, kind, address) {
    const { workbench } = this;
    const before = new Set((await this.rows()).map(({ label }) => label));
    await this.command(command);
    await workbench.waitQuick(first);
    await workbench.pickQuick(kind);
    await workbench.waitQuick(second);
    if (address !== undefined) await workbench.fillQuick(address);
    await workbench.acceptQuick();
    const row = await workbench.waitRow(view, (r) => r.level === 1 && isProcess(r) && !before.has(r.label));
    await workbench.waitActiveTab(bufferName(row));
    return row;
  }
}

/** How the document of a row's process buffer is called. A client's is called after its server's. */
export function bufferName({ label }) {
  const client = /^(.*) (<.*>)$/.exec(label);
  return client ? `*${client[1]}* ${client[2]}` : `*${label}*`;
}

/** Rows below a process tell about it, without a status. */
function isProcess({ description = '' }) {
  return /^(open|listen|connect|stop|closed|failed)\b/.test(description);
}

function isCalled({ label }, wanted) {
  return wanted instanceof RegExp ? wanted.test(label) : label === wanted;
}

function quoted(text) {
  return text instanceof RegExp ? String(text) : JSON.stringify(text);
}
