import { networkInterfaces } from 'node:os';
import * as vscode from 'vscode';
import { showPeerText } from '../peerText';
import { interfaceProblem, readNumber, type SocketOption } from './socketOption';

/** A value that is asked for. */
export interface ValueQuestion {
  /** No flag: those need no question. */
  readonly option: SocketOption;
  /** The value now; null for none. */
  readonly present: unknown;
  /** Before the option's name, which a problem would hide in the prompt. */
  readonly title: string;
  /** Of a flow of several steps. */
  readonly step?: { readonly step: number; readonly totalSteps: number };
  /** Takes a value, null for none, or says why it can't: then the question stays. */
  take(value: unknown): string | null;
}

/** Asks until a value was taken, or the user goes back. */
export function askValue(question: ValueQuestion): Promise<void> {
  return question.option.form === 'device' ? askDevice(question) : askNumber(question);
}

async function askNumber({ option, present, title, step, take }: ValueQuestion): Promise<void> {
  const form = option.form === 'seconds' ? 'seconds' : 'number';
  const box = vscode.window.createInputBox();
  Object.assign(box, {
    title: `${title} · ${nameOf(option)}`,
    ...step,
    ignoreFocusOut: true,
    buttons: [vscode.QuickInputButtons.Back],
  });
  box.prompt = `${nameOf(option)}: ${option.explanation}`;
  box.placeholder = form === 'seconds' ? vscode.l10n.t('Seconds, or nothing for off') : vscode.l10n.t('A whole number');
  box.value = typeof present === 'number' ? String(present) : '';
  box.valueSelection = [0, box.value.length];
  const read = (): ReturnType<typeof readNumber> => readNumber(form, box.value, vscode.l10n.t);
  const tell = (problem: string | null): void => void (box.validationMessage = problem ?? undefined);
  await shown(box, (leave) => {
    box.onDidChangeValue(() => {
      const now = read();
      tell('problem' in now ? now.problem : null);
    });
    box.onDidAccept(() => {
      const now = read();
      const problem = 'problem' in now ? now.problem : take(now.value);
      if (problem === null) leave();
      else tell(problem);
    });
  });
}

interface DeviceItem extends vscode.QuickPickItem {
  /** Undefined: it only says what is wrong. */
  readonly device?: string | null;
}

/** One of the interfaces that have addresses, or the name of another. */
async function askDevice({ option, present, title, step, take }: ValueQuestion): Promise<void> {
  const box = vscode.window.createQuickPick<DeviceItem>();
  Object.assign(box, {
    title: `${title} · ${nameOf(option)}`,
    ...step,
    ignoreFocusOut: true,
    buttons: [vscode.QuickInputButtons.Back],
  });
  box.placeholder = `${nameOf(option)}: ${option.explanation}`;
  box.matchOnDescription = true;
  const listed = deviceItems(present);
  let refused: { readonly name: string; readonly problem: string } | null = null;
  const fill = (): void => {
    const name = box.value.trim();
    const isNew = name !== '' && !listed.some(({ label }) => label.startsWith(name));
    const problem = refused?.name === name ? refused.problem : null;
    box.items = [...(isNew || problem !== null ? [otherItem(name, problem)] : []), ...listed];
  };
  fill();
  await shown(box, (leave) => {
    box.onDidChangeValue(fill);
    box.onDidAccept(() => {
      const [item] = box.activeItems;
      if (item?.device === undefined) return;
      const problem = take(item.device);
      if (problem === null) return leave();
      refused = { name: item.device ?? '', problem };
      if (box.value.trim() !== refused.name) box.value = refused.name;
      fill();
    });
  });
}

/** The present one first, which Enter keeps. */
function deviceItems(present: unknown): DeviceItem[] {
  const any: DeviceItem = { label: vscode.l10n.t('any interface'), device: null };
  const own = Object.entries(networkInterfaces()).map(([name, addresses]): DeviceItem => ({
    label: name,
    description: (addresses ?? []).map(({ address }) => address).join(', '),
    device: name,
  }));
  const isListed = typeof present !== 'string' || own.some(({ device }) => device === present);
  const all = [any, ...own, ...(isListed ? [] : [{ label: showPeerText(present), device: present }])];
  return [...all.filter(({ device }) => device === present), ...all.filter(({ device }) => device !== present)];
}

/** What is typed, where no listed interface begins so: one may be down or have no address. */
function otherItem(name: string, refusal: string | null): DeviceItem {
  const problem = interfaceProblem(name, vscode.l10n.t) ?? refusal;
  if (problem !== null) return { label: `$(error) ${problem}`, alwaysShow: true };
  const description = vscode.l10n.t('another interface; none listed begins so');
  return { label: showPeerText(name), description, alwaysShow: true, device: name };
}

export function nameOf({ name, label = name }: SocketOption): string {
  return label;
}

/** Shows a box until it is left, or the user goes back. */
export async function shown(
  box: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>,
  listen: (leave: () => void) => void,
) {
  try {
    await new Promise<void>((resolve) => {
      listen(resolve);
      box.onDidTriggerButton(() => resolve());
      box.onDidHide(() => resolve());
      box.show();
    });
  } finally {
    box.dispose();
  }
}
