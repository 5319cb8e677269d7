import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import { typeOf, type AddressKind } from '../open/addressKind';
import { showPeerText } from '../peerText';
import type { AddressRole } from '../open/parseAddress';
import { askValue } from './askValue';
import type { ChosenOptions } from './chosenOptions';
import { askTlsValue, isOfTls } from './askTlsValue';
import { socketOptions, valueText, type SocketOption } from './socketOption';
import { tlsOptions } from './tlsOption';

/** What the page is about. */
export interface OptionsQuestion {
  readonly kind: AddressKind;
  readonly role: AddressRole;
  readonly title: string;
  readonly step: { readonly step: number; readonly totalSteps: number };
  /** Connections that wait at a server without a choice. */
  readonly backlog: number;
  readonly core: Pick<NetworkProcesses, 'featureProblem' | 'gnutlsLacks'>;
  /** What the system refused before. */
  readonly refusal?: OptionRefusal;
}

export interface OptionRefusal {
  readonly option: string;
  /** Harmless to show. */
  readonly reason: string;
}

interface OptionItem extends vscode.QuickPickItem {
  /** Undefined: back to the address. */
  readonly option?: SocketOption;
  readonly isMissing?: boolean;
}

const defaultButton = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon('discard'),
  tooltip: vscode.l10n.t('Back to the Default'),
});

/**
 * One page with every option of a kind of socket: its value, what it does, why it is missing here. Flags change in place,
 * others are asked for. However it is left, what was chosen stays chosen.
 */
export async function askOptions(question: OptionsQuestion, chosen: ChosenOptions): Promise<ChosenOptions> {
  let { refusal } = question;
  let active = refusal?.option;
  for (;;) {
    const picked = await pick({ ...question, refusal }, chosen, active);
    if (!picked) return chosen;
    const { option } = picked;
    active = option.name;
    const before = chosen;
    chosen = picked.isReset ? without(chosen, option) : await change(question, chosen, option);
    if (refusal?.option === active && chosen !== before) refusal = undefined;
  }
}

interface Picked {
  readonly option: SocketOption;
  readonly isReset: boolean;
}

/** Undefined: the user is done. */
async function pick(
  question: OptionsQuestion,
  chosen: ChosenOptions,
  active: string | undefined,
): Promise<Picked | undefined> {
  const box = vscode.window.createQuickPick<OptionItem>();
  const items = itemsOf(question, chosen);
  Object.assign(box, { title: question.title, ...question.step, ignoreFocusOut: true, matchOnDetail: true });
  box.placeholder = vscode.l10n.t('Choose an option to change it');
  box.buttons = [vscode.QuickInputButtons.Back];
  box.items = items;
  box.activeItems = [items.find(({ option }) => option?.name === active) ?? items[0]!];
  try {
    return await new Promise((resolve) => {
      const take = (item: OptionItem | undefined, isReset: boolean): void => {
        if (item && !item.isMissing) resolve(item.option && { option: item.option, isReset });
      };
      box.onDidTriggerButton(() => resolve(undefined));
      box.onDidTriggerItemButton(({ item }) => take(item, true));
      box.onDidAccept(() => take(box.activeItems[0], false));
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}

async function change({ title, step, core }: OptionsQuestion, chosen: ChosenOptions, option: SocketOption) {
  const { name, form, standard } = option;
  const present = Object.hasOwn(chosen, name) ? chosen[name] : standard;
  if (form === 'flag') return { ...chosen, [name]: present !== true };
  let changed = chosen;
  const take = (value: unknown): null => {
    // Of a socket's options, null is a value where it is no number.
    const isNone = value === null && form !== 'seconds' && form !== 'device';
    changed = isNone ? without(chosen, option) : { ...chosen, [name]: value };
    return null;
  };
  const question = { option, present: chosen[name] ?? null, title, step, take };
  await (isOfTls(form) ? askTlsValue({ ...question, lacks: core.gnutlsLacks() }) : askValue(question));
  return changed;
}

function itemsOf(question: OptionsQuestion, chosen: ChosenOptions): OptionItem[] {
  const { kind, role, core } = question;
  const done = { label: `$(arrow-left) ${vscode.l10n.t('Back to the address')}`, alwaysShow: true };
  const isListening = role === 'server' && typeOf(kind) !== 'datagram';
  const options = [
    ...tlsOptions(kind, role, vscode.l10n.t),
    ...socketOptions(kind, role, vscode.l10n.t),
    ...(isListening ? [backlogOption(question)] : []),
    ...(isListening && isHandedOver(kind, core) ? [handedOption()] : []),
  ];
  return [done, ...options.map((option) => optionItem(option, question, chosen)), ...lackItems(question)];
}

/** What the TLS library of this computer cannot do, whatever is chosen. */
function lackItems({ kind, role, core }: OptionsQuestion): OptionItem[] {
  if (tlsOptions(kind, role, vscode.l10n.t).length === 0) return [];
  const separator = { label: vscode.l10n.t('TLS here'), kind: vscode.QuickPickItemKind.Separator };
  const lacks = core.gnutlsLacks().map(({ name, reason }) => ({
    ...{ label: `$(circle-slash) ${name}`, isMissing: true },
    description: vscode.l10n.t('not here: {0}', showPeerText(reason)),
  }));
  return lacks.length > 0 ? [separator, ...lacks] : [];
}

function optionItem(option: SocketOption, { core, refusal }: OptionsQuestion, chosen: ChosenOptions): OptionItem {
  const { name, explanation } = option;
  const label = option.label ?? name;
  const problem = option.label === undefined ? core.featureProblem(name) : null;
  if (problem !== null) {
    const description = vscode.l10n.t('not here: {0}', problem);
    return { option, isMissing: true, label: `$(circle-slash) ${label}`, description, detail: explanation };
  }
  const detail = refusal?.option === name ? `$(error) ${refusal.reason}` : explanation;
  if (!Object.hasOwn(chosen, name)) {
    const standard = valueText(option, option.standard, vscode.l10n.t);
    return { option, label, description: vscode.l10n.t('default: {0}', standard), detail };
  }
  return {
    ...{ option, label, detail },
    description: valueText(option, chosen[name], vscode.l10n.t),
    buttons: [defaultButton()],
  };
}

/** Connections that may wait to be accepted. */
function backlogOption({ backlog }: OptionsQuestion): SocketOption {
  return {
    name: 'server',
    label: vscode.l10n.t('backlog'),
    form: 'number',
    explanation: vscode.l10n.t('Connections that may wait to be accepted; the system has a limit of its own'),
    standard: backlog,
  };
}

/** Offered only where there may be such a socket. */
function isHandedOver(kind: AddressKind, core: OptionsQuestion['core']): boolean {
  const isThere = Number(process.env.LISTEN_FDS) > 0 && core.featureProblem('useExternalSocket') === null;
  return isThere && typeOf(kind) === null;
}

function handedOption(): SocketOption {
  return {
    name: 'useExternalSocket',
    label: vscode.l10n.t('socket handed over'),
    form: 'flag',
    explanation: vscode.l10n.t('Takes the listening socket that this program was started with, not the address'),
    standard: false,
  };
}

function without(chosen: ChosenOptions, option: SocketOption): ChosenOptions {
  return Object.fromEntries(Object.entries(chosen).filter(([name]) => name !== option.name));
}
