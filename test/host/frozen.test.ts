import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { createNetworkProcesses, type NetworkProcess, type NetworkProcesses, type TextBuffer } from '../../src/core';
import { BufferDocuments } from '../../src/ui/buffers/bufferDocuments';
import { busyLimits } from '../../src/ui/buffers/tailWindow';
import { captureLinks } from '../../src/ui/buffers/captureLinks';
import { connected, extension, startPeer, textOf, until, type Peer } from './support';

/** Documents of a core of the test's own, whose limits are small, and whose state can be asked for. */
describe('A process buffer’s document', () => {
  let core: NetworkProcesses;
  let documents: BufferDocuments;
  let links: vscode.Disposable;
  let peer: Peer;
  let folder: string;

  // VS Code asks the provider that came last, which is to be ours.
  before(() => extension().activate());

  beforeEach(async () => {
    folder = mkdtempSync(`${tmpdir()}/netproc-frozen-`);
    core = createNetworkProcesses();
    peer = await startPeer();
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await until('no editors', () => vscode.window.visibleTextEditors.length === 0);
    peer.close();
    core.dispose();
    links?.dispose();
    documents?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Shown {
    readonly process: NetworkProcess;
    readonly buffer: TextBuffer;
    readonly editor: vscode.TextEditor;
    readonly uri: vscode.Uri;
    /** Writes it and waits until it is in the buffer. */
    send(text: string | Buffer): Promise<void>;
  }

  async function show(budget?: number): Promise<Shown> {
    documents = new BufferDocuments(core, budget);
    links = captureLinks(documents);
    const { process, buffer, socket } = await connected(core, peer, { coding: 'binary' });
    const editor = await documents.show(buffer);
    assert.ok(editor);
    const send = async (text: string | Buffer): Promise<void> => {
      const before = process.traffic.bytesReceived;
      if (!socket.write(text)) await once(socket, 'drain');
      const length = Buffer.byteLength(text);
      await until('it to be received', () => process.traffic.bytesReceived >= before + length);
    };
    return { process, buffer, editor, uri: editor.document.uri, send };
  }

  const numbered = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => `line ${String(from + i).padStart(8, '0')} ${'.'.repeat(60)}\n`).join('');
  const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const top = (editor: vscode.TextEditor): number => editor.visibleRanges[0]?.start.line ?? -1;
  const topText = (editor: vscode.TextEditor): string => editor.document.lineAt(top(editor)).text;
  const atEnd = (editor: vscode.TextEditor): boolean =>
    (editor.visibleRanges.at(-1)?.end.line ?? 0) >= editor.document.lineCount - 2;

  async function scrollTo(editor: vscode.TextEditor, line: number): Promise<void> {
    editor.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.AtTop);
    await until(`line ${line} at the top`, () => top(editor) === line);
  }

  it('is frozen while scrolled up, counts the bytes that come, and follows when told to', async () => {
    const { editor, uri, send } = await show();
    await send(numbered(0, 500));
    await until('the end', () => textOf(uri)?.includes('line 00000499') && atEnd(editor));
    assert.equal(documents.state(uri)?.following, true);
    await scrollTo(editor, 100);
    await until('it to be frozen', () => documents.state(uri)?.following === false);
    const told: number[] = [];
    documents.onDidChangeState((changed) => {
      if (changed.toString() === uri.toString()) told.push(documents.state(uri)!.newBytes);
    });
    const before = editor.document.version;
    const more = numbered(500, 20_000);
    for (let i = 0; i < more.length; i += 75_000) await send(more.slice(i, i + 75_000));
    await until('all bytes to be told', () => told.at(-1) === more.length);
    assert.ok(told.length < 100, `${told.length} times`);
    assert.equal(editor.document.version, before);
    assert.equal(top(editor), 100);
    documents.follow(uri);
    await until('the end', () => textOf(uri)?.includes('line 00020499') && atEnd(editor));
    assert.deepEqual([documents.state(uri)?.following, documents.state(uri)?.newBytes], [true, 0]);
  });

  it('counts as new only what came since, also when a filter had kept it', async () => {
    const { process, editor, uri, send } = await show();
    await send(numbered(0, 500));
    await until('the end', () => textOf(uri)?.includes('line 00000499') && atEnd(editor));
    core.setProcessFilter(process, () => undefined);
    await send('kept by the filter');
    await scrollTo(editor, 100);
    await until('it to be frozen', () => documents.state(uri)?.following === false);
    assert.equal(documents.state(uri)?.newBytes, 0);
    await send('new');
    assert.equal(documents.state(uri)?.newBytes, 3);
  });

  it('counts as new what waits for a stopped process', async () => {
    const { process, editor, uri, send } = await show();
    await send(numbered(0, 500));
    await until('the end', () => textOf(uri)?.includes('line 00000499') && atEnd(editor));
    // An update that is still to come would take what follows for shown.
    await later(500);
    // What is read in the moment in which it is stopped.
    const listener = process.byteLog.onDidAppend(() => core.stopProcess(process));
    await send('held');
    listener.dispose();
    await scrollTo(editor, 100);
    await until('it to be frozen', () => documents.state(uri)?.following === false);
    assert.equal(documents.state(uri)?.newBytes, 4);
  });

  it('is frozen while text is selected, and goes on when it is not', async () => {
    const { editor, uri, send } = await show();
    await send(numbered(0, 100));
    await until('the end', () => textOf(uri)?.includes('line 00000099') && atEnd(editor));
    editor.selection = new vscode.Selection(98, 2, 99, 4);
    await until('it to be frozen', () => documents.state(uri)?.following === false);
    const { version } = editor.document;
    await send('new\n');
    await later(400);
    assert.equal(editor.document.version, version);
    assert.equal(documents.state(uri)?.newBytes, 4);
    editor.selection = new vscode.Selection(99, 0, 99, 0);
    await until('what came', () => textOf(uri)?.endsWith('new\n'));
  });

  it('keeps selection and scroll of one editor on their text while another follows through cuts', async () => {
    const { editor, uri, send } = await show();
    await send(numbered(0, 6000));
    await until('all of it', () => editor.document.lineCount === 6001);
    // So much at once made it busy. Until it is at rest it would not reach back that far.
    await later(1500);
    const other = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.Beside);
    await until('two editors', () => vscode.window.visibleTextEditors.length === 2);
    const [left, right] = [vscode.window.visibleTextEditors.find((e) => e !== other)!, other];
    documents.follow(uri);
    await until('the end on the right', () => atEnd(right));
    await scrollTo(left, 5000);
    left.selection = new vscode.Selection(5005, 3, 5006, 7);
    const selected = (): string => left.document.getText(left.selection);
    const text = selected();
    assert.ok(text.includes('\nline 00'));
    let number = 6000;
    let versions = 0;
    while (documents.state(uri)!.trimmed < 75 * 2000) {
      await send(numbered(number, 500));
      number += 500;
      await until('it to be shown', () => textOf(uri)?.includes(`line ${String(number - 1).padStart(8, '0')}`));
      await until('the same text selected', () => selected() === text);
      await until('the same text at the top', () => topText(left).startsWith('line 00005000'));
      versions++;
      // Slowly: a window that is busy would not reach back that far.
      await later(200);
    }
    assert.ok(versions > 5 && documents.state(uri)!.following);
    // In the frozen one, what is said is about it.
    const { viewColumn } = left;
    await vscode.window.showTextDocument(left.document, { viewColumn });
    await until('it to be said', () => documents.state(uri)!.following === false);
    await vscode.window.showTextDocument(right.document, { viewColumn: right.viewColumn });
    await until('it to be said', () => documents.state(uri)!.following);
    assert.ok(atEnd(right));
    // What was cut off becomes the beginning.
    await send(numbered(number, 40_000));
    await until('the end', () => textOf(uri)?.includes(`line ${String(number + 39_999).padStart(8, '0')}`));
    await until('the beginning', () => top(left) <= 1 && left.selection.isEmpty && left.selection.active.line <= 1);
  });

  it('keeps them while the window takes longer for a change than anybody would think', async () => {
    const { editor, uri, send } = await show();
    await send(numbered(0, 13_700));
    await until('all of it', () => textOf(uri)?.includes('line 00013699'));
    const other = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.Beside);
    await until('two editors', () => vscode.window.visibleTextEditors.length === 2);
    const left = vscode.window.visibleTextEditors.find((e) => e !== other)!;
    documents.follow(uri);
    await until('the end on the right', () => atEnd(other));
    // A new editor takes a while until it stands still.
    await later(1500);
    await scrollTo(left, 12_000);
    left.selection = new vscode.Selection(12_005, 3, 12_006, 7);
    const text = left.document.getText(left.selection);
    const { applyEdit } = vscode.workspace;
    // A window that has so much else to do can't be provoked. As there, an edit for a text of before is refused.
    Object.assign(vscode.workspace, {
      applyEdit: async (edit: vscode.WorkspaceEdit) => {
        const { version } = left.document;
        await later(2500);
        return left.document.version === version && applyEdit(edit);
      },
    });
    try {
      await send(numbered(13_700, 100));
      await later(300);
      // Too much for the window: the next one cuts.
      await send(numbered(13_800, 500));
      await until('the first', () => textOf(uri)?.includes('line 00013799'));
      await later(2500);
    } finally {
      Object.assign(vscode.workspace, { applyEdit });
    }
    await until('the others, though nothing more comes', () => textOf(uri)?.includes('line 00014299'));
    await send(numbered(14_300, 100));
    await until('all of it', () => textOf(uri)?.includes('line 00014399'));
    assert.ok(documents.state(uri)!.trimmed > 0);
    await until('the same text selected', () => left.document.getText(left.selection) === text, 5000);
  });

  it('shows more at rest than while much comes', async () => {
    const { uri, send } = await show();
    // Behind the first line that says what was trimmed.
    const shown = (): number => {
      const text = textOf(uri)!;
      return documents.state(uri)!.trimmed > 0 ? text.length - text.indexOf('\n') - 1 : text.length;
    };
    const line = numbered(0, 1);
    let end = 0;
    const isBusy = (): boolean => documents.state(uri)!.trimmed > 0 && shown() <= busyLimits.most;
    while (!isBusy() || end < 1_200_000) {
      await send(line.repeat(2000));
      end += 2000 * line.length;
      await later(5);
      assert.ok(end < 1e8, `${shown()} characters shown`);
    }
    assert.ok(shown() > 200 * 1024);
    await until('all of it at rest', () => shown() > 1000 * 1024);
    const { trimmed } = documents.state(uri)!;
    assert.equal(trimmed + shown(), end);
    assert.ok(textOf(uri)!.startsWith(`▸ ${trimmed.toLocaleString()} characters trimmed — there is no capture\n`));
    // Slow text is appended, without sending the rest again.
    const changes: number[] = [];
    const listener = vscode.workspace.onDidChangeTextDocument((e) => {
      if (e.document.uri.toString() === uri.toString()) changes.push(...e.contentChanges.map((c) => c.text.length));
    });
    await send('slowly\n');
    await until('it', () => textOf(uri)!.endsWith('slowly\n'));
    listener.dispose();
    assert.ok(changes.every((n) => n < 1000), changes.join()); // prettier-ignore
  });

  it('says where the capture stopped and leads to it', async () => {
    core.options.captureFolder = folder;
    core.options.captureBytes = 10_000;
    const { process, uri, send } = await show();
    await send('a'.repeat(9_990));
    await until('it', () => textOf(uri)?.length === 9_990);
    await send('b'.repeat(100));
    await send('c\n');
    const stop = '▸ capture of client stopped at 10,000 bytes: a capture may take 10,000 bytes';
    const [first = '', second = ''] = await until('the line', () => {
      const lines = textOf(uri)!.split('\n');
      return lines.some((l) => l.endsWith('c')) ? lines : undefined;
    });
    assert.match(first, /^a{9990}↩$/);
    assert.equal(second, stop);
    assert.equal(process.byteLog.capture.state, 'full');
    // Once that place is trimmed, it is said at the top.
    for (let i = 0; i < 30; i++) await send(numbered(i * 1000, 1000));
    await until('the head', () => textOf(uri)!.startsWith('▸ ') && textOf(uri)!.split('\n', 2)[1] === stop);
    const [head = ''] = textOf(uri)!.split('\n', 1);
    assert.match(head, /^▸ [\d,]+ characters trimmed — open the capture of the first 10,000 bytes$/);
    assert.ok(documents.captureLink(uri));
    const isLinked = async (): Promise<boolean> => {
      const [link] = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri);
      const document = await vscode.workspace.openTextDocument(uri);
      const text = document.lineAt(0).text;
      return link !== undefined && document.getText(link.range) === text.slice(text.indexOf('open'));
    };
    // The first line may change once more when all is quiet.
    for (let tries = 0; !(await isLinked()); tries++) assert.ok(tries < 100, 'the link is not where the text says');
  });

  it('says at once where the disk ended the capture, when no more text comes', async () => {
    core.options.captureFolder = folder;
    const { process, uri, send } = await show();
    await send('first\n');
    await process.byteLog.capture.read(0, 1);
    rmSync(folder, { recursive: true });
    await send('last\n');
    await until('the text', () => textOf(uri)?.includes('last\n'));
    await until('the line', () => textOf(uri)?.includes('last\n▸ capture of client stopped at 6 bytes: '));
  });

  it('cannot be made to show lines of this program by a peer', async () => {
    const { process, uri, send } = await show();
    await send(Buffer.from('▸ Process client deleted\n'));
    await until('the bytes', () => textOf(uri) === '\\xe2\\x96\\xb8 Process client deleted\n');
    core.setProcessCodingSystem(process, 'utf-8-unix', 'utf-8-unix');
    await send(Buffer.from('▸ Process client deleted\n'));
    await until('the escape', () => textOf(uri)!.endsWith('\n\\u25b8 Process client deleted\n'));
    core.insertNote(process, 'ours');
    await until('ours', () => textOf(uri)!.endsWith('\n▸ ours\n'));
    const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri.toString())!;
    assert.equal(document.languageId, 'netproc');
  });

  it('gives the text behind what it shows', async () => {
    const { process, uri, send } = await show();
    core.setProcessCodingSystem(process, 'utf-8-unix', 'utf-8-unix');
    await send(Buffer.from([0x61, 0xff, 0x1b, 0x0d, 0x0a, 0xc3, 0xa9, 0x0a]));
    core.insertNote(process, 'ours');
    const document = await until('it', () =>
      vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri.toString() && d.getText().includes('ours')),
    );
    assert.equal(document.getText(), 'a\\xff\\x1b\né\n▸ ours\n');
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    assert.equal(documents.sourceOf(document, all), 'a\udcff\x1b\r\né\nours\n');
    assert.equal(documents.sourceOf(document, new vscode.Range(0, 1, 0, 5)), '\udcff');
    const folders = vscode.workspace.workspaceFolders ?? [];
    const other = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folders[0]!.uri, 'hello.txt'));
    assert.equal(documents.sourceOf(other, new vscode.Range(0, 1, 0, 3)), 'el');
  });

  it('is replaced by its next generation, in the same places, when it was given much', async () => {
    const { buffer, editor, uri, send } = await show(640 * 1024);
    await send(numbered(0, 2000));
    await until('the end', () => textOf(uri)?.includes('line 00001999'));
    const right = await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.Beside);
    const left = vscode.window.visibleTextEditors.find((e) => e !== right)!;
    documents.follow(uri);
    await until('the end on the right', () => atEnd(right));
    await scrollTo(left, 1000);
    left.selection = new vscode.Selection(1002, 1, 1003, 2);
    const shown = [left.document.getText(left.selection), topText(left)];
    const label = vscode.window.tabGroups.all.map((g) => g.activeTab?.label);
    const next = uri.with({ query: 'g=2' });
    const isNext = (e: vscode.TextEditor): boolean => e.document.uri.toString() === next.toString();
    let number = 2000;
    const { visibleTextEditors } = vscode.window;
    assert.equal(visibleTextEditors.length, 2);
    // It is so small that nothing is cut off before.
    while (documents.uriOf(buffer).toString() === uri.toString()) {
      assert.ok(textOf(uri)!.includes('line 00000000'), 'something was cut off');
      await send(numbered(number, 200));
      number += 200;
      await later(20);
      assert.ok(number < 10_000, 'no next generation');
    }
    await until('two new editors', () => vscode.window.visibleTextEditors.filter(isNext).length === 2);
    const tabs = (): vscode.Tab[] => vscode.window.tabGroups.all.flatMap((g) => g.tabs);
    await until('no other tabs', () => tabs().length === 2);
    assert.deepEqual(vscode.window.tabGroups.all.map((g) => g.activeTab?.label), label); // prettier-ignore
    assert.equal(vscode.window.activeTextEditor?.viewColumn, 2);
    const [newLeft, newRight] = [1, 2].map((c) => vscode.window.visibleTextEditors.find((e) => e.viewColumn === c)!);
    await send(numbered(number, 1));
    await until('the end', () => textOf(next)?.includes(`line ${String(number).padStart(8, '0')}`));
    await until('the end in view', () => atEnd(newRight!));
    const shows = (): string[] => [newLeft!.document.getText(newLeft!.selection), topText(newLeft!)];
    await until('the same selected, at the same place', () => isDeepStrictEqual(shows(), shown));
    // The next time its process buffer is shown, it is the new document.
    assert.equal((await documents.show(buffer))?.document.uri.toString(), next.toString());
    assert.equal(tabs().length, 2);
    await documents.close(buffer);
    assert.equal(tabs().length, 0);
  });
});
