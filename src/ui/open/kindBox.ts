import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../core';
import { kindName, kindProblem, kindsOf, type AddressKind } from './addressKind';
import type { AddressRole } from './parseAddress';
import { shellProblem } from './streamOpenings';

/** Step 1: what kind of process. Those that this computer lacks say why. Undefined when the user leaves. */
export async function askKind(
  role: AddressRole,
  last: AddressKind | undefined,
  core: Pick<NetworkProcesses, 'featureProblem'>,
): Promise<AddressKind | undefined> {
  const box = vscode.window.createQuickPick<KindItem>();
  box.title = role === 'client' ? vscode.l10n.t('Open Connection') : vscode.l10n.t('Start Server');
  box.step = 1;
  box.totalSteps = 2;
  box.ignoreFocusOut = true;
  box.placeholder =
    role === 'client' ? vscode.l10n.t('What to connect with') : vscode.l10n.t('What clients connect with');
  box.matchOnDescription = true;
  const all = kindItems(role, core);
  const items = [...all.filter((i) => !i.isMissing), ...all.filter((i) => i.isMissing)];
  // The first is taken by Enter.
  box.items = [...items.filter((i) => i.addressKind === last), ...items.filter((i) => i.addressKind !== last)];
  try {
    return await new Promise((resolve) => {
      box.onDidAccept(() => {
        const [item] = box.activeItems;
        if (item && !item.isMissing) resolve(item.addressKind);
      });
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}

interface KindItem extends vscode.QuickPickItem {
  readonly addressKind: AddressKind;
  readonly isMissing: boolean;
}

/** Why there is no process of a kind here and now; null when there is. */
export function problemOf(core: Pick<NetworkProcesses, 'featureProblem'>, kind: AddressKind): string | null {
  return kind === 'shell' ? shellProblem() : kindProblem(core, kind);
}

function kindItems(role: AddressRole, core: Pick<NetworkProcesses, 'featureProblem'>): KindItem[] {
  const descriptions = {
    tcp: vscode.l10n.t('a stream; host and port'),
    udp: vscode.l10n.t('datagrams; host and port'),
    tls: vscode.l10n.t('an encrypted stream; host and port'),
    starttls:
      role === 'client'
        ? vscode.l10n.t('a stream that is encrypted after its beginning; protocol, host and port')
        : vscode.l10n.t('begins in clear, goes on under TLS when asked, with a throw-away certificate; protocol, port'),
    unix: vscode.l10n.t('a stream; path on this computer'),
    'unix-dgram': vscode.l10n.t('datagrams; path on this computer'),
    'unix-seqpacket': vscode.l10n.t('packets in order; path on this computer'),
    shell: vscode.l10n.t('what a command reads and writes; command, host and port'),
  };
  return kindsOf(role).map((kind) => {
    const problem = problemOf(core, kind);
    const name = kindName(kind, vscode.l10n.t);
    return {
      addressKind: kind,
      isMissing: problem !== null,
      label: problem === null ? name : `$(circle-slash) ${name}`,
      description: problem === null ? descriptions[kind] : vscode.l10n.t('not here: {0}', problem),
    };
  });
}
