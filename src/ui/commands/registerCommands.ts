import * as vscode from 'vscode';
import { showError } from '../errors';
import { commands } from '../ids';
import type { ProcessList } from '../list/processList';
import type { Log } from '../log';
import type { OpenFlow } from '../open/openFlow';
import type { BufferCommands } from './bufferCommands';
import type { ControlCommands } from './controlCommands';
import type { SendCommands } from './sendCommands';

/** Who does what the commands say. */
export interface CommandParts {
  readonly flow: OpenFlow;
  readonly send: SendCommands;
  readonly control: ControlCommands;
  readonly buffer: BufferCommands;
  readonly list: ProcessList;
  readonly log: Log;
}

type Run = (...args: unknown[]) => unknown;

/** Registers every command; what one throws is told. */
export function registerCommands({ flow, send, control, buffer, list, log }: CommandParts): vscode.Disposable {
  const runs: Record<keyof typeof commands, Run> = {
    openConnection: () => flow.openConnection(),
    startServer: () => flow.startServer(),
    send: (...args) => send.send(...args),
    sendSelection: (...args) => send.sendSelection(...args),
    sendEof: (...args) => send.sendEof(...args),
    stop: (...args) => control.stop(...args),
    continue: (...args) => control.continue(...args),
    delete: (...args) => control.delete(...args),
    deleteAllFinished: () => control.deleteAllFinished(),
    reconnect: (...args) => control.reconnect(...args),
    showBuffer: (...args) => buffer.show(...args),
    killBuffer: (...args) => buffer.kill(...args),
    copyContact: (...args) => control.copyContact(...args),
    listProcesses: () => list.show(),
    showLog: () => log.show(),
  };
  const registered = Object.entries(runs).map(([name, run]) => {
    const id = commands[name as keyof typeof commands];
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
