import type {
  BufferDesignator,
  Disposable,
  ErrorReport,
  Event,
  Filter,
  MakeOptions,
  Marker,
  NetworkAddress,
  NetworkInterface,
  NetworkInterfaceInfo,
  NetworkProcess,
  NetworkProcesses,
  NetworkProcessSpec,
  OpenedStream,
  Options,
  PeerStatus,
  Plist,
  ProcessChange,
  ProcessDesignator,
  ProcessStatus,
  SecurityLevel,
  Sentinel,
  StreamParameters,
  Text,
  TextBuffer,
  TlsBootParameters,
  TlsParameters,
  TrustRecord,
} from './api';
import { formatNetworkAddress, fromVector, inetVector } from './address/address';
import { Emitter } from './base/event';
import { interfaceInfo, interfaceList } from './address/interfaces';
import { checkAscii, resolveHost } from './address/resolve';
import { isNil, symbolName } from './base/nil';
import { Buffer } from './buffer/buffer';
import { BufferList } from './buffer/bufferList';
import { codingName, codingNames } from './coding/codingNames';
import { codingSystem, rawTextOf } from './coding/codingSystem';
import { encodeText } from './coding/encoder';
import { TextDecoder } from './coding/textDecoder';
import { NetworkProcessError, wrongType } from './errors';
import { CaptureStore } from './log/captureStore';
import { checkPath } from './make/checkSpec';
import { ProcessMaker } from './make/processMaker';
import { processTable } from './process/listProcesses';
import { insertNote } from './process/defaultFunctions';
import { OutputWaits } from './process/outputWaits';
import type { World } from './process/plan';
import { internalDefaultProcessFilter, internalDefaultProcessSentinel, Process } from './process/process';
import { LiveOptions } from './options';
import { Registry } from './process/registry';
import { featureProblem } from './features';
import { checkOption, optionNames } from './transport/socketOptions';
import type { Encryption } from './make/encryption';
import { streamParts } from './stream/loadParts';
import type { StreamOpener } from './stream/openNetworkStream';
import { TrustMemory } from './trust/trustMemory';

/** Makes a registry of network processes and buffers, with nothing in it. */
export function createNetworkProcesses(): NetworkProcesses {
  return new Functions();
}

/**
 * Emacs' functions: who may be named how, and which error comes first. The rest is the process's own.
 *
 * What leads to the options or to who is trusted is private at run time, too, here and in a process: other extensions
 * have functions bound to this, and processes.
 */
class Functions implements NetworkProcesses {
  readonly options: Options = new LiveOptions(
    () => this.#limitChanged(),
    () => void this.captures.removeOrphans(),
    (store) => (this.#trusted.store = store),
  );
  readonly internalDefaultProcessFilter = internalDefaultProcessFilter;
  readonly internalDefaultProcessSentinel = internalDefaultProcessSentinel;

  readonly #reports = new Emitter<ErrorReport>(() => undefined);
  readonly #listenerFailed = (error: unknown): void => this.#reports.fire({ source: 'listener', process: null, error });
  readonly #trusted = new TrustMemory(this.#listenerFailed);
  readonly #changes = new Emitter<ProcessChange>(this.#listenerFailed);
  readonly #registry = new Registry();
  private readonly captures = new CaptureStore(captureOptions(this.options));
  readonly #buffers = new BufferList(() => this.options.bufferTextBytes, this.#listenerFailed);
  readonly #maker: ProcessMaker;
  readonly #encryption: () => Encryption;
  #openerMade: StreamOpener | null = null;
  readonly #waits = new OutputWaits();
  #coded: string | null = null;

  constructor() {
    const world: World = {
      waits: this.#waits,
      options: this.options,
      registry: this.#registry,
      captures: this.captures,
      changed: (change) => this.#changes.fire(change),
      report: (report) => this.#reports.fire(report),
      coded: (system) => (this.#coded = system?.name ?? 'no-conversion'),
    };
    let made: Encryption | null = null;
    this.#encryption = () => (made ??= new (streamParts().Encryption)(world, this.#trusted));
    this.#maker = new ProcessMaker(world, this.#buffers, this.#encryption);
  }

  get onDidChangeProcess(): Event<ProcessChange> {
    return this.#changes.event;
  }

  get onDidReportError(): Event<ErrorReport> {
    return this.#reports.event;
  }

  get onDidCreateBuffer(): Event<TextBuffer> {
    return this.#buffers.onDidCreate;
  }

  get onDidKillBuffer(): Event<TextBuffer> {
    return this.#buffers.onDidKill;
  }

  get lastCodingSystemUsed(): string | null {
    return this.#coded;
  }

  makeNetworkProcess(spec?: NetworkProcessSpec, options: MakeOptions = {}): Promise<NetworkProcess | null> {
    return this.#maker.make(spec, options);
  }

  // ------------------------------------------------------------ TLS and trust

  openNetworkStream(
    name: string,
    buffer: BufferDesignator | null,
    host: unknown,
    service: unknown,
    parameters: StreamParameters & { readonly returnList: true },
    options?: MakeOptions,
  ): Promise<OpenedStream>;
  openNetworkStream(
    name: string,
    buffer: BufferDesignator | null,
    host: unknown,
    service: unknown,
    parameters?: StreamParameters,
    options?: MakeOptions,
  ): Promise<NetworkProcess | OpenedStream | null>;
  openNetworkStream(
    name: string,
    buffer: BufferDesignator | null,
    host: unknown,
    service: unknown,
    parameters: StreamParameters = {},
    options: MakeOptions = {},
  ): Promise<NetworkProcess | OpenedStream | null> {
    return this.#opener.open(name, buffer, host, service, parameters, options);
  }

  get #opener(): StreamOpener {
    return (this.#openerMade ??= new (streamParts().StreamOpener)({
      options: this.options,
      maker: this.#maker,
      encryption: this.#encryption(),
      report: (error) => this.#reports.fire({ source: 'socket', process: null, error }),
      decode: (coding, bytes) => {
        const decoder = new TextDecoder(coding);
        return decoder.decode(bytes) + decoder.flush();
      },
      encode: (coding, text) => encodeText(codingSystem(coding) ?? rawTextOf(null), text),
    }));
  }

  streamDialogs(): { name: string; title: string; port: number; tlsPort: number | null; isServed: boolean }[] {
    const { dialogs, servedNames } = streamParts();
    return [...dialogs].map(([name, { title, port, tlsPort }]) => {
      return { name, title, port, tlsPort, isServed: servedNames.includes(name) };
    });
  }

  async gnutlsNegotiate(
    parameters: TlsParameters & { readonly process: NetworkProcess; readonly reply?: Text },
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<NetworkProcess> {
    const { process, reply = null, ...rest } = parameters;
    const target = own(process);
    const bytes = reply === null ? null : typeof reply === 'string' ? encodeText(target.encode, reply) : reply;
    await this.#encryption().upgrade(target, rest, bytes, options.signal);
    return target;
  }

  gnutlsBootParameters(parameters: TlsParameters = {}): TlsBootParameters {
    return streamParts().bootParameters({ ...parameters }, this.#encryption().defaults);
  }

  gnutlsAvailableP(): readonly string[] | null {
    return streamParts().tlsCapabilities().has;
  }

  gnutlsLacks(): readonly { readonly name: string; readonly reason: string }[] {
    return streamParts().tlsCapabilities().lacks;
  }

  gnutlsPeerStatus(process: NetworkProcess): PeerStatus | null {
    return own(process).peerStatus;
  }

  gnutlsPeerStatusWarningDescribe(warning: string): string | null {
    const { warningTexts } = streamParts();
    const name = warning.replace(/^:/, '');
    return Object.hasOwn(warningTexts, name) ? warningTexts[name]! : null;
  }

  throwawayCertificate(
    names: readonly string[] = ['localhost', '127.0.0.1', '::1'],
    days = 30,
  ): { readonly key: string; readonly cert: string } {
    return streamParts().throwawayCertificate(names, days);
  }

  trustRecords(): TrustRecord[] {
    return this.#trusted.all();
  }

  forgetTrust(host: string): boolean {
    return this.#trusted.forget(host);
  }

  securityChecks(level: SecurityLevel): string[] {
    return streamParts().checkNames(level);
  }

  #limitChanged(): void {
    for (const process of this.#registry.list()) if (process.isServer) process.resume();
  }

  // ------------------------------------------------------------------- finding

  processList(): NetworkProcess[] {
    return this.#registry.list();
  }

  getProcess(name: string | NetworkProcess): NetworkProcess | null {
    if (name instanceof Process) return name;
    if (typeof name !== 'string') throw wrongType('stringp', name);
    return this.#registry.get(name);
  }

  getBufferProcess(buffer: BufferDesignator | null): NetworkProcess | null {
    const found = buffer === null ? null : this.#buffers.get(buffer);
    return found ? (this.#registry.ofBuffer(found)[0] ?? null) : null;
  }

  #find(designator: ProcessDesignator): Process {
    if (designator instanceof Process) return designator;
    if (typeof designator === 'string') {
      const named = this.#registry.get(designator);
      if (named) return named;
    } else if (!(designator instanceof Buffer)) throw wrongType('processp', designator);
    const buffer = this.#buffers.get(designator);
    if (!buffer) throw noProcess(`Process ${designator as string} does not exist`);
    if (!buffer.live) throw noProcess('Attempt to get process for a dead buffer');
    const process = this.#registry.ofBuffer(buffer)[0];
    if (!process) throw noProcess(`Buffer ${buffer.name} has no process`);
    return process;
  }

  // --------------------------------------------------------------- information

  processName(process: NetworkProcess): string {
    return own(process).name;
  }

  processType(process: ProcessDesignator): 'network' | 'real' {
    return this.#find(process).isReal ? 'real' : 'network';
  }

  processStatus(process: ProcessDesignator): ProcessStatus | null {
    if (typeof process === 'string') return this.#registry.get(process)?.status ?? null;
    return this.#find(process).status;
  }

  processLiveP(process: NetworkProcess): boolean {
    const { status } = own(process);
    return status !== 'closed' && status !== 'failed' && status !== 'exit' && status !== 'signal';
  }

  processExitStatus(process: NetworkProcess): number | string {
    return own(process).exitStatus;
  }

  processId(process: NetworkProcess): number | null {
    return own(process).program?.pid ?? null;
  }

  processTtyName(process: NetworkProcess): null {
    own(process);
    return null;
  }

  processCommand(process: NetworkProcess): readonly string[] | true | null {
    const { program, isStopped } = own(process);
    return program?.command ?? (isStopped ? true : null);
  }

  processContact(process: NetworkProcess, key?: null): [unknown, unknown];
  processContact(process: NetworkProcess, key: true): Record<string, unknown>;
  processContact(process: NetworkProcess, key: string): unknown;
  processContact(process: NetworkProcess, key: true | string | null, noBlock: unknown): unknown;
  processContact(process: NetworkProcess, key: true | string | null = null, noBlock: unknown = null): unknown {
    const { contact, hasSocket, isReal } = own(process);
    // As Emacs says of every program.
    if (isReal) return true;
    if (!isNil(noBlock) && !hasSocket) return null;
    const get = (k: string): unknown => {
      const value = contact.get(k);
      return isNil(value) ? null : value;
    };
    if (key === null) return [get('host'), get('service')];
    if (key !== true) return get(key);
    const all = Object.create(null) as Record<string, unknown>;
    for (const k of contact.keys()) all[k] = get(k);
    return all;
  }

  processQueryOnExitFlag(process: NetworkProcess): boolean {
    return own(process).query;
  }

  setProcessQueryOnExitFlag(process: NetworkProcess, flag: unknown): unknown {
    const target = own(process);
    target.query = !isNil(flag);
    target.changed('properties');
    return flag;
  }

  processAsksOnExit(process: NetworkProcess): boolean {
    const { query, status } = own(process);
    return query && (status === 'open' || status === 'listen' || status === 'stop' || status === 'run');
  }

  processInheritCodingSystemFlag(process: NetworkProcess): boolean {
    return own(process).inheritCoding;
  }

  setProcessInheritCodingSystemFlag(process: NetworkProcess, flag: unknown): unknown {
    own(process).inheritCoding = !isNil(flag);
    return flag;
  }

  // ------------------------------------------------------------ buffer and mark

  processBuffer(process: NetworkProcess): TextBuffer | null {
    return own(process).buffer;
  }

  setProcessBuffer(process: NetworkProcess, buffer: TextBuffer | null): TextBuffer | null {
    const target = own(process);
    if (!isNil(buffer) && !(buffer instanceof Buffer)) throw wrongType('bufferp', buffer);
    target.setBuffer(isNil(buffer) ? null : buffer);
    return buffer;
  }

  processMark(process: NetworkProcess): Marker {
    return own(process).mark;
  }

  // -------------------------------------------------------- filter and sentinel

  processFilter(process: NetworkProcess): Filter | true {
    return own(process).filter;
  }

  setProcessFilter(process: NetworkProcess, filter: Filter | true | null): Filter | true {
    return own(process).setFilter(isNil(filter) ? null : filter);
  }

  processSentinel(process: NetworkProcess): Sentinel {
    return own(process).sentinel;
  }

  setProcessSentinel(process: NetworkProcess, sentinel: Sentinel | null): Sentinel {
    return own(process).setSentinel(isNil(sentinel) ? null : sentinel);
  }

  // -------------------------------------------------------------- property list

  processPlist(process: NetworkProcess): Map<string, unknown> {
    return own(process).plist;
  }

  setProcessPlist(process: NetworkProcess, plist: Plist | null): Map<string, unknown> {
    return own(process).setPlist(plist);
  }

  processGet(process: NetworkProcess, key: string): unknown {
    return own(process).plist.get(key) ?? null;
  }

  processPut(process: NetworkProcess, key: string, value: unknown): void {
    own(process).put(key, value);
  }

  // --------------------------------------------------------------------- coding

  processCodingSystem(process: NetworkProcess): { decode: string | null; encode: string | null } {
    const { decode, encode } = own(process);
    return { decode: decode?.name ?? null, encode: encode?.name ?? null };
  }

  codingSystemList(baseOnly?: unknown): string[] {
    return codingNames().flatMap(({ base, aliases }) => (isNil(baseOnly) ? [base, ...aliases] : [base]));
  }

  codingSystemAliases(name: string): string[] {
    const known = codingName(codingSystem(name)?.base ?? 'no-conversion')!;
    return [known.base, ...known.aliases];
  }

  setProcessCodingSystem(process: NetworkProcess, decode: unknown = null, encode: unknown = null): void {
    own(process).setCoding(codingSystem(decode), codingSystem(encode));
  }

  async decodeAgain(process: NetworkProcess): Promise<void> {
    await own(process).decodeAgain();
  }

  processFilterMultibyteP(process: NetworkProcess): boolean {
    return own(process).filterMultibyte;
  }

  setProcessFilterMultibyte(process: NetworkProcess, flag: unknown): void {
    own(process).setFilterMultibyte(!isNil(flag));
  }

  // -------------------------------------------------------------------- sending

  async processSendString(process: ProcessDesignator, text: Text): Promise<void> {
    if (typeof text !== 'string' && !(text instanceof Uint8Array)) throw wrongType('stringp', text);
    await this.#find(process).send(text);
  }

  async processSendRegion(process: ProcessDesignator, buffer: TextBuffer, start: number, end: number): Promise<void> {
    const target = this.#find(process);
    if (!(buffer instanceof Buffer)) throw wrongType('bufferp', buffer);
    await target.send(buffer.text(start, end));
  }

  async processSendBytes(process: ProcessDesignator, bytes: Uint8Array): Promise<void> {
    if (!(bytes instanceof Uint8Array)) throw wrongType('bytes', bytes);
    await this.#find(process).sendRaw(bytes);
  }

  async processSendEof(process: ProcessDesignator): Promise<void> {
    await this.#find(process).sendEof();
  }

  // ------------------------------------------------------- addresses and options

  processDatagramAddress(process: NetworkProcess): NetworkAddress | null {
    const { isDatagram, isClosed, peer } = own(process);
    return isDatagram && !isClosed ? peer : null;
  }

  setProcessDatagramAddress(process: NetworkProcess, address: unknown): NetworkAddress | null {
    const target = own(process);
    const peer = peerFor(target, address);
    if (peer !== null) target.setPeer(peer);
    return peer;
  }

  networkProcessOptions(process: NetworkProcess): Record<string, unknown> | null {
    return own(process).socketOptions;
  }

  setNetworkProcessOption(process: NetworkProcess, option: string, value: unknown, noError?: unknown): true | null {
    const target = own(process);
    if (target.isOver)
      throw new NetworkProcessError('NP_NOT_RUNNING', 'error', ['Process is not running'], target.name);
    if (typeof option !== 'string') throw wrongType('symbolp', option);
    if (!optionNames.includes(option)) {
      if (!isNil(noError)) return null;
      throw new NetworkProcessError('NP_OPTION_UNKNOWN', 'error', ['Unknown or unsupported option'], option);
    }
    try {
      checkOption(option, value, target.socketType);
    } catch (error) {
      // What this computer lacks is unknown here; a bad value is never passed over.
      if (!isNil(noError) && (error as NetworkProcessError).code === 'NP_UNSUPPORTED') return null;
      throw error;
    }
    target.setOption(option, value);
    return true;
  }

  // ---------------------------------------------------------------- life and end

  deleteProcess(process: ProcessDesignator): void {
    this.#find(process).delete();
  }

  stopProcess(process: ProcessDesignator): NetworkProcess {
    const target = this.#find(process);
    target.setStopped(true);
    return target;
  }

  continueProcess(process: ProcessDesignator): NetworkProcess {
    const target = this.#find(process);
    target.setStopped(false);
    return target;
  }

  signalProcess(process: ProcessDesignator, signal: unknown): null {
    if (typeof process === 'string' && !this.#registry.get(process)) return null;
    const target = this.#find(process);
    if (!target.program) throw notSubprocess(`Cannot signal process ${target.name}`);
    const name = typeof signal === 'number' ? signal : `SIG${String(symbolName(signal)).replace(/^SIG/, '')}`;
    try {
      target.program.signal(name as NodeJS.Signals);
    } catch {
      throw new NetworkProcessError('NP_WRONG_TYPE', 'error', [`Undefined signal name ${String(symbolName(signal))}`]);
    }
    return null;
  }

  interruptProcess(process: ProcessDesignator): NetworkProcess {
    return this.#signalled(process, 'SIGINT');
  }

  killProcess(process: ProcessDesignator): NetworkProcess {
    return this.#signalled(process, 'SIGKILL');
  }

  quitProcess(process: ProcessDesignator): NetworkProcess {
    return this.#signalled(process, 'SIGQUIT');
  }

  #signalled(process: ProcessDesignator, signal: NodeJS.Signals): NetworkProcess {
    const target = this.#find(process);
    if (!target.program) throw notSubprocess(`Process ${target.name} is not a subprocess`);
    target.program.signal(signal);
    return target;
  }

  processRunningChildP(process: ProcessDesignator): never {
    throw notSubprocess(`Process ${this.#find(process).name} is not a subprocess`);
  }

  setProcessWindowSize(process: NetworkProcess, height: number, width: number): null {
    own(process);
    for (const size of [height, width]) {
      if (!Number.isInteger(size)) throw wrongType('integerp', size);
      if (size < 0 || size > 65535)
        throw new NetworkProcessError('NP_ARGS_OUT_OF_RANGE', 'args-out-of-range', [size, 0, 65535]);
    }
    return null;
  }

  async acceptProcessOutput(
    process: NetworkProcess | null = null,
    seconds: number | null = null,
    millisec: number | null = null,
    justThisOne: unknown = null,
  ): Promise<boolean> {
    const target = isNil(process) ? null : own(process);
    if (!isNil(millisec) && !Number.isInteger(millisec)) throw wrongType('fixnump', millisec);
    if (!isNil(seconds) && typeof seconds !== 'number') throw wrongType('numberp', seconds);
    if (target && !this.processLiveP(target)) return false;
    const isEndless = target !== null && isNil(seconds) && isNil(millisec);
    const waiting = this.#waits.wait(target, isEndless ? null : (seconds ?? 0) * 1000 + (millisec ?? 0));
    if (target && !isNil(justThisOne)) {
      for (const other of this.#registry.list()) if (other !== target) other.hold(waiting);
    }
    return waiting;
  }

  async cloneProcess(process: NetworkProcess, newName: string | null = null): Promise<NetworkProcess | null> {
    const first = own(process);
    if (!isNil(newName) && typeof newName !== 'string') throw wrongType('stringp', newName);
    if (first.status !== 'open') return null;
    if (first.isNegotiated) {
      // Its contact says nothing of encryption: the clone would be in clear.
      const text = `${first.name} was negotiated, and can’t be made from its contact`;
      throw new NetworkProcessError('NP_CLONE_NEGOTIATED', 'error', [text]);
    }
    const name = (newName ?? first.name).replace(/<\d+>$/, '');
    const clone = await this.makeNetworkProcess({ ...Object.fromEntries(first.contact), name, buffer: first.buffer });
    const { query, inheritCoding } = first;
    Object.assign(own(clone!), { query, inheritCoding });
    own(clone!).setFilter(first.filter);
    own(clone!).setSentinel(first.sentinel);
    own(clone!).setPlist(first.plist);
    return clone;
  }

  holdReading(process: NetworkProcess): Disposable {
    return own(process).holdReading();
  }

  insertNote(process: NetworkProcess, line: string): void {
    insertNote(own(process), line);
  }

  listProcesses(queryOnly: unknown = null): string {
    for (const process of this.#registry.list()) if (process.isClosed) process.delete();
    const all = this.#registry.list();
    return processTable(isNil(queryOnly) ? all : all.filter((process) => process.query));
  }

  formatNetworkAddress(address: NetworkAddress | null, omitPort?: unknown): string | null {
    return formatNetworkAddress(address, !isNil(omitPort));
  }

  async networkLookupAddressInfo(name: string, family: unknown = null): Promise<NetworkAddress[] | null> {
    if (typeof name !== 'string') throw wrongType('stringp', name);
    const wanted = lookupFamily(family, 'Unsupported lookup type');
    checkAscii(name);
    try {
      const found = await resolveHost(name, wanted, 0, 0);
      return found.map(({ host }) => inetVector(host, 0));
    } catch (error) {
      this.#reports.fire({ source: 'lookup', process: null, error });
      return null;
    }
  }

  networkInterfaceList(full: unknown = null, family: unknown = null): NetworkInterface[] {
    return interfaceList(!isNil(full), lookupFamily(family, 'Unsupported address family'));
  }

  networkInterfaceInfo(name: string): NetworkInterfaceInfo | null {
    return interfaceInfo(name);
  }

  featurep(subfeature: string | readonly [string, unknown]): boolean {
    return featureProblem(subfeature) === null;
  }

  featureProblem(subfeature: string | readonly [string, unknown]): string | null {
    return featureProblem(subfeature);
  }

  // --------------------------------------------------------------------- buffers

  bufferList(): TextBuffer[] {
    return this.#buffers.all();
  }

  getBuffer(buffer: BufferDesignator): TextBuffer | null {
    return this.#buffers.get(buffer);
  }

  getBufferCreate(buffer: BufferDesignator): TextBuffer {
    return this.#buffers.getOrCreate(buffer);
  }

  killBuffer(buffer: BufferDesignator): void {
    const target = this.#buffers.get(buffer);
    if (!target) throw new NetworkProcessError('NP_BUFFER_DEAD', 'error', [`No buffer named ${String(buffer)}`]);
    for (const process of this.#registry.ofBuffer(target)) process.delete();
    this.#buffers.kill(target);
  }

  dispose(): void {
    this.#maker.dispose();
    this.#waits.dispose();
    // First: what the processes end with is not written any more.
    this.captures.dispose();
    for (const process of this.#registry.list()) process.discard();
    this.#changes.dispose();
    this.#reports.dispose();
    this.#buffers.dispose();
  }
}

/** A view: whoever has a process gets as far as its capture and the store, which must not lead to the options. */
function captureOptions(options: Options): Pick<Options, 'captureFolder' | 'captureBytes' | 'captureTotalBytes'> {
  return {
    get captureFolder() {
      return options.captureFolder;
    },
    get captureBytes() {
      return options.captureBytes;
    },
    get captureTotalBytes() {
      return options.captureTotalBytes;
    },
  };
}

/** Functions that Emacs gives a process object only. */
function own(process: NetworkProcess): Process {
  if (process instanceof Process) return process;
  throw wrongType('processp', process);
}

/** An address that a datagram process can send to, or null: it is of the same kind as the process's own. */
function peerFor({ contact, isDatagram, isClosed, isServer }: Process, address: unknown): NetworkAddress | null {
  if (!isDatagram || isClosed || (!isNil(contact.get('connected')) && !isServer)) return null;
  const local = contact.get('local');
  if (typeof local === 'string') return isPath(address) ? address : null;
  const inet = fromVector(address);
  const vector = inet && inetVector(inet.host, inet.port);
  return vector && Array.isArray(local) && vector.length === local.length ? vector : null;
}

function isPath(address: unknown): address is string {
  try {
    return checkPath(address) === address;
  } catch {
    // What is no path is none of its kind.
    return false;
  }
}

function lookupFamily(family: unknown, problem: string): 'ipv4' | 'ipv6' | null {
  if (isNil(family)) return null;
  const name = symbolName(family);
  if (name === 'ipv4' || name === 'ipv6') return name;
  throw new NetworkProcessError('NP_ADDRESS_FAMILY', 'error', [problem], String(family), {
    hint: "Use 'ipv4' or 'ipv6', or leave it out.",
  });
}

function notSubprocess(text: string): NetworkProcessError {
  return new NetworkProcessError('NP_NO_SUBPROCESS', 'error', [text]);
}

function noProcess(text: string): NetworkProcessError {
  return new NetworkProcessError('NP_NO_PROCESS', 'error', [text]);
}
