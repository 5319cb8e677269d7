import * as vscode from 'vscode';
import type { NetworkProcess } from '../../core';
import { showPeerText } from '../peerText';
import { lineEndings, type LineEnding, type Settings } from '../settings';
import { unescapeText } from './escapes';

const historyLimit = 50;
const endings = Object.keys(lineEndings) as LineEnding[];

/** Asks for what to send. Remembers for the session what was sent, and for each process how its lines end. */
export class SendBox {
  /** As typed, the newest first. */
  private readonly history: string[] = [];
  private readonly chosenEndings = new WeakMap<NetworkProcess, LineEnding>();
  private readonly historyButton: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('history'),
    tooltip: vscode.l10n.t('Sent Before'),
  };

  constructor(private readonly settings: Settings) {}

  /**
   * @param target Who will get it, for the title; harmless to show.
   * @returns The text with escapes replaced and its line ending; undefined when cancelled.
   */
  async ask(process: NetworkProcess, target: string): Promise<string | undefined> {
    let value = '';
    for (;;) {
      const answer = await this.askOnce(process, target, value);
      if (answer.kind !== 'history') return answer.kind === 'text' ? answer.text : undefined;
      value = (await this.pickFromHistory()) ?? answer.value;
    }
  }

  private askOnce(process: NetworkProcess, target: string, value: string): Promise<Answer> {
    const box = vscode.window.createInputBox();
    box.title = vscode.l10n.t('Send to {0}', target);
    box.ignoreFocusOut = true;
    box.value = value;
    this.showEnding(box, process);
    return new Promise<Answer>((resolve) => {
      const settle = (answer: Answer): void => {
        resolve(answer);
        box.dispose();
      };
      box.onDidChangeValue(() => (box.validationMessage = this.problem(box.value, process)));
      box.onDidTriggerButton((button) => {
        if (button === this.historyButton) settle({ kind: 'history', value: box.value });
        else this.cycleEnding(box, process);
      });
      box.onDidAccept(() => {
        const problem = this.problem(box.value, process);
        box.validationMessage = problem;
        if (!problem) settle({ kind: 'text', text: this.finish(box.value, process) });
      });
      box.onDidHide(() => settle({ kind: 'cancelled' }));
      box.show();
    });
  }

  private problem(value: string, process: NetworkProcess): string | undefined {
    const read = unescapeText(value);
    if ('unknown' in read)
      return vscode.l10n.t('{0} is no escape; write \\\\ for a backslash.', showPeerText(read.unknown));
    const isNothing = value === '' && this.ending(process) === 'none';
    return isNothing ? vscode.l10n.t('There is nothing to send.') : undefined;
  }

  private finish(value: string, process: NetworkProcess): string {
    if (value !== '') this.remember(value);
    const read = unescapeText(value);
    return ('text' in read ? read.text : '') + lineEndings[this.ending(process)];
  }

  private remember(value: string): void {
    const known = this.history.indexOf(value);
    if (known >= 0) this.history.splice(known, 1);
    this.history.unshift(value);
    this.history.length = Math.min(this.history.length, historyLimit);
  }

  /** A datagram and a packet have their own end. */
  private ending(process: NetworkProcess): LineEnding {
    return this.chosenEndings.get(process) ?? (process.socketType !== 'stream' ? 'none' : this.settings.lineEnding);
  }

  private cycleEnding(box: vscode.InputBox, process: NetworkProcess): void {
    const next = endings[(endings.indexOf(this.ending(process)) + 1) % endings.length] ?? 'lf';
    this.chosenEndings.set(process, next);
    this.showEnding(box, process);
    box.validationMessage = this.problem(box.value, process);
  }

  private showEnding(box: vscode.InputBox, process: NetworkProcess): void {
    const ending = this.ending(process);
    const name = this.endingName(ending);
    box.prompt = vscode.l10n.t('Line ending: {0}. Escapes: \\n \\r \\t \\xHH \\\\', name);
    const tooltip = vscode.l10n.t('Change Line Ending (now {0})', name);
    const change = { iconPath: new vscode.ThemeIcon('newline'), tooltip };
    box.buttons = this.history.length > 0 ? [this.historyButton, change] : [change];
  }

  private endingName(ending: LineEnding): string {
    return ending === 'none' ? vscode.l10n.t('none') : ending.toUpperCase();
  }

  private async pickFromHistory(): Promise<string | undefined> {
    const items = this.history.map((typed) => ({ label: showPeerText(typed), typed }));
    const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Sent Before') });
    return picked?.typed;
  }
}

type Answer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'history'; readonly value: string }
  | { readonly kind: 'cancelled' };
