import { networkInterfaces } from 'node:os';
import * as vscode from 'vscode';
import { readNumber, type SocketOption } from './socketOption';

/**
 * Asks for the value of an option that is no flag. Undefined when the user leaves; null is no value.
 *
 * @param present The value now; null for none.
 */
export function askValue(option: SocketOption, present: unknown, title: string): Promise<unknown> {
  return option.form === 'device' ? askDevice(option, present, title) : askNumber(option, present, title);
}

async function askNumber(option: SocketOption, present: unknown, title: string): Promise<unknown> {
  const form = option.form === 'seconds' ? 'seconds' : 'number';
  const typed = await vscode.window.showInputBox({
    title,
    prompt: `${option.name}: ${option.explanation}`,
    placeHolder: form === 'seconds' ? vscode.l10n.t('Seconds, or nothing for off') : vscode.l10n.t('A whole number'),
    value: typeof present === 'number' ? String(present) : '',
    ignoreFocusOut: true,
    validateInput: (text) => {
      const read = readNumber(form, text, vscode.l10n.t);
      return 'problem' in read ? read.problem : undefined;
    },
  });
  if (typed === undefined) return undefined;
  const read = readNumber(form, typed, vscode.l10n.t);
  return 'value' in read ? read.value : undefined;
}

async function askDevice(option: SocketOption, present: unknown, title: string): Promise<unknown> {
  const any = { label: vscode.l10n.t('any interface'), description: '', value: null as string | null };
  const items = Object.entries(networkInterfaces()).map(([name, addresses]) => ({
    label: name,
    description: (addresses ?? []).map(({ address }) => address).join(', '),
    value: name,
  }));
  const all = [any, ...items];
  const picked = await vscode.window.showQuickPick(
    [...all.filter((i) => i.value === present), ...all.filter((i) => i.value !== present)],
    { title, placeHolder: `${option.name}: ${option.explanation}`, matchOnDescription: true, ignoreFocusOut: true },
  );
  return picked && picked.value;
}
