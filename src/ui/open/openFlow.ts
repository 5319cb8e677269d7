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
import { fittingOptions, lastingOptions, partsOf, refusedOption, type ChosenOptions } from '../options/chosenOptions';
import { askOptions, type OptionRefusal } from '../options/optionsPage';
import { askAddress, stepOf, type AddressAnswer, type OptionsWish } from './addressBox';
import { isBy, isLocal, kindName, pathText } from './addressKind';
import { askCommand, askProtocol } from './byBox';
import { unlock } from './clientKey';
import { confirmExposure } from './confirmExposure';
import { whileConnecting } from './connecting';
import { askKind, problemOf } from './kindBox';
import { processName, unusedBufferName, unusedProcessName } from './names';
import { clientOffers, serverOffers, type Offer } from './offers';
import { freeSocketPath, makeOwnFolder } from './ownFolder';
import type { Address, AddressKind, AddressRole, Protocol } from './parseAddress';
import { Recents } from './recents';
import { logLine, serverLog } from './serverLog';
import type { StreamOpening, StreamOpenings } from './streamOpenings';
import { keylistOf, throwaway, tlsGiven } from './tlsGiven';

/** Connections that may wait to be accepted: what Node takes by itself. */
const burstBacklog = 511;

/** What was answered before the address is asked for. */
interface Asked {
  readonly kind: AddressKind;
  readonly role: AddressRole;
  /** The protocol of STARTTLS, the command of a shell. */
  readonly by?: string;
}

/** What is opened: by its keywords, or as a stream. */
interface Given {
  readonly spec: Partial<NetworkProcessSpec>;
  readonly label: string;
  readonly stream?: StreamOpening;
}

/**
 * From a command to an open process in two questions: what kind, and where; some kinds have one between. Leaving at any
 * point, and failing, leaves nothing behind.
 */
export class OpenFlow implements vscode.Disposable {
  private readonly recents: Recents;
  private readonly disposal = new AbortController();

  constructor(
    private readonly core: NetworkProcesses,
    private readonly streams: StreamOpenings,
    memory: vscode.Memento,
    private readonly secrets: vscode.SecretStorage,
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
    if (!kind) return undefined;
    return isBy(kind) ? this.askBy(kind, role) : this.askAndOpen({ kind, role }, '', {});
  }

  /** The question between kind and address. */
  private async askBy(kind: 'starttls' | 'shell', role: AddressRole): Promise<NetworkProcess | undefined> {
    const last = this.recents.lastBy(kind);
    const answer = await (kind === 'shell' ? askCommand(last) : askProtocol(role, this.protocols(role), last));
    if (answer === 'back') return this.begin(role);
    return answer && this.askAndOpen({ kind, role, by: answer.by }, '', {});
  }

  /** Those that have STARTTLS. */
  private protocols(role: AddressRole): Protocol[] {
    return this.core.streamDialogs().filter(({ isServed }) => role === 'client' || isServed);
  }

  private async askAndOpen(asked: Asked, text: string, options: ChosenOptions): Promise<NetworkProcess | undefined> {
    const { kind, role } = asked;
    const answer = await askAddress({
      ...{ ...asked, text, options },
      protocols: () => this.protocols(role),
      problem: (typed) => problemOf(this.core, typed),
      offers: () => this.offers(asked),
      forget: (recent) => this.recents.remove(recent),
    });
    if (answer === 'back') return isBy(kind) ? this.askBy(kind, role) : this.begin(role);
    if (answer && 'optionsOf' in answer) return this.askForOptions(asked, answer);
    if (
      !answer ||
      (role === 'server' && !answer.address.loopback && !(await confirmExposure(String(answer.address.spec.host))))
    ) {
      return undefined;
    }
    return this.open(answer, asked, fittingOptions(answer.options, answer.address.kind, role, vscode.l10n.t));
  }

  private async askForOptions(
    asked: Asked,
    { optionsOf, text, options }: OptionsWish,
    refusal?: OptionRefusal,
  ): Promise<NetworkProcess | undefined> {
    const { kind, role } = asked;
    const name = kindName(optionsOf, vscode.l10n.t);
    const isOfTls = optionsOf === 'tls' || optionsOf === 'starttls';
    const title = isOfTls ? vscode.l10n.t('{0}: Options', name) : vscode.l10n.t('{0}: Socket Options', name);
    // A page beside the address, not a step after it.
    const step = stepOf(kind);
    const question = { kind: optionsOf, role, title, step, backlog: burstBacklog, core: this.core, refusal };
    return this.askAndOpen(asked, text, await askOptions(question, options));
  }

  private offers({ kind, role, by }: Asked): Offer[] {
    const recents = this.recents.list(kind, role, by);
    if (role === 'client') return clientOffers(this.core, { kind, by }, recents, exampleOf(kind));
    return serverOffers(this.core, isLocal(kind) ? freeSocketPath() : '127.0.0.1:0', recents);
  }

  private async open(answer: AddressAnswer, asked: Asked, options: ChosenOptions): Promise<NetworkProcess | undefined> {
    const { role } = asked;
    const { address } = answer;
    let process: NetworkProcess;
    try {
      process = await this.make(address, role, options);
    } catch (error) {
      if (this.disposal.signal.aborted) return undefined;
      const option = refusedOption(error, options);
      if (option === null) return this.tellFailure(error, answer, asked, options);
      const { kind } = address;
      const refusal = { option, reason: errorText(error) };
      return this.askForOptions(asked, { optionsOf: kind, text: answer.text, options }, refusal);
    }
    this.onDidOpen(process);
    const { kind, label, by } = address;
    void this.recents.add({
      kind,
      role,
      ...(by !== undefined && { by }),
      label,
      time: Date.now(),
      options: lastingOptions(options),
    });
    if (process.buffer) await this.buffers.show(process.buffer);
    return process;
  }

  private async make(address: Address, role: AddressRole, options: ChosenOptions): Promise<NetworkProcess> {
    const given = await this.given(address, role, options);
    const name = unusedProcessName(this.core, processName(address, role));
    const buffer = this.core.getBufferCreate(unusedBufferName(this.core, `*${name}*`));
    try {
      return await (role === 'client' ? this.connect(name, given, buffer) : this.listen(name, given, buffer));
    } catch (error) {
      this.core.killBuffer(buffer);
      throw error;
    }
  }

  /** The address with what was chosen; what has to be asked for that is asked. */
  private async given(address: Address, role: AddressRole, options: ChosenOptions): Promise<Given> {
    const { kind, spec, label, by, loopback } = address;
    const { host, service } = spec;
    if (kind === 'shell')
      return { spec, label, stream: { host, service, parameters: { type: 'shell', shellCommand: by } } };
    const { socket, tls } = partsOf(options, kind, role);
    if (kind !== 'tls' && kind !== 'starttls') return { spec: { ...spec, ...socket }, label };
    const keylist = await keylistOf(tls, role === 'client' ? spec : null, this.core.options);
    const own = role === 'server' && {
      ...(!keylist && throwaway(loopback)),
      ...(by !== undefined && { starttls: by }),
    };
    const tlsParameters = await tlsGiven({ ...tls, ...own }, keylist, (file) => unlock(file, this.secrets));
    if (kind === 'tls' || role === 'server') return { spec: { ...spec, ...socket, tlsParameters }, label };
    const type = options.ifOffered === true ? null : 'starttls';
    const warnUnlessEncrypted = options.warnUnlessEncrypted === true;
    return {
      spec,
      label,
      // Who this side is, is in the parameters of TLS already.
      stream: {
        ...{ host, service },
        parameters: { type, dialog: by, warnUnlessEncrypted, tlsParameters, clientCertificate: null },
      },
    };
  }

  private connect(name: string, { spec, label, stream }: Given, buffer: TextBuffer): Promise<NetworkProcess> {
    const title = vscode.l10n.t('Connecting to {0}', showPeerText(label));
    return whileConnecting(title, this.disposal.signal, (signal) =>
      stream
        ? this.streams.open(name, buffer, stream, { signal })
        : this.makeProcess({ ...spec, name, buffer }, signal),
    );
  }

  /** A taken UDP port is an error here; two servers on one port would share its datagrams at random. */
  private async listen(name: string, { spec }: Given, buffer: TextBuffer): Promise<NetworkProcess> {
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
    { role }: Asked,
    options: ChosenOptions,
  ): undefined {
    if (isNetworkProcessError(error) && error.code === 'NP_CANCELLED') return;
    const tryAgain = vscode.l10n.t('Try Again');
    void vscode.window.showErrorMessage(errorText(error), tryAgain).then(async (choice) => {
      const { kind, by } = address;
      if (choice === tryAgain) await this.askAndOpen({ kind, role, ...(by !== undefined && { by }) }, text, options);
    });
  }
}

/** What can be typed, while nothing was opened before. */
function exampleOf(kind: AddressKind): string | undefined {
  const examples: Partial<Record<AddressKind, string>> = {
    tls: 'localhost:443',
    starttls: 'localhost',
    shell: 'localhost:22',
  };
  return examples[kind];
}
