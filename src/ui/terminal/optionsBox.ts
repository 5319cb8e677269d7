import * as vscode from 'vscode';
import { withOption, type TerminalOptions } from './terminalOptions';

/** The names of the options' values, in the order they are offered. */
type Names = { readonly [K in keyof TerminalOptions]: readonly Choice<TerminalOptions[K]>[] };

interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly detail: string;
}

interface OptionItem extends vscode.QuickPickItem {
  readonly option: keyof TerminalOptions;
}

/**
 * Lets the user change one option of a terminal.
 *
 * @param target The terminal's process, harmless to show.
 * @param localEcho The setting.
 * @returns Undefined when cancelled.
 */
export async function askOption(
  target: string,
  options: TerminalOptions,
  localEcho: boolean,
): Promise<TerminalOptions | undefined> {
  const title = vscode.l10n.t('Terminal Options of {0}', target);
  const titles = optionTitles();
  const items = (Object.keys(titles) as (keyof TerminalOptions)[]).map((option): OptionItem => ({
    option,
    label: titles[option],
    description: valueName(option, options),
  }));
  const picked = await vscode.window.showQuickPick(items, { title });
  if (!picked) return undefined;
  const { option } = picked;
  const now = vscode.l10n.t('now');
  const choices = choicesOf(option).map((choice) => ({
    ...choice,
    description: choice.value === options[option] ? now : undefined,
  }));
  const chosen = await vscode.window.showQuickPick(choices, { title: `${title}: ${titles[option]}` });
  if (!chosen || (chosen.value === 'raw' && options.escapes !== 'raw' && !(await confirmRaw(target)))) return undefined;
  return withOption(options, { [option]: chosen.value }, localEcho);
}

/** `line by line, LF, echo`: the options in a few words. */
export function optionsSummary(options: TerminalOptions): string {
  const parts = [valueName('input', options), valueName('lineEnding', options)];
  if (options.localEcho) parts.push(vscode.l10n.t('echo'));
  if (options.escapes === 'raw') parts.push(vscode.l10n.t('raw'));
  return parts.join(', ');
}

async function confirmRaw(target: string): Promise<boolean> {
  const allow = vscode.l10n.t('Allow');
  const detail = vscode.l10n.t(
    'It can then draw over anything in this terminal, messages of this extension included, change its title, write to the clipboard if VS Code lets terminals do that, show links that lead elsewhere than they say, and hide what it sends. Answers of the terminal still never go to it. Only for peers that you trust.',
  );
  const question = vscode.l10n.t('Let {0} control this terminal?', target);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, allow)) === allow;
}

function valueName<K extends keyof TerminalOptions>(option: K, options: TerminalOptions): string {
  return choicesOf(option).find(({ value }) => value === options[option])?.label ?? '';
}

function choicesOf<K extends keyof TerminalOptions>(option: K): Names[K] {
  return choices()[option];
}

function optionTitles(): Readonly<Record<keyof TerminalOptions, string>> {
  return {
    input: vscode.l10n.t('Input'),
    lineEnding: vscode.l10n.t('End of line'),
    localEcho: vscode.l10n.t('Local echo'),
    whenBehind: vscode.l10n.t('When output comes faster than it can be shown'),
    escapes: vscode.l10n.t('Escape sequences'),
  };
}

function choices(): Names {
  const { t } = vscode.l10n;
  return {
    input: [
      { value: 'line', label: t('line by line'), detail: t('Edited here, with history; sent with Enter.') },
      { value: 'character', label: t('key by key'), detail: t('Every key is sent at once.') },
    ],
    lineEnding: [
      { value: 'lf', label: 'LF', detail: t('Enter sends a line feed.') },
      { value: 'crlf', label: 'CRLF', detail: t('Enter sends a carriage return and a line feed.') },
      { value: 'cr', label: 'CR', detail: t('Enter sends a carriage return.') },
      { value: 'none', label: t('no line end'), detail: t('Enter sends nothing but the line.') },
    ],
    localEcho: [
      { value: true, label: t('on'), detail: t('What you type stays in the terminal.') },
      { value: false, label: t('off'), detail: t('For peers that send back what you type.') },
    ],
    whenBehind: [
      {
        value: 'slow',
        label: t('slow the peer'),
        detail: t('Nothing is left out while the terminal answers. Datagrams are skipped all the same.'),
      },
      { value: 'skip', label: t('skip'), detail: t('A line says how much was left out; the capture has it.') },
    ],
    escapes: [
      {
        value: 'safe',
        label: t('safe'),
        detail: t('Colours and what stays within a row; everything else is left out.'),
      },
      {
        value: 'raw',
        label: t('raw'),
        detail: t('Everything acts on the terminal; for full-screen programs you trust.'),
      },
    ],
  };
}
