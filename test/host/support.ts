import assert from 'node:assert/strict';
import net from 'node:net';
import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses, TextBuffer } from '../../src/core';
import type { NetworkProcessesExports } from '../../src/extension';

/** The extension as every other extension sees it. */
export function extension(): vscode.Extension<NetworkProcessesExports> {
  const found = vscode.extensions.getExtension<NetworkProcessesExports>('network-processes.network-processes');
  assert.ok(found, 'the extension is not installed');
  return found;
}

export async function getCore(): Promise<NetworkProcesses> {
  return (await extension().activate()).getAPI(1);
}

/** Waits until the probe gives something true, and returns that; fails with what was expected and what it gave. */
export async function until<T>(expected: string, probe: () => T, timeoutMs = 30_000): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${expected}; documents: ${openDocuments().join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function openDocuments(): string[] {
  return vscode.workspace.textDocuments.map((d) => `${d.uri.toString()} (${d.lineCount} lines)`);
}

export const command = (name: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(`networkProcesses.${name}`, ...args);

/** Ends and forgets everything that a test made. */
export async function clear(core: NetworkProcesses): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  for (const process of core.processList()) core.deleteProcess(process);
  for (const buffer of core.bufferList()) core.killBuffer(buffer);
  await command('deleteAllFinished');
  assert.deepEqual(core.processList(), []);
}

/** A TCP server of ours that listens on a free port of loopback. */
export async function makeServer(core: NetworkProcesses, spec: Record<string, unknown> = {}): Promise<NetworkProcess> {
  const server = await core.makeNetworkProcess({ name: 'server', server: true, service: true, ...spec });
  assert.ok(server);
  return server;
}

export async function makeClient(
  core: NetworkProcesses,
  port: number,
  spec: Record<string, unknown> = {},
): Promise<NetworkProcess> {
  const client = await core.makeNetworkProcess({ name: 'client', service: port, ...spec });
  assert.ok(client);
  return client;
}

export function portOf(core: NetworkProcesses, process: NetworkProcess): number {
  return Number(core.processContact(process, 'service'));
}

/** A plain server of Node's and the sockets it accepted. */
export interface Peer {
  readonly port: number;
  readonly sockets: net.Socket[];
  close(): void;
}

export async function startPeer(): Promise<Peer> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    // A test may well end its side abruptly.
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  };
  return { port: (server.address() as net.AddressInfo).port, sockets, close };
}

/** A process with a buffer, and the peer's side of its connection. */
export async function connected(
  core: NetworkProcesses,
  peer: Peer,
  spec: Record<string, unknown> = {},
): Promise<{ process: NetworkProcess; buffer: TextBuffer; socket: net.Socket }> {
  const before = peer.sockets.length;
  const process = await makeClient(core, peer.port, { buffer: '*client*', coding: 'utf-8-unix', ...spec });
  await until('the peer to accept', () => peer.sockets.length > before);
  const socket = peer.sockets.at(-1);
  assert.ok(socket && process.buffer);
  return { process, buffer: process.buffer, socket };
}

/** Shows the buffer of the only process that has one, and returns its editor. */
export async function showBuffer(buffer: TextBuffer): Promise<vscode.TextEditor> {
  await command('showBuffer');
  return until(`the document of ${buffer.name}`, () => {
    const editor = vscode.window.activeTextEditor;
    return editor && isOf(editor.document.uri, buffer) ? editor : undefined;
  });
}

/** Whether a document is that buffer's: by the id alone. */
export function isOf(uri: vscode.Uri, buffer: TextBuffer): boolean {
  return uri.scheme === 'netproc' && uri.path.startsWith(`/${buffer.id}-`);
}

/** Text of the document as the editor has it now. */
export function textOf(uri: vscode.Uri): string | undefined {
  const document = vscode.workspace.textDocuments.find((d) => d.uri.toString() === uri.toString());
  return document?.getText();
}
