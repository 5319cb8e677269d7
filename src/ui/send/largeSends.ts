import * as vscode from 'vscode';
import type { NetworkProcess } from '../../core';
import { errorText, showFailure } from '../errors';
import { showPeerText } from '../peerText';
import { formatBytes } from '../rows/amounts';
import { Pump, type Piece } from './pump';

/** Something large that is to be sent. */
export interface LargeSend {
  readonly process: NetworkProcess;
  /** What it is, for the title; harmless to show. */
  readonly what: string;
  /** The sum of the pieces' sizes, and how one reads such a size. */
  readonly total: number;
  readonly format: (size: number) => string;
  readonly pieces: AsyncIterable<Piece>;
}

const reportMs = 250;

/** Sends what is large piece by piece, with progress and cancel; one at a time to a process. */
export class LargeSends implements vscode.Disposable {
  private readonly underWay = new Set<NetworkProcess>();
  private readonly disposal = new AbortController();

  /** Why nothing else can be sent to a process now: it would come in between; null when it can. */
  refusal(process: NetworkProcess): string | null {
    if (!this.underWay.has(process)) return null;
    const name = showPeerText(process.name);
    return vscode.l10n.t(
      'Something large is being sent to {0}: wait until it is done, or cancel it in its message.',
      name,
    );
  }

  /** Whether nothing else can be sent to a process now; the user is told why. */
  refuses(process: NetworkProcess): boolean {
    const refusal = this.refusal(process);
    if (refusal !== null) showFailure(refusal);
    return refusal !== null;
  }

  /** Returns when all is taken, cancelled or told. Refuses a second one for the same process. */
  async run(send: LargeSend): Promise<void> {
    const { process, what, total, format } = send;
    if (this.refuses(process)) return;
    this.underWay.add(process);
    const pump = new Pump();
    const name = showPeerText(process.name);
    try {
      const outcome = await this.withProgress(send, pump);
      if (outcome === 'sent') {
        void vscode.window.showInformationMessage(vscode.l10n.t('Sent {0} to {1}: {2}.', what, name, format(total)));
      } else tellCancelled(name, pump, send);
    } catch (error) {
      showFailure(vscode.l10n.t('{0} took {1} of {2}. {3}', name, format(pump.taken), format(total), errorText(error)));
    } finally {
      this.underWay.delete(process);
    }
  }

  /** Ends all that is under way. */
  dispose(): void {
    this.disposal.abort();
  }

  private withProgress(send: LargeSend, pump: Pump): Promise<'sent' | 'cancelled'> {
    const title = vscode.l10n.t('Sending {0} to {1}', send.what, showPeerText(send.process.name));
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
    const run = async (progress: SendProgress, cancel: vscode.CancellationToken): Promise<'sent' | 'cancelled'> => {
      const aborted = new AbortController();
      cancel.onCancellationRequested(() => aborted.abort());
      const timer = setInterval(reporter(send, pump, progress), reportMs);
      try {
        return await pump.run(send.pieces, AbortSignal.any([aborted.signal, this.disposal.signal]));
      } finally {
        clearInterval(timer);
      }
    };
    return Promise.resolve(vscode.window.withProgress(options, run));
  }
}

type SendProgress = vscode.Progress<{ message?: string; increment?: number }>;

/** Says how far it is, and when nothing moves, how much waits for the peer. */
function reporter({ process, total, format }: LargeSend, pump: Pump, progress: SendProgress): () => void {
  let last = 0;
  return () => {
    const { taken } = pump;
    const stands = taken === last && pump.waiting > 0;
    const queued = formatBytes(process.traffic.bytesQueued);
    const message = stands
      ? vscode.l10n.t('{0} of {1}; the peer does not read, {2} waiting', format(taken), format(total), queued)
      : vscode.l10n.t('{0} of {1}', format(taken), format(total));
    progress.report({ message, increment: (100 * (taken - last)) / total });
    last = taken;
  };
}

function tellCancelled(name: string, { taken, waiting }: Pump, { total, format }: LargeSend): void {
  const sent =
    waiting > 0
      ? vscode.l10n.t(
          'Cancelled: {0} took {1} of {2}; {3} more were waiting already and go when the peer reads.',
          name,
          format(taken),
          format(total),
          format(waiting),
        )
      : vscode.l10n.t('Cancelled: {0} took {1} of {2}.', name, format(taken), format(total));
  void vscode.window.showWarningMessage(sent);
}
