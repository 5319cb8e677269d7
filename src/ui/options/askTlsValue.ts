import * as vscode from 'vscode';
import { nameOf, shown, type ValueQuestion } from './askValue';
import type { OptionForm } from './socketOption';
import { readNames } from './tlsOption';

/** A value of TLS that is asked for, and what the TLS library lacks. */
export interface TlsValueQuestion extends ValueQuestion {
  readonly lacks: readonly { readonly name: string; readonly reason: string }[];
}

const forms: readonly OptionForm[] = ['text', 'names', 'files', 'keylist', 'version'];

/** Whether `askTlsValue` asks for such a value. */
export function isOfTls(form: OptionForm): boolean {
  return forms.includes(form);
}

/** Asks for it; leaving changes nothing. */
export async function askTlsValue(question: TlsValueQuestion): Promise<void> {
  switch (question.option.form) {
    case 'files':
      return askFiles(question);
    case 'keylist':
      return askKeyFiles(question);
    case 'version':
      return askVersion(question);
    default:
      return askText(question);
  }
}

function dressed<T extends vscode.QuickInput>(box: T, { option, title, step }: ValueQuestion): T {
  return Object.assign(box, {
    ...{ title: `${title} · ${nameOf(option)}`, ...step, ignoreFocusOut: true },
    buttons: [vscode.QuickInputButtons.Back],
  });
}

async function askText(question: ValueQuestion): Promise<void> {
  const { option, present, take } = question;
  const box = dressed(vscode.window.createInputBox(), question);
  box.prompt = `${nameOf(option)}: ${option.explanation}`;
  box.placeholder = vscode.l10n.t('Nothing for the default: {0}', option.none ?? '—');
  box.value = Array.isArray(present) ? present.join(', ') : typeof present === 'string' ? present : '';
  box.valueSelection = [0, box.value.length];
  await shown(box, (leave) => {
    box.onDidAccept(() => {
      const typed = box.value.trim();
      take(option.form === 'names' ? readNames(typed) : typed || null);
      leave();
    });
  });
}

async function askFiles({ option, take }: ValueQuestion): Promise<void> {
  const files = await pickFiles(nameOf(option), true);
  if (files) take(files);
}

async function askKeyFiles({ take }: ValueQuestion): Promise<void> {
  const [key] = (await pickFiles(vscode.l10n.t('Key File'), false)) ?? [];
  if (key === undefined) return;
  const [certificate] = (await pickFiles(vscode.l10n.t('Certificate File'), false)) ?? [];
  if (certificate !== undefined) take([[key, certificate]]);
}

async function pickFiles(title: string, canSelectMany: boolean): Promise<string[] | undefined> {
  const openLabel = vscode.l10n.t('Choose');
  const pem = ['pem', 'key', 'crt', 'cer', 'crl'];
  const filters = { [vscode.l10n.t('PEM files')]: pem, [vscode.l10n.t('All files')]: ['*'] };
  const chosen = await vscode.window.showOpenDialog({ title, canSelectMany, openLabel, filters });
  return chosen?.map(({ fsPath }) => fsPath);
}

interface VersionItem extends vscode.QuickPickItem {
  /** Undefined: not here. */
  readonly version?: string | null;
}

async function askVersion(question: TlsValueQuestion): Promise<void> {
  const { option, present, take, lacks } = question;
  const box = dressed(vscode.window.createQuickPick<VersionItem>(), question);
  box.placeholder = `${nameOf(option)}: ${option.explanation}`;
  const versions: VersionItem[] = ['TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'TLSv1'].map((version) => {
    const label = version === 'TLSv1' ? 'TLS 1.0' : version.replace('v', ' ');
    const lack = lacks.find(({ name }) => name === label);
    if (!lack) return { label, version: version === 'TLSv1.2' ? null : version };
    return { label: `$(circle-slash) ${label}`, description: vscode.l10n.t('not here: {0}', lack.reason) };
  });
  box.items = versions;
  box.activeItems = versions.filter(({ version }) => version === present);
  await shown(box, (leave) => {
    box.onDidAccept(() => {
      const [item] = box.activeItems;
      if (item?.version === undefined) return;
      take(item.version);
      leave();
    });
  });
}
