import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import { typeOf, type AddressKind } from '../open/addressKind';
import type { AddressRole } from '../open/parseAddress';
import { askValue } from './askValue';
import { readNumber, socketOptions, valueText, type SocketOption } from './socketOption';

/** Keywords of `makeNetworkProcess` that were chosen; the others are left to the system. */
export type ChosenOptions = Readonly<Record<string, unknown>>;

/** What the page is about. */
export interface OptionsQuestion {
  readonly kind: AddressKind;
  readonly role: AddressRole;
  readonly title: string;
  readonly core: Pick<NetworkProcesses, 'featureProblem'>;
}

interface OptionItem extends vscode.QuickPickItem {
  /** Undefined: back to the address. */
  readonly option?: SocketOption;
  readonly run?: (chosen: ChosenOptions) => Promise<ChosenOptions>;
}

const defaultButton = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon('discard'),
  tooltip: vscode.l10n.t('Back to the Default'),
});

/**
 * One page with every option of a kind of socket: its value, what it does, why it is missing here. Flags change in place,
 * others are asked for. Undefined when the user leaves.
 */
export async function askOptions(question: OptionsQuestion, chosen: ChosenOptions): Promise<ChosenOptions | undefined> {
  let active = 0;
  for (;;) {
    const picked = await pick(question, chosen, active);
    if (picked === undefined || picked === 'done') return picked && chosen;
    active = picked.index;
    chosen = picked.isReset ? without(chosen, picked.item) : await picked.item.run!(chosen);
  }
}

/** `keepalive, linger 3 s`: what was chosen, for the address box; empty when nothing was. */
export function optionsText({ kind, role }: Pick<OptionsQuestion, 'kind' | 'role'>, chosen: ChosenOptions): string {
  const options = socketOptions(kind, role, vscode.l10n.t);
  return Object.entries(chosen)
    .map(([name, value]) => {
      const option = options.find((one) => one.name === name);
      if (!option)
        return name === 'server' ? vscode.l10n.t('backlog {0}', String(value)) : vscode.l10n.t('handed over');
      return option.form === 'flag' && value === true ? name : `${name} ${valueText(option, value, vscode.l10n.t)}`;
    })
    .join(', ');
}

interface Picked {
  readonly item: OptionItem;
  readonly index: number;
  readonly isReset: boolean;
}

async function pick(
  question: OptionsQuestion,
  chosen: ChosenOptions,
  active: number,
): Promise<Picked | 'done' | undefined> {
  const box = vscode.window.createQuickPick<OptionItem>();
  const items = itemsOf(question, chosen);
  box.title = question.title;
  box.ignoreFocusOut = true;
  box.matchOnDetail = true;
  box.placeholder = vscode.l10n.t('Choose an option to change it');
  box.buttons = [vscode.QuickInputButtons.Back];
  box.items = items;
  box.activeItems = [items[active] ?? items[0]!];
  try {
    return await new Promise((resolve) => {
      const take = (item: OptionItem | undefined, isReset: boolean): void => {
        if (!item || (item.option && !item.run)) return;
        resolve(item.run ? { item, index: items.indexOf(item), isReset } : 'done');
      };
      box.onDidTriggerButton(() => resolve('done'));
      box.onDidTriggerItemButton(({ item }) => take(item, true));
      box.onDidAccept(() => take(box.activeItems[0], false));
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}

function itemsOf({ kind, role, title, core }: OptionsQuestion, chosen: ChosenOptions): OptionItem[] {
  const done = { label: `$(arrow-left) ${vscode.l10n.t('Back to the address')}`, alwaysShow: true };
  const options = socketOptions(kind, role, vscode.l10n.t).map((option) => optionItem(option, chosen, title, core));
  const isListening = role === 'server' && typeOf(kind) !== 'datagram';
  return [done, ...options, ...(isListening ? [backlogItem(chosen, title), ...handedItems(kind, chosen, core)] : [])];
}

function optionItem(
  option: SocketOption,
  chosen: ChosenOptions,
  title: string,
  core: OptionsQuestion['core'],
): OptionItem {
  const { name, form, explanation } = option;
  const problem = core.featureProblem(name);
  if (problem !== null) {
    return {
      option,
      label: `$(circle-slash) ${name}`,
      description: vscode.l10n.t('not here: {0}', problem),
      detail: explanation,
    };
  }
  const isChosen = Object.hasOwn(chosen, name);
  const description = isChosen ? valueText(option, chosen[name], vscode.l10n.t) : vscode.l10n.t('default');
  const run = async (before: ChosenOptions): Promise<ChosenOptions> => {
    if (form === 'flag') return { ...before, [name]: before[name] !== true };
    const value = await askValue(option, before[name] ?? null, title);
    if (value === undefined) return before;
    // A priority has to be a number.
    return value === null && form === 'number' ? without(before, { option }) : { ...before, [name]: value };
  };
  return {
    option,
    label: name,
    description,
    detail: explanation,
    run,
    ...(isChosen && { buttons: [defaultButton()] }),
  };
}

/** Connections that may wait to be accepted. */
function backlogItem(chosen: ChosenOptions, title: string): OptionItem {
  const option: SocketOption = {
    name: 'server',
    form: 'number',
    explanation: vscode.l10n.t('Connections that may wait to be accepted'),
  };
  const present = typeof chosen.server === 'number' ? chosen.server : null;
  const run = async (before: ChosenOptions): Promise<ChosenOptions> => {
    const typed = await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t('Connections that may wait to be accepted; the system has a limit of its own'),
      value: present === null ? '' : String(present),
      ignoreFocusOut: true,
      validateInput: (text) => {
        const read = readNumber('number', text, vscode.l10n.t);
        return 'problem' in read ? read.problem : undefined;
      },
    });
    const read = typed === undefined ? null : readNumber('number', typed, vscode.l10n.t);
    if (!read || 'problem' in read) return before;
    return read.value === null ? without(before, { option }) : { ...before, server: read.value };
  };
  return {
    option,
    run,
    label: vscode.l10n.t('backlog'),
    description: present === null ? vscode.l10n.t('default') : String(present),
    detail: option.explanation,
    ...(present !== null && { buttons: [defaultButton()] }),
  };
}

/** Offered only where there may be such a socket. */
function handedItems(kind: AddressKind, chosen: ChosenOptions, core: OptionsQuestion['core']): OptionItem[] {
  const isThere = Number(process.env.LISTEN_FDS) > 0 && core.featureProblem('useExternalSocket') === null;
  if (!isThere || typeOf(kind) !== null) return [];
  const option: SocketOption = {
    name: 'useExternalSocket',
    form: 'flag',
    explanation: vscode.l10n.t('Takes the listening socket that this program was started with, not the address'),
  };
  return [
    {
      option,
      label: vscode.l10n.t('socket handed over'),
      description: valueText(option, chosen.useExternalSocket, vscode.l10n.t),
      detail: option.explanation,
      run: (before) =>
        Promise.resolve(
          before.useExternalSocket === true ? without(before, { option }) : { ...before, useExternalSocket: true },
        ),
    },
  ];
}

function without(chosen: ChosenOptions, { option }: Pick<OptionItem, 'option'>): ChosenOptions {
  return Object.fromEntries(Object.entries(chosen).filter(([name]) => name !== option?.name));
}
