import * as vscode from 'vscode';
import type { Disposable, NetworkProcess, NetworkProcesses } from '../../core';
import { statusItems } from '../ids';
import { RateMeter } from './rateMeter';
import { Pace } from './pace';
import { systemTimers } from '../rows/refreshQueue';
import type { StatusSource, StatusTarget } from './statusSource';
import { statusTexts, type StatusText } from './statusText';

type Part = keyof typeof statusItems;

/** Beside one another on the right, after what the editor says: a narrow window drops items from the left. */
const firstPriority = 99;

/** How the process of the active view is, in items that open what can be chosen about it. */
export class StatusBar implements vscode.Disposable {
  private readonly items: Readonly<Record<Part, vscode.StatusBarItem>>;
  private readonly pace = new Pace(systemTimers, () => this.draw());
  private readonly subscriptions: Disposable[];
  /** While something is shown. */
  private listening: Disposable | undefined;
  private meter: { readonly process: NetworkProcess; readonly rate: RateMeter } | undefined;

  /** The one that the user turned to last comes first. */
  private sources: readonly StatusSource[];

  /** @param sources An editor and a terminal can both be active: the one that the user turned to last is shown. */
  constructor(
    private readonly core: NetworkProcesses,
    sources: readonly StatusSource[],
  ) {
    this.sources = sources;
    const names: Readonly<Record<Part, string>> = {
      state: vscode.l10n.t('Network Process: State'),
      view: vscode.l10n.t('Network Process: View'),
      coding: vscode.l10n.t('Network Process: Coding System'),
      traffic: vscode.l10n.t('Network Process: Traffic'),
    };
    const make = (part: Part, i: number): [Part, vscode.StatusBarItem] => {
      const item = vscode.window.createStatusBarItem(
        statusItems[part],
        vscode.StatusBarAlignment.Right,
        firstPriority - i,
      );
      item.name = names[part];
      return [part, item];
    };
    this.items = Object.fromEntries((Object.keys(statusItems) as Part[]).map(make)) as Record<
      Part,
      vscode.StatusBarItem
    >;
    this.subscriptions = sources.map((source) =>
      source.onDidChange((turnedTo) => {
        if (turnedTo) this.sources = [source, ...this.sources.filter((other) => other !== source)];
        this.changed();
      }),
    );
    this.changed();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.hide();
    for (const item of Object.values(this.items)) item.dispose();
  }

  private changed(): void {
    const target = this.target();
    if (!target) return this.hide();
    // What stands there must not be taken for another process's.
    if (target.row.process !== this.meter?.process) this.pace.stop();
    this.listening ??= this.core.onDidChangeProcess(({ process }) => {
      if (process === this.meter?.process) this.pace.poke();
    });
    this.pace.poke();
  }

  private hide(): void {
    this.listening?.dispose();
    this.listening = undefined;
    this.meter = undefined;
    this.pace.stop();
    for (const item of Object.values(this.items)) item.hide();
  }

  /** Returns whether the rate will fall by itself. */
  private draw(): boolean {
    const target = this.target();
    if (!target) {
      this.hide();
      return false;
    }
    const { process } = target.row;
    if (this.meter?.process !== process) this.meter = { process, rate: new RateMeter(() => systemTimers.now()) };
    const { bytesReceived, bytesSent } = process.traffic;
    const rate = this.meter.rate.rate(bytesReceived + bytesSent);
    const texts = statusTexts(target, rate, this.core, vscode.l10n.t);
    for (const part of Object.keys(this.items) as Part[]) show(this.items[part], texts[part], target);
    return rate > 0;
  }

  private target(): StatusTarget | undefined {
    for (const source of this.sources) {
      const target = source.active();
      if (target) return target;
    }
    return undefined;
  }
}

function show(item: vscode.StatusBarItem, said: StatusText | null, { row }: StatusTarget): void {
  if (!said) return item.hide();
  item.text = said.text;
  item.tooltip = said.tooltip;
  item.accessibilityInformation = { label: said.tooltip };
  item.command = { command: said.command, title: said.tooltip, arguments: [row] };
  item.show();
}
