import * as vscode from 'vscode';
import { showPeerText } from '../peerText';
import { optionsText, type ChosenOptions } from '../options/chosenOptions';
import { isBy, isLocal, kindName } from './addressKind';
import type { Offer } from './offers';
import {
  parseAddress,
  withNextFamily,
  type Address,
  type AddressKind,
  type AddressRole,
  type ParsedAddress,
  type Protocol,
} from './parseAddress';
import type { Recent } from './recents';

/** What an address box asks. */
export interface AddressQuestion {
  readonly kind: AddressKind;
  readonly role: AddressRole;
  /** The protocol of STARTTLS, the command of a shell. */
  readonly by?: string;
  protocols(): readonly Protocol[];
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
  /** Those chosen now. */
  readonly options: ChosenOptions;
}

/**
 * The last step: where. A text that is no address says so while it is typed, and can't be accepted. Undefined when the user
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
  /** It leads to the options. */
  readonly isOptions?: true;
  /** It changes whether encryption is demanded. */
  readonly isDemand?: true;
}

class AddressBox implements vscode.Disposable {
  private readonly box = vscode.window.createQuickPick<AddressItem>();

  /** Those chosen before, and whether encryption is demanded. */
  private options: ChosenOptions;
  /** The text that the rows are for. */
  private filledFor = '';

  constructor(private readonly question: AddressQuestion) {
    this.options = question.options;
    this.box.title = boxTitle(question);
    Object.assign(this.box, stepOf(question.kind));
    this.box.ignoreFocusOut = true;
    this.box.buttons = [
      vscode.QuickInputButtons.Back,
      ...(isLocal(question.kind) || isBy(question.kind) ? [] : [familyButton()]),
      ...(question.kind === 'shell' ? [] : [optionsButton()]),
    ];
    this.box.placeholder = placeholder(question);
    this.box.value = question.text;
    // Our order holds while the user types. Not in the typings; where it is unknown, matching rows may come first.
    Object.assign(this.box, { sortByLabel: false });
    this.fill();
  }

  ask(): Promise<AddressAnswer | OptionsWish | 'back' | undefined> {
    return new Promise((resolve) => {
      // A text of ours is told, too, a moment later: new rows would move the user back to the first one.
      this.box.onDidChangeValue((value) => {
        if (value !== this.filledFor) this.fill();
      });
      this.box.onDidTriggerButton((button) => {
        if (button === vscode.QuickInputButtons.Back) return resolve('back');
        if (button.tooltip === optionsButton().tooltip) return resolve(this.wish());
        this.box.value = withNextFamily(this.box.value, familyKind(this.question.kind));
        this.fill();
      });
      this.box.onDidTriggerItemButton(async ({ item }) => {
        if (item.recent) await this.question.forget(item.recent);
        this.fill();
      });
      this.box.onDidHide(() => resolve(undefined));
      this.box.onDidAccept(() => {
        if (this.box.activeItems[0]?.isOptions) return resolve(this.wish());
        if (this.box.activeItems[0]?.isDemand) return this.changeDemand();
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
    this.filledFor = this.box.value;
    const offers = this.question.offers().map((offer) => this.offerItem(offer));
    const first = this.box.value.trim() === '' ? offers.shift() : this.typedItem();
    const kind = this.wish().optionsOf;
    this.box.items = [
      ...(first ? [{ ...first, alwaysShow: true }] : []),
      ...offers,
      ...(kind === 'starttls' && this.question.role === 'client' ? [this.demandItem()] : []),
      ...(kind === 'shell' ? [] : [this.optionsItem()]),
    ];
  }

  private demandItem(): AddressItem {
    const isDemanded = this.options.ifOffered !== true;
    const label = isDemanded
      ? `$(lock) ${vscode.l10n.t('Encrypted or Not at All')}`
      : `$(unlock) ${vscode.l10n.t('Encrypted if Possible')}`;
    const description = isDemanded
      ? vscode.l10n.t('changes to “if possible”')
      : vscode.l10n.t('changes back: no connection in clear');
    return { label, description, alwaysShow: true, isDemand: true };
  }

  private changeDemand(): void {
    const { ifOffered, ...others } = this.options;
    this.options = ifOffered === true ? others : { ...others, ifOffered: true };
    this.fill();
    // Then Enter opens it.
    this.box.activeItems = this.box.items.slice(0, 1);
  }

  private wish(): OptionsWish {
    const parsed = this.parse(this.box.value);
    return { optionsOf: parsed.ok ? parsed.kind : this.question.kind, text: this.box.value, options: this.options };
  }

  private optionsItem(): AddressItem {
    const label = `$(settings-gear) ${vscode.l10n.t('More Options…')}`;
    const description = this.optionsText(this.wish().optionsOf, this.options);
    return { label, description, alwaysShow: true, isOptions: true };
  }

  /** What an offer says besides: the options that it will be opened with. */
  private offerItem(offer: Offer): AddressItem {
    const item = offerItem(offer);
    const parsed = this.parse(offer.address);
    const options = { ...item.recent?.options, ...this.options };
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
    const options = { ...item?.recent?.options, ...this.options };
    return address.ok && this.question.problem(address.kind) === null ? { address, text, options } : undefined;
  }

  private typedItem(): AddressItem {
    const parsed = this.parse(this.box.value);
    const missing = parsed.ok ? this.question.problem(parsed.kind) : null;
    if (missing !== null)
      return { label: `$(error) ${vscode.l10n.t('Not on this computer')}`, detail: sentence(missing) };
    if (parsed.ok) {
      const parts = [kindText(parsed, this.question), this.optionsText(parsed.kind, this.options)];
      const description = parts.filter((part) => part !== '').join(' · ');
      return { label: actionText(parsed, this.question.role), description };
    }
    return { label: `$(error) ${showPeerText(parsed.problem)}`, detail: sentence(showPeerText(parsed.advice)) };
  }

  private parse(text: string): ParsedAddress {
    const { kind, role } = this.question;
    return parseAddress(text, kind, role, (m, ...values) => vscode.l10n.t(m, ...values), this.question);
  }
}

function sentence(advice: string): string {
  return `${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`;
}

/** Some kinds have a question more. */
export function stepOf(kind: AddressKind): { step: number; totalSteps: number } {
  const last = isBy(kind) ? 3 : 2;
  return { step: last, totalSteps: last };
}

function familyKind(kind: AddressKind): 'tcp' | 'udp' | 'tls' {
  return kind === 'udp' || kind === 'tls' ? kind : 'tcp';
}

function boxTitle({ kind, role, by, protocols }: AddressQuestion): string {
  if (kind === 'starttls') {
    const protocol = protocolTitle(by, protocols());
    return role === 'client'
      ? vscode.l10n.t('Open {0} Connection with STARTTLS', protocol)
      : vscode.l10n.t('Start {0} Server with STARTTLS', protocol);
  }
  if (role === 'client') return vscode.l10n.t('Open {0} Connection', kindName(kind, vscode.l10n.t));
  return vscode.l10n.t('Start {0} Server', kindName(kind, vscode.l10n.t));
}

function protocolTitle(by: string | undefined, protocols: readonly Protocol[]): string {
  return protocols.find(({ name }) => name === by)?.title ?? String(by);
}

function placeholder({ kind, role, by, protocols }: AddressQuestion): string {
  if (kind === 'starttls' && role === 'client') {
    const port = protocols().find(({ name }) => name === by)?.port ?? 'PORT';
    return vscode.l10n.t('host, or host:port; without a port it is {0}', port);
  }
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

/** `TCP`, `UDP over IPv6`, `IMAP with STARTTLS`… */
function kindText({ kind, spec, by }: Address, { protocols }: AddressQuestion): string {
  if (kind === 'starttls') return vscode.l10n.t('{0} with STARTTLS', protocolTitle(by, protocols()));
  if (kind === 'shell') return showPeerText(by ?? '');
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
