import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../src/core';
import { clear, command, connected, getCore, isOf, showBuffer, startPeer, textOf, until, type Peer } from './support';

describe('Documents of process buffers', () => {
  let core: NetworkProcesses;
  let peer: Peer;

  before(async () => {
    core = await getCore();
  });

  beforeEach(async () => {
    peer = await startPeer();
  });

  afterEach(async () => {
    peer.close();
    await clear(core);
  });

  const tabsOf = (uri: vscode.Uri): vscode.Tab[] =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString());

  async function closeTabs(uri: vscode.Uri): Promise<void> {
    await vscode.window.tabGroups.close(tabsOf(uri));
    await until('the tab to close', () => tabsOf(uri).length === 0);
    await until('no editor', () => vscode.window.visibleTextEditors.length === 0);
  }

  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const lastVisible = (editor: vscode.TextEditor): number => editor.visibleRanges.at(-1)?.end.line ?? -1;
  const firstVisible = (editor: vscode.TextEditor): number => editor.visibleRanges[0]?.start.line ?? -1;

  it('show what the default filter inserted, and the sentinel’s words at the end', async () => {
    const { process, buffer, socket } = await connected(core, peer);
    const { uri } = (await showBuffer(buffer)).document;
    socket.write('one\ntwo\n');
    await until('both lines', () => textOf(uri) === 'one\ntwo\n');
    assert.equal(buffer.fullText(), 'one\ntwo\n');
    socket.write('grüße\n');
    await until('the third line', () => textOf(uri) === 'one\ntwo\ngrüße\n');
    socket.end();
    const end = `\n▸ Process ${process.name} connection broken by remote peer\n`;
    await until('the end', () => textOf(uri) === `one\ntwo\ngrüße\n${end}`);
    assert.equal(core.processStatus(process.name), null);
    assert.equal(tabsOf(uri).length, 1);
  });

  it('show bytes and controls as escapes', async () => {
    const { buffer, socket } = await connected(core, peer);
    const { uri } = (await showBuffer(buffer)).document;
    socket.write(
      Buffer.from([0x61, 0xff, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x00, 0x07, 0x09, 0xc3, 0xa9, 0x0d, 0x62, 0x7f]),
    );
    await until('escapes', () => textOf(uri) === 'a\\xff\\x1b[31m\\x00\\x07\té\\rb\\x7f');
    assert.equal(buffer.fullText(), 'a\udcff\x1b[31m\0\x07\té\rb\x7f');
  });

  it('show the end of a long text and how much is missing', async () => {
    const { buffer, socket } = await connected(core, peer);
    const line = `${'0123456789'.repeat(7)}\n`;
    socket.write(line.repeat(20_000));
    await until('it all to be in the buffer', () => buffer.size === 1_420_000);
    const { uri } = (await showBuffer(buffer)).document;
    const text = await until('the notice', () => (textOf(uri)?.startsWith('▸ ') ? textOf(uri) : undefined));
    const [notice = '', ...lines] = text.split('\n');
    const missing = Number(/^▸ ([\d,]+) characters trimmed — /.exec(notice)?.[1]?.replaceAll(',', ''));
    const shown = lines.join('\n');
    assert.equal(missing + shown.length, buffer.size);
    assert.equal(shown, line.repeat(shown.length / line.length));
    assert.ok(shown.length > 1_000_000 && shown.length <= 1024 * 1024, `${shown.length} characters shown`);
    socket.write('last\n');
    await until('what came since', () => textOf(uri)?.endsWith('\nlast\n'));
  });

  it('follow their end until the user scrolls up, and again once it is in view', async () => {
    const { buffer, socket } = await connected(core, peer);
    const editor = await showBuffer(buffer);
    const { document } = editor;
    let sent = 0;
    const send = async (lines: number): Promise<void> => {
      const texts = Array.from({ length: lines }, () => `line ${++sent}\n`);
      socket.write(texts.join(''));
      await until('the lines', () => document.lineCount === sent + 1);
    };
    await send(300);
    await until('the end in view', () => lastVisible(editor) >= sent - 1);

    editor.revealRange(new vscode.Range(100, 0, 100, 0), vscode.TextEditorRevealType.AtTop);
    await until('line 100 in view', () => firstVisible(editor) <= 100 && lastVisible(editor) < 200);
    const top = firstVisible(editor);
    const frozen = document.getText();
    socket.write('more\n'.repeat(100));
    sent += 100;
    await until('it to be received', () => buffer.fullText().endsWith('more\n'));
    await later(500);
    assert.equal(document.getText(), frozen);
    assert.equal(firstVisible(editor), top);

    editor.revealRange(new vscode.Range(sent - 100, 0, sent - 100, 0));
    await until('the lines', () => document.lineCount === sent + 1);
    await until('the end in view', () => lastVisible(editor) >= sent - 1);
    await send(100);
    await until('the new end in view', () => lastVisible(editor) >= sent - 1);
  });

  it('can be closed without touching the process, and show the present when they come back', async () => {
    const { process, buffer, socket } = await connected(core, peer);
    const { uri } = (await showBuffer(buffer)).document;
    socket.write('before\n');
    await until('text', () => textOf(uri) === 'before\n');
    await closeTabs(uri);
    assert.equal(process.status, 'open');
    socket.write('meanwhile\n');
    await until('it to be read', () => buffer.fullText() === 'before\nmeanwhile\n');
    const { document } = await showBuffer(buffer);
    assert.equal(document.uri.toString(), uri.toString());
    await until('the present', () => textOf(uri) === 'before\nmeanwhile\n');
    socket.write('after\n');
    await until('what comes now', () => textOf(uri) === 'before\nmeanwhile\nafter\n');
  });

  it('are found by their id alone', async () => {
    const { buffer, socket } = await connected(core, peer);
    const { uri } = (await showBuffer(buffer)).document;
    socket.write('text\n');
    await until('text', () => textOf(uri) === 'text\n');
    const id = uri.path.split('/')[1];
    const other = await vscode.workspace.openTextDocument(uri.with({ path: `/${id}/../etc/passwd` }));
    assert.equal(other.getText(), 'text\n');
    const foreign = await vscode.workspace.openTextDocument(
      uri.with({ path: `/${buffer.id}-other.netproc/${buffer.name}` }),
    );
    assert.equal(foreign.getText(), 'This process ended with its window; nothing was reconnected.');
  });

  it('close when their buffer is killed, and the process ends', async () => {
    const { process, buffer } = await connected(core, peer, { noquery: true });
    const { uri } = (await showBuffer(buffer)).document;
    await command('killBuffer', uri);
    await until('the tab to close', () => tabsOf(uri).length === 0);
    assert.equal(buffer.live, false);
    assert.equal(process.status, 'closed');
  });

  it('say so when a program killed their buffer', async () => {
    const { buffer } = await connected(core, peer);
    const { uri } = (await showBuffer(buffer)).document;
    core.killBuffer(buffer);
    await until('the notice', () => textOf(uri) === 'This process buffer was killed.');
  });

  it('are not edited', async () => {
    const { buffer, socket } = await connected(core, peer);
    const editor = await showBuffer(buffer);
    socket.write('text\n');
    await until('text', () => textOf(editor.document.uri) === 'text\n');
    await vscode.commands.executeCommand('type', { text: 'x' });
    socket.write('more\n');
    await until('more text', () => textOf(editor.document.uri) === 'text\nmore\n');
    assert.equal(editor.document.isDirty, false);
    assert.ok(isOf(editor.document.uri, buffer));
  });
});
