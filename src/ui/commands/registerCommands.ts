import * as vscode from 'vscode';
import { showError } from '../errors';
import { commands, rowCommands } from '../ids';
import type { ProcessList } from '../list/processList';
import type { Log } from '../log';
import type { OpenCommands } from '../open/openCommands';
import type { TerminalCommands } from '../terminal/terminalCommands';
import type { BufferCommands } from './bufferCommands';
import type { ControlCommands } from './controlCommands';
import type { PropertyCommands } from './propertyCommands';
import type { SocketOptionCommands } from './socketOptionCommands';
import { treeSelection } from './targets';
import type { CaptureDocuments } from '../capture/captureDocuments';
import type { SaveCapture } from '../capture/saveCapture';
import type { SendFile } from '../send/sendFile';
import type { ProcessPicks } from '../status/processPicks';
import type { DatagramPeer } from '../send/datagramPeer';
import type { TlsDocuments } from '../trust/tlsDocuments';
import type { SendCommands } from '../send/sendCommands';

/** Who does what the commands say. */
export interface CommandParts {
  readonly flow: OpenCommands;
  readonly send: SendCommands;
  readonly sendFile: SendFile;
  readonly captures: CaptureDocuments;
  readonly saveCapture: SaveCapture;
  readonly picks: ProcessPicks;
  readonly control: ControlCommands;
  readonly properties: PropertyCommands;
  readonly options: SocketOptionCommands;
  readonly peer: DatagramPeer;
  readonly buffer: BufferCommands;
  readonly terminal: TerminalCommands;
  readonly tls: TlsDocuments;
  readonly manageTrustedHosts: () => void;
  readonly list: ProcessList;
  readonly log: Log;
}

type Run = (...args: unknown[]) => unknown;

/** Registers every command; what one throws is told. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const {
    flow,
    send,
    sendFile,
    captures,
    saveCapture,
    picks,
    control,
    properties,
    options,
    peer,
    buffer,
    terminal,
    tls,
    manageTrustedHosts,
    list,
    log,
  } = parts;
  const ids = { ...commands, ...rowCommands };
  const runs: Record<keyof typeof ids, Run> = {
    openConnection: () => flow.openConnection(),
    startServer: () => flow.startServer(),
    send: (...args) => send.send(...args),
    sendSelection: (...args) => send.sendSelection(...args),
    sendFile: (...args) => sendFile.sendFile(...args),
    sendEof: (...args) => send.sendEof(...args),
    stop: (...args) => control.stop(...args),
    continue: (...args) => control.continue(...args),
    delete: (...args) => control.delete(...args),
    deleteAll: () => control.deleteAll(),
    deleteAllFinished: () => control.deleteAllFinished(),
    toggleQuery: (...args) => control.toggleQuery(...args),
    addProperty: (...args) => properties.add(...args),
    editProperty: (...args) => properties.edit(...args),
    removeProperty: (...args) => properties.remove(...args),
    setSocketOption: (...args) => options.set(...args),
    setDatagramPeer: (...args) => peer.set(...args),
    reconnect: (...args) => control.reconnect(...args),
    showBuffer: (...args) => buffer.show(...args),
    killBuffer: (...args) => buffer.kill(...args),
    openTerminal: (...args) => terminal.open(...args),
    terminalOptions: (...args) => terminal.options(...args),
    sendControl: (...args) => terminal.sendControl(...args),
    openCapture: (...args) => captures.open(...args),
    saveCapture: (...args) => saveCapture.save(...args),
    captureFirst: (uri) => captures.first(uri),
    capturePrevious: (uri) => captures.previous(uri),
    captureNext: (uri) => captures.next(uri),
    captureLast: (uri) => captures.last(uri),
    captureGoTo: (uri) => captures.goTo(uri),
    processActions: (...args) => picks.actions(...args),
    setCoding: (...args) => picks.coding(...args),
    trafficActions: (...args) => picks.traffic(...args),
    showTls: (...args) => tls.open(...args),
    trustedHosts: () => manageTrustedHosts(),
    copyContact: (...args) => control.copyContact(...args),
    listProcesses: () => list.show(),
    showLog: () => log.show(),
    follow: (...args) => buffer.follow(...args),
    lookAtBuffer: () => buffer.lookAt(),
    lookAtCapture: () => captures.open(treeSelection),
  };
  const registered = Object.entries(runs).map(([name, run]) => {
    const id = ids[name as keyof typeof ids];
    return vscode.commands.registerCommand(id, (...args: unknown[]) => guarded(id, run, args, log));
  });
  return vscode.Disposable.from(...registered);
}

async function guarded(id: string, run: Run, args: readonly unknown[], log: Log): Promise<void> {
  try {
    await run(...args);
  } catch (error) {
    for (const each of error instanceof AggregateError ? error.errors : [error]) showError(id, each, log);
  }
}
