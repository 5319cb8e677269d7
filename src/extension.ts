import { join } from 'node:path';
import * as vscode from 'vscode';
import { createNetworkProcesses, type NetworkProcess, type NetworkProcesses } from './core';
import { BufferDocuments } from './ui/buffers/bufferDocuments';
import { captureLinks } from './ui/buffers/captureLinks';
import { FrozenKey } from './ui/buffers/frozenKey';
import { BufferCommands } from './ui/commands/bufferCommands';
import { CaptureDocuments } from './ui/capture/captureDocuments';
import { CaptureNotice } from './ui/capture/captureNotice';
import { SaveCapture } from './ui/capture/saveCapture';
import { ControlCommands } from './ui/commands/controlCommands';
import { KillQuestion } from './ui/commands/killQuestion';
import { PropertyCommands } from './ui/commands/propertyCommands';
import { registerCommands } from './ui/commands/registerCommands';
import { SocketOptionCommands } from './ui/commands/socketOptionCommands';
import { ResetNotice } from './ui/commands/resetNotice';
import { DatagramPeer } from './ui/send/datagramPeer';
import { LargeSends } from './ui/send/largeSends';
import { SendCommands } from './ui/send/sendCommands';
import { SendFile } from './ui/send/sendFile';
import { Targets } from './ui/commands/targets';
import { commands } from './ui/ids';
import { ProcessList } from './ui/list/processList';
import { Log } from './ui/log';
import { openParts } from './ui/open/loadParts';
import { OpenCommands } from './ui/open/openCommands';
import { StreamOpenings } from './ui/open/streamOpenings';
import { Settings } from './ui/settings';
import { BufferStatus } from './ui/status/bufferStatus';
import { ProcessPicks } from './ui/status/processPicks';
import { StatusBar } from './ui/status/statusBar';
import { TerminalStatus } from './ui/status/terminalStatus';
import { ContextKeys } from './ui/tree/contextKeys';
import type { Row } from './ui/rows/row';
import { askUserOfTrust } from './ui/trust/askUser';
import { TerminalCommands } from './ui/terminal/terminalCommands';
import { Terminals } from './ui/terminal/terminals';
import { ProcessTree } from './ui/tree/processTree';
import { TlsDocuments } from './ui/trust/tlsDocuments';
import { manageTrustedHosts } from './ui/trust/trustedHosts';

/** What other extensions get from `vscode.extensions.getExtension(…).activate()`. */
export interface NetworkProcessesExports {
  /**
   * The network processes of this window, the ones in the tree.
   *
   * @param version 1, the only one there is; throws for others.
   */
  getAPI(version: 1): NetworkProcesses;
}

/**
 * Puts the parts together. Opens no socket, reads nothing but the settings; the core looks into the folder of captures
 * for what ended windows left there, later and asynchronously.
 */
export function activate(context: vscode.ExtensionContext): NetworkProcessesExports {
  const core = createNetworkProcesses();
  const log = new Log(core);
  const settings = new Settings(core.options);
  core.options.captureFolder = join(context.globalStorageUri.fsPath, 'captures');
  const buffers = new BufferDocuments(core);
  const tree = new ProcessTree(core);
  const run = (command: string, process: NetworkProcess): void => runOn(command, tree.rows.rowOf(process));
  const resets = new ResetNotice(core, (process) => run(commands.reconnect, process));
  const captureNotice = new CaptureNotice(core, log, (process) => run(commands.saveCapture, process));
  const watch = (process: NetworkProcess): void => resets.watch(process);
  askUserOfTrust(core, context.globalState);
  const streams = new StreamOpenings(core);
  const flow = new OpenCommands(core, streams, context.globalState, context.secrets, buffers, watch);
  const list = new ProcessList(core);
  const targets = new Targets(tree, buffers);
  const question = new KillQuestion(core, settings);
  const control = new ControlCommands(core, streams, tree.rows, targets, question, watch);
  const large = new LargeSends();
  const terminals = new Terminals(core, tree, settings, large);
  const terminal = new TerminalCommands(terminals, targets, tree.rows, flow, settings);
  const captures = new CaptureDocuments(core, targets);
  const tls = new TlsDocuments(core, tree.rows, targets);
  const registered = registerCommands({
    flow,
    send: new SendCommands(core, targets, large, settings, buffers),
    sendFile: new SendFile(core, targets, large),
    captures,
    saveCapture: new SaveCapture(core, targets, captures),
    picks: new ProcessPicks(core, targets),
    control,
    properties: new PropertyCommands(core, targets),
    options: new SocketOptionCommands(core, targets),
    peer: new DatagramPeer(core, targets),
    buffer: new BufferCommands(core, targets, buffers, question),
    terminal,
    tls,
    manageTrustedHosts: () => manageTrustedHosts(core),
    list,
    log,
  });
  // Disposed in this order: no command can run on a part that is gone, and the core's end is silent.
  const status = new StatusBar(core, [new BufferStatus(tree, buffers), new TerminalStatus(terminals)]);
  context.subscriptions.push(registered, flow, control, large, resets, list, captures, tls, captureNotice, status);
  context.subscriptions.push(new ContextKeys(tree, buffers), terminal, terminals, tree, buffers);
  context.subscriptions.push(captureLinks(buffers), new FrozenKey(buffers), settings, log, core);
  let api: NetworkProcesses | null = null;
  return {
    getAPI(version) {
      if (version !== 1) throw new Error(`Network Processes has API version 1 only, not ${String(version)}.`);
      return (api ??= openParts().withGuards(core, streams));
    },
  };
}

/** As the user would, with the command's messages. */
function runOn(command: string, row: Row | undefined): void {
  if (row) void vscode.commands.executeCommand(command, row);
}
