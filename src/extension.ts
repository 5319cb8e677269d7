import * as vscode from 'vscode';
import { createNetworkProcesses, type NetworkProcess, type NetworkProcesses } from './core';
import { withExposureAsked } from './ui/api/exposure';
import { BufferDocuments } from './ui/buffers/bufferDocuments';
import { BufferCommands } from './ui/commands/bufferCommands';
import { ControlCommands } from './ui/commands/controlCommands';
import { registerCommands } from './ui/commands/registerCommands';
import { ResetNotice } from './ui/commands/resetNotice';
import { SendCommands } from './ui/commands/sendCommands';
import { Targets } from './ui/commands/targets';
import { commands } from './ui/ids';
import { ProcessList } from './ui/list/processList';
import { Log } from './ui/log';
import { OpenFlow } from './ui/open/openFlow';
import { Settings } from './ui/settings';
import { ContextKeys } from './ui/tree/contextKeys';
import type { Row } from './ui/rows/row';
import { ProcessTree } from './ui/tree/processTree';

/** What other extensions get from `vscode.extensions.getExtension(…).activate()`. */
export interface NetworkProcessesExports {
  /**
   * The network processes of this window, the ones in the tree.
   *
   * @param version 1, the only one there is; throws for others.
   */
  getAPI(version: 1): NetworkProcesses;
}

/** Puts the parts together. Opens nothing, reads nothing but the settings. */
export function activate(context: vscode.ExtensionContext): NetworkProcessesExports {
  const core = createNetworkProcesses();
  const log = new Log(core);
  const settings = new Settings(core.options);
  const buffers = new BufferDocuments(core);
  const tree = new ProcessTree(core);
  const resets = new ResetNotice(core, (process) => reconnect(tree.rows.rowOf(process)));
  const watch = (process: NetworkProcess): void => resets.watch(process);
  const flow = new OpenFlow(core, context.globalState, buffers, watch);
  const list = new ProcessList(core);
  const targets = new Targets(tree, buffers);
  const control = new ControlCommands(core, tree.rows, targets, watch);
  const registered = registerCommands({
    flow,
    send: new SendCommands(core, targets, settings),
    control,
    buffer: new BufferCommands(core, targets, buffers),
    list,
    log,
  });
  // Disposed in this order: no command can run on a part that is gone, and the core's end is silent.
  context.subscriptions.push(registered, flow, control, resets, list, new ContextKeys(tree, buffers), tree, buffers);
  context.subscriptions.push(settings, log, core);
  const api = withExposureAsked(core);
  return {
    getAPI(version) {
      if (version !== 1) throw new Error(`Network Processes has API version 1 only, not ${String(version)}.`);
      return api;
    },
  };
}

/** As the command does it, with its messages. */
function reconnect(row: Row | undefined): void {
  if (row) void vscode.commands.executeCommand(commands.reconnect, row);
}
