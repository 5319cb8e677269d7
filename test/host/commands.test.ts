import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses, TextBuffer } from '../../src/core';
import { clear, command, connected, getCore, isOf, showBuffer, startPeer, until, type Peer } from './support';

/** Two processes that could be meant: a command that asked which would never come back. */
describe('Commands with a document as their argument', () => {
  let core: NetworkProcesses;
  let peer: Peer;
  let meant: { process: NetworkProcess; buffer: TextBuffer; uri: vscode.Uri };
  let other: NetworkProcess;

  before(async () => {
    core = await getCore();
  });

  beforeEach(async () => {
    peer = await startPeer();
    const { process, buffer } = await connected(core, peer, { name: 'meant', buffer: '*meant*' });
    meant = { process, buffer, uri: (await showBuffer(buffer)).document.uri };
    // Nothing of ours is in the active editor: only the argument tells.
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: '' }));
    other = (await connected(core, peer, { name: 'other', buffer: '*other*' })).process;
  });

  afterEach(async () => {
    peer.close();
    await clear(core);
  });

  it('stop and continue that process', async () => {
    await command('stop', meant.uri);
    assert.deepEqual([meant.process.status, other.status], ['stop', 'open']);
    await command('continue', meant.uri);
    assert.deepEqual([meant.process.status, other.status], ['open', 'open']);
  });

  it('send its end of file', async () => {
    const [socket] = peer.sockets;
    socket?.resume();
    await command('sendEof', meant.uri);
    await until('the peer to hear of it', () => socket?.readableEnded);
    assert.deepEqual([meant.process.sentEof, other.sentEof], [true, false]);
  });

  it('show its buffer', async () => {
    await command('showBuffer', meant.uri);
    await until('its document', () => isOf(vscode.window.activeTextEditor!.document.uri, meant.buffer));
  });

  it('delete it', async () => {
    core.setProcessQueryOnExitFlag(meant.process, null);
    await command('delete', meant.uri);
    assert.deepEqual(core.processList(), [other]);
    assert.equal(meant.buffer.live, true);
  });

  it('reconnect it in the same buffer, the old text kept', async () => {
    peer.sockets[0]?.end('old\n');
    await until('its end', () => meant.process.status === 'closed');
    await command('reconnect', meant.uri);
    const again = core.getProcess('meant');
    assert.ok(again && again !== meant.process);
    assert.equal(again.buffer, meant.buffer);
    await until('the peer to accept', () => peer.sockets.length === 3);
    peer.sockets[2]?.write('new\n');
    const old = 'old\n\nProcess meant connection broken by remote peer\n';
    await until('both texts', () => meant.buffer.fullText() === `${old}new\n`);
  });

  it('copy its contact', async () => {
    await command('copyContact', meant.uri);
    assert.equal(await vscode.env.clipboard.readText(), `127.0.0.1:${peer.port}`);
  });

  it('find nothing to do the second time', async () => {
    core.setProcessQueryOnExitFlag(meant.process, null);
    await command('delete', meant.uri);
    await command('delete', meant.uri);
    await command('stop', meant.uri);
    assert.equal(other.status, 'open');
  });
});
