import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../core';
import { errorText, showFailure } from '../errors';
import { kindOf } from '../open/addressKind';
import { openParts } from '../open/loadParts';
import { socketOptions, valueText, type SocketOption } from '../options/socketOption';
import { showPeerText } from '../peerText';
import { Detail } from '../rows/detail';
import type { Row } from '../rows/row';
import type { Targets } from './targets';

/** Changes socket options of live processes. @see Emacs Lisp manual, "Network Options" (set-network-process-option) */
export class SocketOptionCommands {
  constructor(
    private readonly core: NetworkProcesses,
    private readonly targets: Targets,
  ) {}

  /** The option that was clicked, or else one that the user chooses. A flag changes at once. */
  async set(...args: unknown[]): Promise<void> {
    const title = vscode.l10n.t('Set Socket Option');
    const row = await this.targets.findOne(args, 'live', title);
    if (!row) return;
    const { process } = row;
    if (kindOf(this.core, process) === 'shell') {
      return showFailure(vscode.l10n.t('{0} has no socket: a program takes its place.', showPeerText(process.name)));
    }
    const heading = `${title}: ${showPeerText(process.name)}`;
    const clicked = args[0] instanceof Detail ? args[0].key : null;
    // Back, and Escape, lead from a value to the list that it was chosen from.
    for (let isSet = false; !isSet;) {
      const option = await this.choose(row, clicked, heading);
      if (!option) return;
      isSet = (await this.change(row, process, option, heading)) || clicked !== null;
    }
  }

  /** Whether it was changed, or can't be any more. */
  private async change(row: Row, process: NetworkProcess, option: SocketOption, title: string): Promise<boolean> {
    const present = presentValue(this.core, process, option.name);
    let isOver = false;
    const take = (value: unknown): string | null => {
      if (value === null && option.form === 'number') return vscode.l10n.t('Type a whole number.');
      // It may have ended while the box was open.
      isOver = true;
      if (!this.targets.isThere(row) || !row.traits.has('live') || row.process !== process) {
        showFailure(vscode.l10n.t('{0} has ended.', showPeerText(process.name)));
        return null;
      }
      try {
        this.core.setNetworkProcessOption(process, option.name, value);
        return null;
      } catch (error) {
        isOver = false;
        return errorText(error);
      }
    };
    if (option.form === 'flag') {
      const problem = take(present !== true);
      if (problem !== null) showFailure(problem);
      return true;
    }
    await openParts().askValue({ option, present, title, take });
    return isOver;
  }

  private async choose({ process }: Row, clicked: string | null, title: string): Promise<SocketOption | undefined> {
    const options = socketOptions(kindOf(this.core, process), process.isServer ? 'server' : 'client', vscode.l10n.t);
    const items = options.map((option) => {
      const problem = this.core.featureProblem(option.name);
      const value = valueText(option, presentValue(this.core, process, option.name), vscode.l10n.t);
      return {
        label: problem === null ? option.name : `$(circle-slash) ${option.name}`,
        description: problem === null ? value : vscode.l10n.t('not here: {0}', problem),
        detail: option.explanation,
        ...{ option, problem },
      };
    });
    const placeHolder = vscode.l10n.t('Choose an option to change it');
    const picked =
      items.find(({ option }) => option.name === clicked) ??
      (await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDetail: true }));
    if (!picked || picked.problem === null) return picked?.option;
    showFailure(vscode.l10n.t('{0} can’t be set here: {1}.', picked.option.name, picked.problem));
    return undefined;
  }
}

/** As the system has it; where that can't be asked, as it was asked for. */
function presentValue(core: NetworkProcesses, process: NetworkProcess, name: string): unknown {
  const live = core.networkProcessOptions(process);
  return (live ? live[name] : core.processContact(process, name)) ?? null;
}
