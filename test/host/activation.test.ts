import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { command, extension } from './support';

/** As it was when the files of tests were loaded: after the window came up, before any test. */
const wasActive = extension().isActive;
const ourCommands = (): Promise<string[]> =>
  Promise.resolve(vscode.commands.getCommands(true)).then((all) =>
    all.filter((id) => id.startsWith('networkProcesses.')),
  );

describe('Activation', () => {
  it('does not come with the window', () => {
    assert.equal(wasActive, false);
  });

  it('comes with a command of ours', async () => {
    await command('listProcesses');
    assert.equal(extension().isActive, true);
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'netproc-list');
  });

  it('asks for nothing but commands and views of its own', () => {
    const { activationEvents, main } = extension().packageJSON as { activationEvents: string[]; main: string };
    assert.equal(main, './dist/extension.js');
    // VS Code adds what commands and views imply.
    const foreign = activationEvents.filter((event) => !/^on(Command|View):networkProcesses\./.test(event));
    assert.deepEqual(foreign, []);
  });

  it('registers every command of the manifest', async () => {
    const { contributes } = extension().packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = await ourCommands();
    const missing = contributes.commands.map((c) => c.command).filter((id) => !registered.includes(id));
    assert.deepEqual(missing, []);
  });
});
