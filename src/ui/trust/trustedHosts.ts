import * as vscode from 'vscode';
import type { NetworkProcesses, TrustRecord } from '../../core';
import { showPeerText } from '../peerText';
import { formatTime } from '../rows/amounts';
import { tlsParts } from './loadTlsParts';

type TrustCore = Pick<NetworkProcesses, 'trustRecords' | 'forgetTrust'>;

interface HostItem extends vscode.QuickPickItem {
  readonly host: string | null;
  /** It is there to be read. */
  readonly isKey?: true;
}

/** What the box shows: all hosts, or what can be done with one. For whoever has only a keyboard, Enter is the way. */
type Page = { readonly host: string | null };

/** Lists what is remembered about hosts; each can be forgotten. Stays open until it is left. */
export function manageTrustedHosts(core: TrustCore): void {
  const box = vscode.window.createQuickPick<HostItem>();
  const removeButton = { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Remove') };
  let page: Page = { host: null };

  const show = (next: Page): void => {
    page = next;
    const records = [...core.trustRecords()].sort((a, b) => b.time - a.time);
    const record = records.find(({ host }) => host === page.host);
    box.value = '';
    box.buttons = record ? [vscode.QuickInputButtons.Back] : [];
    box.title = record ? showPeerText(record.host) : vscode.l10n.t('Trusted Hosts');
    if (record) {
      box.placeholder = vscode.l10n.t('Remove what is remembered about it?');
      box.items = [
        { label: vscode.l10n.t('Remove'), detail: vscode.l10n.t('It is judged anew next time.'), host: record.host },
        { label: vscode.l10n.t('Back'), host: null },
        ...record.keys.filter(isEncrypted).map(keyItem),
      ];
      return;
    }
    box.placeholder =
      records.length === 0 ? vscode.l10n.t('Nothing is remembered') : vscode.l10n.t('What is remembered about hosts');
    box.items =
      records.length === 0
        ? [{ label: vscode.l10n.t('Nothing is remembered about any host.'), alwaysShow: true, host: null }]
        : records.map((each) => ({ ...itemOf(each), buttons: [removeButton] }));
  };
  const remove = (host: string): void => {
    core.forgetTrust(host);
    show({ host: null });
  };

  box.matchOnDescription = true;
  box.matchOnDetail = true;
  box.onDidTriggerItemButton(({ item }) => item.host !== null && remove(item.host));
  box.onDidTriggerButton(() => show({ host: null }));
  box.onDidAccept(() => {
    const [item] = box.selectedItems;
    if (!item || item.isKey) return;
    if (page.host !== null && item.host !== null) remove(item.host);
    else show({ host: item.host });
  });
  box.onDidHide(() => box.dispose());
  show(page);
  box.show();
}

function itemOf({ host, keys, conditions, lasting, time }: TrustRecord): HostItem {
  const accepted = tlsParts().conditionTexts(conditions, vscode.l10n.t).join('; ');
  // A store may have been changed by hand.
  const since = Number.isFinite(time) ? formatTime(time) : '';
  const span = lasting ? vscode.l10n.t('always') : vscode.l10n.t('this session');
  return {
    label: showPeerText(host),
    description: [...keys.map(shortKey), span, since].filter((part) => part !== '').join(' · '),
    detail: accepted === '' ? vscode.l10n.t('Nothing was wrong.') : vscode.l10n.t('Accepted: {0}', accepted),
    host,
  };
}

/** `sha256:0123456789ab…`; nothing for a connection that was not encrypted, of which the conditions tell. */
function shortKey(key: string): string {
  const shown = key.length > 19 ? `${key.slice(0, 19)}…` : key;
  return isEncrypted(key) ? showPeerText(shown) : '';
}

/** All of a key, for whoever compares it with what the host says of itself: a detail is a line of its own. */
function keyItem(key: string): HostItem {
  return { label: vscode.l10n.t('Key'), detail: showPeerText(key), host: null, isKey: true };
}

function isEncrypted(key: string): boolean {
  return key !== 'none';
}
