/** Keys in files that are encrypted: their passphrases are asked for, and kept nowhere but in VS Code's secret storage. */
import { createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { showPeerText } from '../peerText';

/** What a key file needs to be read; `'left'` when the user does not say. */
export type KeySecret = { readonly passphrase: string | null } | 'left';

const secretName = (file: string): string => `passphrase:${file}`;

/**
 * The passphrase of a key file, null for one that needs none. A file that can't be read needs none either: what opens the
 * connection says why.
 */
export async function unlock(file: string, secrets: vscode.SecretStorage): Promise<KeySecret> {
  const key = readKey(file);
  if (key === null) return { passphrase: null };
  warnOfReaders(file);
  if (!key.includes('ENCRYPTED')) return { passphrase: null };
  const kept = await secrets.get(secretName(file));
  if (kept !== undefined && isRight(key, kept)) return { passphrase: kept };
  const answer = await askPassphrase(file, key);
  if (!answer) return 'left';
  if (answer.keep) await secrets.store(secretName(file), answer.passphrase);
  else if (kept !== undefined) await secrets.delete(secretName(file));
  return { passphrase: answer.passphrase };
}

function readKey(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}

function isRight(key: string, passphrase: string): boolean {
  try {
    createPrivateKey({ key, passphrase });
    return true;
  } catch {
    return false;
  }
}

/** Others who can read a private key can be who it belongs to. */
function warnOfReaders(file: string): void {
  if (process.platform === 'win32' || (statSync(file).mode & 0o077) === 0) return;
  const message = vscode.l10n.t('Other users of this computer can read the key {0}.', showPeerText(basename(file)));
  void vscode.window.showWarningMessage(`${message} ${vscode.l10n.t('Let only its owner (chmod 600).')}`);
}

interface PassphraseAnswer {
  readonly passphrase: string;
  readonly keep: boolean;
}

async function askPassphrase(file: string, key: string): Promise<PassphraseAnswer | undefined> {
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('Passphrase of {0}', showPeerText(basename(file)));
  box.password = true;
  box.ignoreFocusOut = true;
  let keep = false;
  const show = (): void => {
    const tooltip = keep ? vscode.l10n.t('Do Not Keep It') : vscode.l10n.t('Keep It in VS Code’s Secret Storage');
    box.buttons = [{ iconPath: new vscode.ThemeIcon(keep ? 'lock' : 'unlock'), tooltip }];
    box.prompt = keep
      ? vscode.l10n.t('It is kept in VS Code’s secret storage and asked no more.')
      : vscode.l10n.t('It is used now and kept nowhere; the button keeps it.');
  };
  show();
  try {
    return await new Promise((resolve) => {
      box.onDidTriggerButton(() => {
        keep = !keep;
        show();
      });
      box.onDidChangeValue(() => (box.validationMessage = undefined));
      box.onDidAccept(() => {
        if (isRight(key, box.value)) resolve({ passphrase: box.value, keep });
        else box.validationMessage = vscode.l10n.t('This passphrase does not open the key. Type the right one.');
      });
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    box.dispose();
  }
}
