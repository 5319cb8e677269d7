import * as vscode from 'vscode';
import type { ErrorReport, NetworkProcesses } from '../core';
import { showPeerText } from './peerText';
import { RateLimit } from './rateLimit';

/** The extension's own log: what filters, sentinels and sockets reported, and failures that nobody foresaw. No payload. */
export class Log implements vscode.Disposable {
  private readonly channel = vscode.window.createOutputChannel('Network Processes', { log: true });
  /** A failing filter fails with every chunk. */
  private readonly limit = new RateLimit(1000, () => performance.now());
  private readonly subscription: vscode.Disposable;

  constructor(core: NetworkProcesses) {
    const subscription = core.onDidReportError((report) => this.report(report));
    this.subscription = new vscode.Disposable(() => subscription.dispose());
  }

  /** An error with its stack and causes. */
  error(what: string, error: unknown): void {
    this.channel.error(`${showPeerText(what)}: ${describe(error)}`);
  }

  /** What the user may want to know later. */
  warn(text: string): void {
    this.channel.warn(text);
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.subscription.dispose();
    this.channel.dispose();
  }

  private report({ source, process, error }: ErrorReport): void {
    const held = this.limit.take(source);
    if (held === null) return;
    const more = held > 0 ? ` (${held} more not logged)` : '';
    this.error(`${source}${process ? ` of ${process.name}` : ''}${more}`, error);
  }
}

/** Text may come from a peer: one line per line of the stack, nothing invisible. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return showPeerText(String(error));
  const lines = (error.stack ?? error.message).split('\n').map(showPeerText).join('\n');
  return error.cause === undefined ? lines : `${lines}\nCaused by ${describe(error.cause)}`;
}
