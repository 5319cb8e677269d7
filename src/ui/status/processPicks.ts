import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../core';
import type { Targets } from '../commands/targets';
import { commands } from '../ids';
import { showPeerText } from '../peerText';
import { formatCount } from '../rows/amounts';
import type { Row, Trait } from '../rows/row';
import { statusWords } from '../rows/stateWords';
import { chosenCoding, type CodingChoice, type Eol, type Side } from './codingChoice';

/** What the items of the status bar open; also commands of their own. */
export class ProcessPicks {
  constructor(
    private readonly core: NetworkProcesses,
    private readonly targets: Targets,
  ) {}

  /** Lets the user choose among what can be done with a process now, and does it. */
  async actions(...args: unknown[]): Promise<void> {
    const row = await this.targets.findOne(args, null, vscode.l10n.t('Process Actions'));
    if (!row) return;
    const items = actionItems().filter(({ trait }) => trait === null || row.traits.has(trait));
    const title = vscode.l10n.t('{0} is {1}', showPeerText(row.process.name), statusWords(row.process, this.core));
    await pickAndRun(items, title, row);
  }

  /** Asks for a coding system, its line ends and the direction it is for, and sets it. */
  async coding(...args: unknown[]): Promise<void> {
    const row = await this.targets.findOne(args, null, vscode.l10n.t('Set Coding System'));
    const choice = row && (await this.askCoding(row.process));
    if (!choice) return;
    const { decode, encode } = chosenCoding(this.core.processCodingSystem(row.process), choice);
    this.core.setProcessCodingSystem(row.process, decode, encode);
    if (choice.again) await this.core.decodeAgain(row.process);
  }

  /** What there is to do about what was sent and received. */
  async traffic(...args: unknown[]): Promise<void> {
    const row = await this.targets.findOne(args, 'transfers', vscode.l10n.t('Traffic'));
    if (!row) return;
    const counters = countersOf(row.process);
    const copy = { label: `$(copy) ${vscode.l10n.t('Copy Counters')}`, detail: counters, command: null };
    const items = [
      { label: `$(record) ${vscode.l10n.t('Open Capture')}`, command: commands.openCapture },
      { label: `$(save-as) ${vscode.l10n.t('Save Capture As…')}`, command: commands.saveCapture },
      copy,
    ];
    const title = vscode.l10n.t('Traffic of {0}', showPeerText(row.process.name));
    const picked = await pickAndRun(items, title, row);
    if (picked === copy) await vscode.env.clipboard.writeText(counters);
  }

  private async askCoding(process: NetworkProcess): Promise<CodingChoice | undefined> {
    const { decode, encode } = this.core.processCodingSystem(process);
    const none = vscode.l10n.t('none');
    const steps = this.showsOutput(process) ? 4 : 3;
    const title = (step: number): string =>
      vscode.l10n.t('Coding System of {0} ({1}/{2})', showPeerText(process.name), step, steps);
    const placeHolder = vscode.l10n.t('Now: decodes {0}, encodes {1}', decode ?? none, encode ?? none);
    const items = this.core.codingSystemList(true).map((label) => ({
      label,
      description: [...this.core.codingSystemAliases(label).slice(1), ...explained(label)].join(', '),
    }));
    const options = { title: title(1), placeHolder, matchOnDescription: true };
    const base = (await vscode.window.showQuickPick(items, options))?.label;
    if (base === undefined) return undefined;
    const eol = base === 'no-conversion' ? null : await pick(eolItems(), title(2), vscode.l10n.t('Line ends'));
    if (eol === undefined) return undefined;
    const side = await pick(sideItems(), title(3), vscode.l10n.t('For which direction'));
    if (!side) return undefined;
    if (side === 'encode' || steps === 3) return { base, eol, side, again: false };
    const again = await pick(againItems(), title(4), vscode.l10n.t('The text shown already'));
    return again === undefined ? undefined : { base, eol, side, again };
  }

  /** Whether its buffer shows what it received, decoded by its coding system. */
  private showsOutput(process: NetworkProcess): boolean {
    const isDefault = this.core.processFilter(process) === this.core.internalDefaultProcessFilter;
    return isDefault && process.buffer?.live === true && process.traffic.bytesReceived > 0;
  }
}

interface Action extends vscode.QuickPickItem {
  /** Run with the row. */
  readonly command: string | null;
}

async function pickAndRun(items: readonly Action[], title: string, row: Row): Promise<Action | undefined> {
  const picked = await vscode.window.showQuickPick(items, { title });
  if (picked?.command) await vscode.commands.executeCommand(picked.command, row);
  return picked;
}

async function pick<T>(
  items: readonly (vscode.QuickPickItem & { value: T })[],
  title: string,
  placeHolder: string,
): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.value;
}

function actionItems(): (Action & { trait: Trait | null })[] {
  const { t } = vscode.l10n;
  const item = (
    icon: string,
    label: string,
    command: string,
    trait: Trait | null,
  ): Action & { trait: Trait | null } => ({
    label: `$(${icon}) ${label}`,
    command,
    trait,
  });
  return [
    item('send', t('Send…'), commands.send, 'sendable'),
    item('cloud-upload', t('Send File…'), commands.sendFile, 'sendable'),
    item('debug-pause', t('Stop'), commands.stop, 'stoppable'),
    item('debug-continue', t('Continue'), commands.continue, 'stopped'),
    item('debug-restart', t('Reconnect'), commands.reconnect, 'reconnectable'),
    item('circle-slash', t('Send EOF'), commands.sendEof, 'eofable'),
    item('output', t('Show Process Buffer'), commands.showBuffer, 'hasBuffer'),
    item('terminal', t('Open Terminal'), commands.openTerminal, 'transfers'),
    item('lock', t('Show TLS Details'), commands.showTls, 'encrypted'),
    item('symbol-string', t('Set Coding System…'), commands.setCoding, null),
    item('person', t('Set Datagram Peer…'), commands.setDatagramPeer, 'retargetable'),
    item('settings', t('Set Socket Option…'), commands.setSocketOption, 'live'),
    item('symbol-property', t('Add Property…'), commands.addProperty, null),
    item('question', t('Toggle Query Before Kill'), commands.toggleQuery, 'live'),
    item('record', t('Open Capture'), commands.openCapture, 'transfers'),
    item('save-as', t('Save Capture As…'), commands.saveCapture, 'transfers'),
    item('link', t('Copy Contact'), commands.copyContact, null),
    item('trash', t('Delete'), commands.delete, null),
  ];
}

function explained(name: string): string[] {
  const { t } = vscode.l10n;
  if (name === 'undecided') return [t('found out from the data')];
  if (name === 'no-conversion') return [t('bytes as they are')];
  return name === 'raw-text' ? [t('bytes, but line ends are converted')] : [];
}

function eolItems(): (vscode.QuickPickItem & { value: Eol | null })[] {
  const { t } = vscode.l10n;
  return [
    { label: 'unix', description: t('line feed'), value: 'unix' },
    { label: 'dos', description: t('carriage return and line feed'), value: 'dos' },
    { label: 'mac', description: t('carriage return'), value: 'mac' },
    { label: t('as they come'), description: t('found out when decoding, unix when encoding'), value: null },
  ];
}

function sideItems(): (vscode.QuickPickItem & { value: Side })[] {
  const { t } = vscode.l10n;
  return [
    { label: t('Both'), value: 'both' },
    { label: t('Decoding'), description: t('what is received'), value: 'decode' },
    { label: t('Encoding'), description: t('what is sent'), value: 'encode' },
  ];
}

function againItems(): (vscode.QuickPickItem & { value: boolean })[] {
  const { t } = vscode.l10n;
  return [
    { label: t('Decode it again'), description: t('from the bytes that came'), value: true },
    { label: t('Leave it'), description: t('what comes from now on is decoded so'), value: false },
  ];
}

/** Every counter, exactly. */
function countersOf({ traffic, isDatagram }: NetworkProcess): string {
  const { t } = vscode.l10n;
  const { bytesReceived, bytesSent, messagesReceived, messagesSent, bytesQueued, bytesLost } = traffic;
  const [received, sent] = [formatCount(bytesReceived), formatCount(bytesSent)];
  const [reads, writes] = [formatCount(messagesReceived), formatCount(messagesSent)];
  const parts = isDatagram
    ? [t('{0} bytes received in {1} datagrams', received, reads), t('{0} bytes sent in {1} datagrams', sent, writes)]
    : [t('{0} bytes received in {1} reads', received, reads), t('{0} bytes sent in {1} writes', sent, writes)];
  parts.push(t('{0} waiting', formatCount(bytesQueued)), t('{0} lost', formatCount(bytesLost)));
  return parts.join(', ');
}
