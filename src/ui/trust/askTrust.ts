import * as vscode from 'vscode';
import type { TrustAnswer, TrustQuestion } from '../../core';
import { schemes } from '../ids';
import { escapeInvisible, showPeerText } from '../peerText';
import { detailOf, isPlain } from './questionFacts';

/** Questions that wait for the one that is shown. */
let before: Promise<unknown> = Promise.resolve();
/** Questions that were shown. */
let shown = 0;

/**
 * Asks whether a connection is to be trusted, with all that is wrong with it and all that is known of it in one list. Enter
 * alone, Escape, and another box in its place mean no. One question at a time; one that nobody waits for any more goes.
 */
export function askTrust(question: TrustQuestion): Promise<TrustAnswer> {
  const answer = before.then(() => (question.signal.aborted ? 'no' : show(question)));
  before = answer.catch(() => undefined);
  return answer;
}

interface TrustItem extends vscode.QuickPickItem {
  readonly answer?: TrustAnswer;
  readonly isCertificate?: true;
}

async function show(question: TrustQuestion): Promise<TrustAnswer> {
  const box = vscode.window.createQuickPick<TrustItem>();
  const where = showPeerText(targetOf(question));
  box.title = vscode.l10n.t('Trust {0}?', where);
  box.placeholder = isPlain(question)
    ? vscode.l10n.t('The connection to {0} is not encrypted. Go on all the same?', where)
    : vscode.l10n.t('Something is wrong with the connection to {0}. Go on all the same?', where);
  box.ignoreFocusOut = true;
  // All of it stays in sight and in order whatever is typed.
  Object.assign(box, { sortByLabel: false });
  box.items = itemsOf(question).map((item) => ({ ...item, alwaysShow: true }));
  const stop = (): void => box.hide();
  const certificate = new CertificateDocument(question);
  question.signal.addEventListener('abort', stop, { once: true });
  try {
    return await new Promise((resolve) => {
      box.onDidAccept(() => {
        const [item] = box.activeItems;
        if (item?.isCertificate) void certificate.show();
        else if (item?.answer) resolve(item.answer);
      });
      box.onDidHide(() => resolve('no'));
      box.show();
    });
  } finally {
    certificate.dispose();
    question.signal.removeEventListener('abort', stop);
    box.dispose();
  }
}

function itemsOf(question: TrustQuestion): TrustItem[] {
  const key = isPlain(question)
    ? vscode.l10n.t('this host may be in clear')
    : vscode.l10n.t('this key of this host, with what is wrong now');
  const answers: TrustItem[] = [
    { label: `$(circle-slash) ${vscode.l10n.t('No')}`, description: vscode.l10n.t('do not connect'), answer: 'no' },
    {
      label: `$(watch) ${vscode.l10n.t('This Session')}`,
      description: vscode.l10n.t('{0}, until the window ends', key),
      answer: 'session',
    },
    {
      label: `$(check) ${vscode.l10n.t('Always')}`,
      description: vscode.l10n.t('{0}, until it is forgotten', key),
      answer: 'always',
    },
  ];
  const problems = question.problems.map(({ name, text }) => ({
    label: `$(warning) ${showPeerText(text)}`,
    description: showPeerText(name.replace(/^:/, '')),
  }));
  const details = question.details.split('\n').filter((line) => line !== '');
  const certificate: TrustItem = { label: `$(file) ${vscode.l10n.t('Show Certificate')}`, isCertificate: true };
  return [
    ...answers,
    ...(question.certificates.length > 0 ? [certificate] : []),
    separator(vscode.l10n.t('What is wrong')),
    ...problems,
    ...(details.length > 0 ? [separator(vscode.l10n.t('The connection'))] : []),
    ...details.map(detailItem),
  ];
}

/** What a key is compared by has a line of its own, so that all of it is seen. */
function detailItem(line: string): TrustItem {
  const { text, pin } = detailOf(line);
  return { label: showPeerText(text), ...(pin !== null && { detail: pin }) };
}

function separator(label: string): TrustItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** Behind the question, in full; it goes with it. */
class CertificateDocument implements vscode.Disposable {
  private readonly uri: vscode.Uri;
  private readonly provider: vscode.Disposable;

  constructor(question: TrustQuestion) {
    // A number: what a peer says of itself is no part of an address.
    this.uri = vscode.Uri.from({ scheme: schemes.certificate, path: `/${++shown}/certificate.txt` });
    this.provider = vscode.workspace.registerTextDocumentContentProvider(schemes.certificate, {
      provideTextDocumentContent: () => certificateText(question),
    });
  }

  async show(): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.uri);
    await vscode.window.showTextDocument(document, { preserveFocus: true, preview: true });
  }

  dispose(): void {
    const isOurs = ({ input }: vscode.Tab): boolean =>
      input instanceof vscode.TabInputText && input.uri.toString() === this.uri.toString();
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs.filter(isOurs));
    if (tabs.length > 0) void vscode.window.tabGroups.close(tabs);
    this.provider.dispose();
  }
}

function certificateText(question: TrustQuestion): string {
  const problems = question.problems.map(({ text }) => text);
  const pems = question.certificates.map(({ pem }) => pem.trim());
  return escapeInvisible([targetOf(question), ...problems, '', question.details, '', ...pems, ''].join('\n'));
}

function targetOf({ host, port }: TrustQuestion): string {
  if (port === 0) return host;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
