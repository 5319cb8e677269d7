import * as vscode from 'vscode';
import { showPeerText } from '../peerText';
import type { AddressRole, Protocol } from './parseAddress';

/** What step 2 of three gave. */
export type ByAnswer = { readonly by: string } | 'back' | undefined;

interface ByItem extends vscode.QuickPickItem {
  /** Undefined: it only says what is wrong. */
  readonly by?: string;
}

/** Which protocol STARTTLS is part of; those used last come first. Undefined when the user leaves. */
export function askProtocol(
  role: AddressRole,
  protocols: readonly Protocol[],
  last: readonly string[],
): Promise<ByAnswer> {
  const rank = ({ name }: Protocol): number => (last.includes(name) ? last.indexOf(name) : last.length);
  const items = [...protocols]
    .sort((a, b) => rank(a) - rank(b))
    .map(({ name, title, port }): ByItem => ({
      ...{ label: title, by: name },
      ...(role === 'client' && { description: vscode.l10n.t('port {0}', port) }),
    }));
  const title = role === 'client' ? vscode.l10n.t('Open STARTTLS Connection') : vscode.l10n.t('Start STARTTLS Server');
  return askBy(title, vscode.l10n.t('What the server speaks before it is encrypted'), () => items);
}

const exampleCommands = ['nc %s %p', 'openssl s_client -quiet -connect %s:%p', 'ssh gateway nc %s %p'];

/** By which command; those used last come first. Undefined when the user leaves. */
export function askCommand(last: readonly string[]): Promise<ByAnswer> {
  const known: ByItem[] = [
    ...last.map((by) => ({ label: showPeerText(by), by, description: vscode.l10n.t('recent') })),
    ...exampleCommands
      .filter((by) => !last.includes(by))
      .map((by) => ({ label: by, by, description: vscode.l10n.t('for example') })),
  ];
  const items = (typed: string): ByItem[] => [...(typed === '' ? [] : [commandItem(typed)]), ...known];
  const placeholder = vscode.l10n.t('A command that is the connection: %s is the host, %p the port, %% a percent sign');
  return askBy(vscode.l10n.t('Open Shell Connection'), placeholder, items);
}

/** The command that is typed, or what is wrong with it. */
function commandItem(typed: string): ByItem {
  const wrong = /%(?![sp%])(?:.|$)/u.exec(typed.replaceAll('%%', ''));
  if (!wrong) return { label: showPeerText(typed), by: typed, alwaysShow: true };
  const label = vscode.l10n.t('{0} stands for nothing', wrong[0]);
  const detail = vscode.l10n.t('Type %s for the host, %p for the port, %% for a percent sign.');
  return { label: `$(error) ${showPeerText(label)}`, detail, alwaysShow: true };
}

async function askBy(title: string, placeholder: string, items: (typed: string) => ByItem[]): Promise<ByAnswer> {
  const box = vscode.window.createQuickPick<ByItem>();
  Object.assign(box, { title, placeholder, step: 2, totalSteps: 3, ignoreFocusOut: true, matchOnDescription: true });
  // Our order holds while the user types. Not in the typings; where it is unknown, matching rows may come first.
  Object.assign(box, { sortByLabel: false });
  box.buttons = [vscode.QuickInputButtons.Back];
  box.items = items('');
  try {
    return await new Promise((resolve) => {
      box.onDidChangeValue(() => (box.items = items(box.value.trim())));
      box.onDidTriggerButton(() => resolve('back'));
      box.onDidHide(() => resolve(undefined));
      box.onDidAccept(() => {
        // Enter may come before the rows for what was typed last: then a row of before is active.
        const [active] = box.activeItems;
        const item = active && box.items.includes(active) ? active : box.items[0];
        if (item?.by !== undefined) resolve({ by: item.by });
      });
      box.show();
    });
  } finally {
    box.dispose();
  }
}
