import * as vscode from 'vscode';
import { NetworkProcessError, type BufferDesignator, type MakeOptions } from '../../core';
import type { NetworkProcess, NetworkProcesses, StreamParameters } from '../../core';
import { showPeerText } from '../peerText';

/** What `openNetworkStream` was asked for. */
export interface StreamOpening {
  readonly host: unknown;
  readonly service: unknown;
  readonly parameters: StreamParameters;
}

/**
 * How processes were opened by `openNetworkStream`. Their contact does not tell, and without it one that was encrypted
 * would be opened again in clear.
 */
export class StreamOpenings {
  private readonly openings = new WeakMap<NetworkProcess, StreamOpening>();

  constructor(private readonly core: NetworkProcesses) {}

  /** Null for what was made by `makeNetworkProcess`. */
  of(process: NetworkProcess): StreamOpening | null {
    return this.openings.get(process) ?? null;
  }

  /** As `of`, for opening it once more: what was encrypted is encrypted again, or not opened. */
  again(process: NetworkProcess): StreamOpening | null {
    const opening = this.of(process);
    const wasEncrypted = process.encryption !== null && process.encryption !== 'none';
    if (!opening || !wasEncrypted || isDemanding(opening.parameters.type)) return opening;
    return { ...opening, parameters: { ...opening.parameters, type: 'starttls' } };
  }

  remember(process: NetworkProcess, opening: StreamOpening): void {
    this.openings.set(process, opening);
  }

  /**
   * Opens one. That it is not encrypted, although it could have been, is told.
   *
   * @throws what `openNetworkStream` rejects with; NP_STARTTLS_REFUSED and NP_TLS_REFUSED, too; NP_UNTRUSTED for a
   *   shell in a workspace that is not trusted
   */
  async open(
    name: string,
    buffer: BufferDesignator | null,
    opening: StreamOpening,
    options: MakeOptions,
  ): Promise<NetworkProcess> {
    const { host, service } = opening;
    demandTrust(opening.parameters.type);
    const parameters = { ...opening.parameters, nowait: null, returnList: true } as const;
    const { process, failure } = await this.core.openNetworkStream(name, buffer, host, service, parameters, options);
    // Without a process there is a reason.
    if (!process) throw failure!;
    this.remember(process, opening);
    if (process.encryption === 'none') this.tellPlain(process);
    return process;
  }

  private tellPlain(process: NetworkProcess): void {
    const end = vscode.l10n.t('Delete');
    const message = vscode.l10n.t(
      'This connection is not encrypted: {0}. The server does not offer STARTTLS, or refused it.',
      showPeerText(process.name),
    );
    void vscode.window.showWarningMessage(message, end).then((choice) => {
      if (choice === end) this.core.deleteProcess(process);
    });
  }
}

/** Why there are no shell connections now; null when there are. */
export function shellProblem(): string | null {
  return vscode.workspace.isTrusted ? null : vscode.l10n.t('this workspace is not trusted');
}

/** @throws NP_UNTRUSTED for a shell connection in a workspace that is not trusted */
export function demandTrust(type: unknown): void {
  if (type !== 'shell' || shellProblem() === null) return;
  const data = [vscode.l10n.t('A shell connection runs a program, and this workspace is not trusted')];
  throw new NetworkProcessError('NP_UNTRUSTED', 'error', data);
}

/** Types that are never in clear. */
function isDemanding(type: unknown): boolean {
  const name = typeof type === 'symbol' ? type.description : type;
  return name === 'starttls' || name === 'tls' || name === 'ssl' || name === 'shell';
}
