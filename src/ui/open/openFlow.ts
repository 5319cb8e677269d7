import * as vscode from 'vscode';
import {
  isNetworkProcessError,
  type NetworkProcess,
  type NetworkProcesses,
  type NetworkProcessSpec,
  type TextBuffer,
} from '../../core';
import type { BufferDocuments } from '../buffers/bufferDocuments';
import { errorText } from '../errors';
import { showPeerText } from '../peerText';
import { fittingOptions, lastingOptions, refusedOption, type ChosenOptions } from '../options/chosenOptions';
import { askOptions, type OptionRefusal } from '../options/optionsPage';
import { askAddress, type AddressAnswer, type OptionsWish } from './addressBox';
import { isLocal, kindName, kindProblem, pathText } from './addressKind';
import { confirmExposure } from './confirmExposure';
import { whileConnecting } from './connecting';
import { askKind } from './kindBox';
import { processName, unusedBufferName, unusedProcessName } from './names';
import { clientOffers, serverOffers, type Offer } from './offers';
import { freeSocketPath, makeOwnFolder } from './ownFolder';
import type { Address, AddressKind, AddressRole } from './parseAddress';
import { Recents } from './recents';
import { logLine, serverLog } from './serverLog';

/** Connections that may wait to be accepted: what Node takes by itself. */
const burstBacklog = 511;

/**
 * From a command to an open process in two questions: what kind, and where. Leaving at any point, and failing, leaves
 * nothing behind.
 */
export class OpenFlow implements vscode.Disposable {
  private readonly recents: Recents;
  private readonly disposal = new AbortController();

  constructor(
    private readonly core: NetworkProcesses,
    memory: vscode.Memento,
    private readonly buffers: BufferDocuments,
    private readonly onDidOpen: (process: NetworkProcess) => void,
  ) {
    this.recents = new Recents(memory);
  }

  /** Undefined: cancelled or failed, and the user knows. */
  openConnection(): Promise<NetworkProcess | undefined> {
    return this.begin('client');
  }

  /** Undefined: cancelled or failed, and the user knows. */
  startServer(): Promise<NetworkProcess | undefined> {
    return this.begin('server');
  }

  dispose(): void {
    this.disposal.abort();
  }

  private async begin(role: AddressRole): Promise<NetworkProcess | undefined> {
    const kind = await askKind(role, this.recents.lastKind(role), this.core);
    return kind && this.askAndOpen(kind, role, '', {});
  }

  private async askAndOpen(
    kind: AddressKind,
    role: AddressRole,
    text: string,
    options: ChosenOptions,
  ): Promise<NetworkProcess | undefined> {
    const answer = await askAddress({
      ...{ kind, role, text, options },
      problem: (typed) => kindProblem(this.core, typed),
      offers: () => this.offers(kind, role),
      forget: (recent) => this.recents.remove(recent),
    });
    if (answer === 'back') return this.begin(role);
    if (answer && 'optionsOf' in answer) return this.askForOptions(kind, role, answer, options);
    if (
      !answer ||
      (role === 'server' && !answer.address.loopback && !(await confirmExposure(String(answer.address.spec.host))))
    ) {
      return undefined;
    }
    return this.open(answer, role, fittingOptions(answer.options, answer.address.kind, role, vscode.l10n.t));
  }

  private async askForOptions(
    kind: AddressKind,
    role: AddressRole,
    { optionsOf, text }: OptionsWish,
    options: ChosenOptions,
    refusal?: OptionRefusal,
  ): Promise<NetworkProcess | undefined> {
    const title = vscode.l10n.t('{0}: Socket Options', kindName(optionsOf, vscode.l10n.t));
    // A page beside the address, not a step after it.
    const step = { step: 2, totalSteps: 2 };
    const question = { kind: optionsOf, role, title, step, backlog: burstBacklog, core: this.core, refusal };
    return this.askAndOpen(kind, role, text, await askOptions(question, options));
  }

  private offers(kind: AddressKind, role: AddressRole): Offer[] {
    const recents = this.recents.list(kind, role);
    if (role === 'client') return clientOffers(this.core, kind, recents);
    return serverOffers(this.core, isLocal(kind) ? freeSocketPath() : '127.0.0.1:0', recents);
  }

  private async open(
    answer: AddressAnswer,
    role: AddressRole,
    options: ChosenOptions,
  ): Promise<NetworkProcess | undefined> {
    const { address } = answer;
    let process: NetworkProcess;
    try {
      process = await this.make({ ...address, spec: { ...address.spec, ...options } }, role);
    } catch (error) {
      if (this.disposal.signal.aborted) return undefined;
      const option = refusedOption(error, options);
      if (option === null) return this.tellFailure(error, answer, role, options);
      const { kind } = address;
      const refusal = { option, reason: errorText(error) };
      return this.askForOptions(kind, role, { optionsOf: kind, text: answer.text }, options, refusal);
    }
    this.onDidOpen(process);
    const { kind, label } = address;
    void this.recents.add({ kind, role, label, time: Date.now(), options: lastingOptions(options) });
    if (process.buffer) await this.buffers.show(process.buffer);
    return process;
  }

  private async make(address: Address, role: AddressRole): Promise<NetworkProcess> {
    const name = unusedProcessName(this.core, processName(address, role));
    const buffer = this.core.getBufferCreate(unusedBufferName(this.core, `*${name}*`));
    try {
      return await (role === 'client' ? this.connect(name, address, buffer) : this.listen(name, address, buffer));
    } catch (error) {
      this.core.killBuffer(buffer);
      throw error;
    }
  }

  private connect(name: string, { spec, label }: Address, buffer: TextBuffer): Promise<NetworkProcess> {
    const title = vscode.l10n.t('Connecting to {0}', showPeerText(label));
    return whileConnecting(title, this.disposal.signal, (signal) =>
      this.makeProcess({ ...spec, name, buffer }, signal),
    );
  }

  /** A taken UDP port is an error here; two servers on one port would share its datagrams at random. */
  private async listen(name: string, { spec }: Address, buffer: TextBuffer): Promise<NetworkProcess> {
    if (typeof spec.service === 'string') makeOwnFolder(spec.service);
    const log = serverLog(this.core);
    // A burst of clients finds room; Emacs' five would have the system make them wait for seconds.
    const isStream = spec.type !== 'datagram';
    const shape = isStream ? spec.server === true && { server: burstBacklog } : 'host' in spec && { reuseaddr: false };
    const server = await this.makeProcess(
      { ...spec, ...shape, ...(spec.reuseaddr === true && { reuseaddr: true }), name, buffer, log },
      this.disposal.signal,
    );
    const [host, service] = this.core.processContact(server);
    const where = spec.family === 'local' ? pathText(String(service)) : `${String(host)}:${String(service)}`;
    logLine(this.core, server, vscode.l10n.t('listening on {0}', where));
    return server;
  }

  private async makeProcess(spec: NetworkProcessSpec, signal: AbortSignal): Promise<NetworkProcess> {
    const process = await this.core.makeNetworkProcess(spec, { signal });
    if (!process) throw new Error('makeNetworkProcess was given no keyword');
    return process;
  }

  /** One message, from which the same address can be tried again. Not when it was the user who cancelled. */
  private tellFailure(
    error: unknown,
    { address, text }: AddressAnswer,
    role: AddressRole,
    options: ChosenOptions,
  ): undefined {
    if (isNetworkProcessError(error) && error.code === 'NP_CANCELLED') return;
    const tryAgain = vscode.l10n.t('Try Again');
    void vscode.window.showErrorMessage(errorText(error), tryAgain).then(async (choice) => {
      if (choice === tryAgain) await this.askAndOpen(address.kind, role, text, options);
    });
  }
}
