import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../core';
import { errorText } from '../errors';
import type { Log } from '../log';
import { formatCount } from '../rows/amounts';

/** A full disk ends the captures of all processes within moments: that is one message. */
const collectMs = 300;

/** Tells when a capture ends before its process does. */
export class CaptureNotice implements vscode.Disposable {
  private readonly subscription: vscode.Disposable;
  private ended: NetworkProcess[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param save Does what the message's button offers. */
  constructor(
    core: NetworkProcesses,
    private readonly log: Log,
    private readonly save: (process: NetworkProcess) => unknown,
  ) {
    const subscription = core.onDidChangeProcess(({ kind, process }) => {
      if (kind !== 'capture') return;
      const { state, error } = process.byteLog.capture;
      if (state !== 'full' && state !== 'failed') return;
      this.log.warn(errorText(error));
      this.ended.push(process);
      this.timer ??= setTimeout(() => this.tell(), collectMs);
    });
    this.subscription = new vscode.Disposable(() => subscription.dispose());
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
  }

  private tell(): void {
    const ended = this.ended;
    this.ended = [];
    this.timer = undefined;
    const [first] = ended;
    if (!first) return;
    const text = errorText(first.byteLog.capture.error);
    if (ended.length === 1) return this.tellOne(first, text);
    const others = vscode.l10n.t('{0} captures ended. The first: {1}', formatCount(ended.length), text);
    const showLog = vscode.l10n.t('Show Log');
    void vscode.window.showErrorMessage(others, showLog).then((choice) => {
      if (choice === showLog) this.log.show();
    });
  }

  private tellOne(process: NetworkProcess, text: string): void {
    const save = vscode.l10n.t('Save Capture As…');
    void vscode.window.showErrorMessage(text, save).then((choice) => {
      if (choice === save) void this.save(process);
    });
  }
}
