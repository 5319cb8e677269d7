import type * as vscode from 'vscode';
import { createNetworkProcesses, type NetworkProcesses } from './core';
import { BufferDocuments } from './ui/buffers/bufferDocuments';
import { BufferCommands } from './ui/commands/bufferCommands';
import { ControlCommands } from './ui/commands/controlCommands';
import { registerCommands } from './ui/commands/registerCommands';
import { SendCommands } from './ui/commands/sendCommands';
import { Targets } from './ui/commands/targets';
import { ProcessList } from './ui/list/processList';
import { Log } from './ui/log';
import { OpenFlow } from './ui/open/openFlow';
import { Settings } from './ui/settings';
import { ContextKeys } from './ui/tree/contextKeys';
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
  const flow = new OpenFlow(core, context.globalState, buffers);
  const list = new ProcessList(core);
  const targets = new Targets(tree, buffers);
  const control = new ControlCommands(core, tree.rows, targets);
  const commands = registerCommands({
    flow,
    send: new SendCommands(core, targets, settings),
    control,
    buffer: new BufferCommands(core, targets, buffers),
    list,
    log,
  });
  // Disposed in this order: no command can run on a part that is gone, and the core's end is silent.
  context.subscriptions.push(commands, flow, control, list, new ContextKeys(tree, buffers), tree, buffers);
  context.subscriptions.push(settings, log, core);
  return {
    getAPI(version) {
      if (version !== 1) throw new Error(`Network Processes has API version 1 only, not ${String(version)}.`);
      return core;
    },
  };
}
