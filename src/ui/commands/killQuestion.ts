import * as vscode from 'vscode';
import type { NetworkProcess, NetworkProcesses } from '../../core';
import { showPeerText } from '../peerText';
import type { Settings } from '../settings';

/** Names that the question lists. */
const namesShown = 10;

/**
 * Asks before processes are killed whose query flag is set.
 *
 * @see Emacs Lisp manual, "Query Before Exit"
 */
export class KillQuestion {
  private isAsking = false;

  constructor(
    private readonly core: NetworkProcesses,
    private readonly settings: Settings,
  ) {}

  /** True when nobody has to be asked, or the user agrees. */
  async mayDelete(processes: readonly NetworkProcess[]): Promise<boolean> {
    const asking = this.asking(processes);
    const [first] = asking;
    if (!first) return true;
    const { t } = vscode.l10n;
    const name = showPeerText(first.name);
    if (asking.length === 1) return this.ask(t('{0} is running; delete it?', name), t('Delete'));
    const names = asking.slice(0, namesShown).map((process) => showPeerText(process.name));
    if (asking.length > namesShown) names.push(t('and {0} more', asking.length - namesShown));
    const question = t('{0} processes are running; delete them?', asking.length);
    return this.ask(question, t('Delete'), names.join('\n'));
  }

  /** The same for a buffer, whose newest process decides, as in Emacs. */
  async mayKillBuffer(name: string, newest: NetworkProcess | null): Promise<boolean> {
    if (!newest || this.asking([newest]).length === 0) return true;
    const question = vscode.l10n.t('Buffer "{0}" has a running process; kill it?', showPeerText(name));
    return this.ask(question, vscode.l10n.t('Kill'));
  }

  private asking(processes: readonly NetworkProcess[]): NetworkProcess[] {
    return this.settings.confirmKill ? processes.filter((process) => this.core.processAsksOnExit(process)) : [];
  }

  private async ask(question: string, yes: string, detail?: string): Promise<boolean> {
    // A key pressed twice would ask twice, and the second time about what is gone.
    if (this.isAsking) return false;
    this.isAsking = true;
    try {
      return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
    } finally {
      this.isAsking = false;
    }
  }
}
