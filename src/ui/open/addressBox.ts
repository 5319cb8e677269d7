import * as vscode from 'vscode';
import { showPeerText } from '../peerText';
import { optionsText, type ChosenOptions } from '../options/chosenOptions';
import { isLocal, kindName } from './addressKind';
import type { Offer } from './offers';
import {
  parseAddress,
  withNextFamily,
  type Address,
  type AddressKind,
  type AddressRole,
  type ParsedAddress,
} from './parseAddress';
import type { Recent } from './recents';

/** What an address box asks. */
export interface AddressQuestion {
  readonly kind: AddressKind;
  readonly role: AddressRole;
  /** What stands in the box at first. */
  readonly text: string;
  /** Socket options that were chosen. */
  readonly options: ChosenOptions;
  /** Why this computer has none of a kind; null when it has. */
  problem(kind: AddressKind): string | null;
  /** Asked again when one was forgotten. */
  offers(): Offer[];
  forget(recent: Recent): Promise<void>;
}

export interface AddressAnswer {
  readonly address: Address;
  /** As typed, for another try. */
  readonly text: string;
  /** Those chosen now, and those that a recent address was opened with. */
  readonly options: ChosenOptions;
}

/** The user wants to choose socket options first. */
export interface OptionsWish {
  /** Of what kind, by what is typed. */
  readonly optionsOf: AddressKind;
  readonly text: string;
}

/**
 * Step 2: where. A text that is no address says so while it is typed, and can't be accepted. Undefined when the user
 * leaves.
 */
export async function askAddress(question: AddressQuestion): Promise<AddressAnswer | OptionsWish | 'back' | undefined> {
  const box = new AddressBox(question);
  try {
    return await box.ask();
  } finally {
    box.dispose();
  }
}

interface AddressItem extends vscode.QuickPickItem {
  /** Undefined: what is typed. */
  readonly address?: string;
  readonly recent?: Recent;
  /** It leads to the socket options. */
  readonly isOptions?: true;
}

class AddressBox implements vscode.Disposable {
  private readonly box = vscode.window.createQuickPick<AddressItem>();

  constructor(private readonly question: AddressQuestion) {
    this.box.title = boxTitle(question);
    this.box.step = 2;
    this.box.totalSteps = 2;
    this.box.ignoreFocusOut = true;
    this.box.buttons = [
      vscode.QuickInputButtons.Back,
      ...(isLocal(question.kind) ? [] : [familyButton()]),
      optionsButton(),
    ];
    this.box.placeholder = placeholder(question);
    this.box.value = question.text;
    // Our order holds while the user types. Not in the typings; where it is unknown, matching rows may come first.
    Object.assign(this.box, { sortByLabel: false });
    this.fill();
  }

  ask(): Promise<AddressAnswer | OptionsWish | 'back' | undefined> {
    return new Promise((resolve) => {
      this.box.onDidChangeValue(() => this.fill());
      this.box.onDidTriggerButton((button) => {
        if (button === vscode.QuickInputButtons.Back) return resolve('back');
        if (button.tooltip === optionsButton().tooltip) return resolve(this.wish());
        this.box.value = withNextFamily(this.box.value, this.question.kind === 'udp' ? 'udp' : 'tcp');
        this.fill();
      });
      this.box.onDidTriggerItemButton(async ({ item }) => {
        if (item.recent) await this.question.forget(item.recent);
        this.fill();
      });
      this.box.onDidHide(() => resolve(undefined));
      this.box.onDidAccept(() => {
        if (this.box.activeItems[0]?.isOptions) return resolve(this.wish());
        const answer = this.answer();
        if (answer) resolve(answer);
      });
      this.box.show();
    });
  }

  dispose(): void {
    this.box.dispose();
  }

  /** The first row is always there and is what Enter takes: what is typed, or else the first offer. */
  private fill(): void {
    const offers = this.question.offers().map((offer) => this.offerItem(offer));
    const first = this.box.value.trim() === '' ? offers.shift() : this.typedItem();
    this.box.items = [...(first ? [{ ...first, alwaysShow: true }] : []), ...offers, this.optionsItem()];
  }

  private wish(): OptionsWish {
    const parsed = this.parse(this.box.value);
    return { optionsOf: parsed.ok ? parsed.kind : this.question.kind, text: this.box.value };
  }

  private optionsItem(): AddressItem {
    const label = `$(settings-gear) ${vscode.l10n.t('More Options…')}`;
    const description = this.optionsText(this.wish().optionsOf, this.question.options);
    return { label, description, alwaysShow: true, isOptions: true };
  }

  /** What an offer says besides: the options that it will be opened with. */
  private offerItem(offer: Offer): AddressItem {
    const item = offerItem(offer);
    const parsed = this.parse(offer.address);
    const options = { ...item.recent?.options, ...this.question.options };
    const chosen = parsed.ok ? this.optionsText(parsed.kind, options) : '';
    return chosen === '' ? item : { ...item, description: `${item.description} · ${chosen}` };
  }

  private optionsText(kind: AddressKind, options: ChosenOptions): string {
    return optionsText(options, kind, this.question.role, vscode.l10n.t);
  }

  private answer(): AddressAnswer | undefined {
    // Enter may come before the rows for what was typed last: then a row of before is active.
    const active = this.box.activeItems[0];
    const item = active && this.box.items.includes(active) ? active : this.box.items[0];
    const text = item?.address ?? this.box.value;
    const address = this.parse(text);
    const options = { ...item?.recent?.options, ...this.question.options };
    return address.ok && this.question.problem(address.kind) === null ? { address, text, options } : undefined;
  }

  private typedItem(): AddressItem {
    const parsed = this.parse(this.box.value);
    const missing = parsed.ok ? this.question.problem(parsed.kind) : null;
    if (missing !== null)
      return { label: `$(error) ${vscode.l10n.t('Not on this computer')}`, detail: sentence(missing) };
    if (parsed.ok) {
      const parts = [familyText(parsed), this.optionsText(parsed.kind, this.question.options)];
      const description = parts.filter((part) => part !== '').join(' · ');
      return { label: actionText(parsed, this.question.role), description };
    }
    return { label: `$(error) ${showPeerText(parsed.problem)}`, detail: sentence(showPeerText(parsed.advice)) };
  }

  private parse(text: string): ParsedAddress {
    return parseAddress(text, this.question.kind, this.question.role, (m, ...values) => vscode.l10n.t(m, ...values));
  }
}

function sentence(advice: string): string {
  return `${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`;
}

function boxTitle({ kind, role }: AddressQuestion): string {
  if (role === 'client') return vscode.l10n.t('Open {0} Connection', kindName(kind, vscode.l10n.t));
  return vscode.l10n.t('Start {0} Server', kindName(kind, vscode.l10n.t));
}

function placeholder({ kind, role }: AddressQuestion): string {
  if (isLocal(kind)) return vscode.l10n.t('Path, such as /tmp/my.sock or ~/my.sock');
  if (role === 'client') return vscode.l10n.t('host:port, [::1]:port, a port or the name of a service');
  return vscode.l10n.t('Port, or address:port; 0 is a free port, * is every address of this computer');
}

function actionText({ spec, label }: Address, role: AddressRole): string {
  const shown = showPeerText(label);
  if (role === 'client') return vscode.l10n.t('Connect to {0}', shown);
  if (spec.service === 0) return vscode.l10n.t('Listen on a free port of {0}', shown.replace(/:0$/, ''));
  return vscode.l10n.t('Listen on {0}', shown);
}

/** `TCP`, `UDP over IPv6`… */
function familyText({ kind, spec }: Address): string {
  if (spec.family !== 'ipv4' && spec.family !== 'ipv6') return kindName(kind, vscode.l10n.t);
  return vscode.l10n.t('{0} over {1}', kindName(kind, vscode.l10n.t), spec.family === 'ipv4' ? 'IPv4' : 'IPv6');
}

const familyButton = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon('globe'),
  tooltip: vscode.l10n.t('IPv4 Only, IPv6 Only, or Both'),
});

const optionsButton = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon('settings-gear'),
  tooltip: vscode.l10n.t('More Options…'),
});

const forgetButton = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon('close'),
  tooltip: vscode.l10n.t('Remove from Recent Addresses'),
});

function offerItem(offer: Offer): AddressItem {
  const { address } = offer;
  const label = showPeerText(address);
  switch (offer.from) {
    case 'recent':
      return { address, label, description: vscode.l10n.t('recent'), recent: offer.recent, buttons: [forgetButton()] };
    case 'server':
      return { address, label, description: vscode.l10n.t('listens here: {0}', showPeerText(offer.serverName)) };
    case 'free':
      return { address, label, description: freeText(address) };
    case 'example':
      return { address, label, description: vscode.l10n.t('for example') };
  }
}

function freeText(address: string): string {
  return address.startsWith('/') ? vscode.l10n.t('a free path') : vscode.l10n.t('a free port, only for this computer');
}
