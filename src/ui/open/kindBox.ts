import * as vscode from 'vscode';
import type { AddressKind, AddressRole } from './parseAddress';

/** Step 1: what kind of process. Undefined when the user leaves. */
export async function askKind(role: AddressRole, last: AddressKind | undefined): Promise<AddressKind | undefined> {
  const box = vscode.window.createQuickPick<KindItem>();
  box.title = role === 'client' ? vscode.l10n.t('Open Connection') : vscode.l10n.t('Start Server');
  box.step = 1;
  box.totalSteps = 2;
  box.ignoreFocusOut = true;
  box.placeholder =
    role === 'client' ? vscode.l10n.t('What to connect with') : vscode.l10n.t('What clients connect with');
  box.matchOnDescription = true;
  const items = kindItems();
  // The first is taken by Enter.
  box.items = [...items.filter((i) => i.addressKind === last), ...items.filter((i) => i.addressKind !== last)];
  try {
    return await new Promise((resolve) => {
      box.onDidAccept(() => resolve(box.activeItems[0]?.addressKind));
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}

/** How a kind is called. */
export function kindName(kind: AddressKind): string {
  return { tcp: 'TCP', udp: 'UDP', unix: vscode.l10n.t('Unix socket') }[kind];
}

interface KindItem extends vscode.QuickPickItem {
  readonly addressKind: AddressKind;
}

function kindItems(): KindItem[] {
  const descriptions = {
    tcp: vscode.l10n.t('a stream; host and port'),
    udp: vscode.l10n.t('datagrams; host and port'),
    unix: vscode.l10n.t('a stream; path on this computer'),
  };
  return (['tcp', 'udp', 'unix'] as const).map((kind) => ({
    addressKind: kind,
    label: kindName(kind),
    description: descriptions[kind],
  }));
}
