import type {
  Disposable,
  ErrorReport,
  Filter,
  LogFunction,
  NetworkAddress,
  NetworkProcess,
  PeerStatus,
  Plist,
  ProcessChange,
  ProcessStatus,
  Sentinel,
  Text,
  Traffic,
} from '../api';
import { isNil } from '../base/nil';
import type { Buffer as TextBuffer } from '../buffer/buffer';
import { TextMarker } from '../buffer/marker';
import { completeEncoder, rawTextOf, withEol, type CodingSystem } from '../coding/codingSystem';
import { fileError, isNetworkProcessError, NetworkProcessError, systemCode, systemText } from '../errors';
import type { GivenOption, SocketType } from '../transport/socketOptions';
import {
  isPlainStream,
  type DatagramTransport,
  type ListenTransport,
  type PlainStream,
  type Program,
  type StreamTransport,
} from '../transport/transport';
import type { Ending } from '../transport/connectStream';
import { TrafficLog } from '../log/trafficLog';
import { TrafficCapture } from '../log/trafficCapture';
import { insertMessage, insertOutput, replaceOutput } from './defaultFunctions';
import { Delivery, type Arrival, type DeliveryPort } from './delivery';
import type { ProcessPlan, World } from './plan';
import { plistMap } from './plist';
import { Receiving, type ReceivingPort } from './receiving';
import { Sending, type SendingPort } from './sending';

/** Where a process is in its life; `stopped` is kept apart and hides all but `closed`. */
type State = 'connect' | 'open' | 'listen' | 'closed' | 'failed';

/** Datagrams that may wait while a process is stopped or its filter busy, where they can't wait in the kernel. */
const datagramsWaiting = 1_000;

/** A piece of what was said before a process was open. */
export interface Said {
  readonly direction: 'received' | 'sent';
  readonly bytes: Buffer;
  /** Milliseconds since 1970. */
  readonly time: number;
}

let lastId = 0;

const ignore = (): void => undefined;

/**
 * A network process: the state and the rules; sockets are behind `Transport`, checks of arguments in front.
 *
 * @see Emacs Lisp manual, "Processes"
 */
export class Process implements NetworkProcess, ReceivingPort, DeliveryPort, SendingPort {
  readonly id = ++lastId;
  readonly name: string;
  readonly isServer: boolean;
  /** A program takes the place of the connection. */
  readonly isReal: boolean;
  readonly socketType: SocketType;
  readonly server: Process | null;
  readonly mark = new TextMarker(false);
  readonly byteLog: TrafficLog;
  readonly contact: Map<string, unknown>;
  readonly log: LogFunction | null;
  plist: Map<string, unknown>;
  query: boolean;
  /** Whether its buffer takes on its coding system. */
  inheritCoding: boolean;
  lastMessage: string | null = null;
  failure: NetworkProcessError | null = null;
  exitStatus: number | string = 0;
  encode: CodingSystem | null;
  /** The present peer of a datagram process. */
  peer: NetworkAddress | null = null;
  isNegotiated = false;
  starttls: string | null = null;
  /** TLS was asked for if possible, and was not. */
  lacksEncryption = false;
  /** Called once when it ends, e.g. to give up connecting. */
  onEnd: () => void = ignore;

  /** Private at run time, too: other programs have processes, and must not have the options by them. */
  readonly #world: World;
  private state: State = 'connect';
  private stopped: boolean;
  private home: TextBuffer | null;
  private ownFilter: Filter | true | null;
  private ownSentinel: Sentinel | null;
  private readonly receiving: Receiving;
  private readonly delivery: Delivery;
  private readonly sending: Sending;
  private transport: StreamTransport | ListenTransport | DatagramTransport | null = null;
  /** Set while there was no socket. */
  private readonly options: GivenOption[] = [];
  /** A write found the peer gone: what was read is delivered and the end told, stopped or not. */
  private isPeerGone = false;
  private clientCount = 0;
  /** What was said while it came up, to be logged and delivered when it has begun. */
  private said: readonly Said[] = [];
  /** A handshake goes on: nothing is read, and what is sent waits. */
  private isSecuring = false;
  private acceptPause: NodeJS.Timeout | null = null;
  /** Where its own bytes begin in the byte log. */
  private readonly logFrom: number;
  /** Whose byte log it goes on with. */
  private readonly former: Process | null;
  private holds = 0;
  private readonly created = Date.now();
  private opened: number | null = null;
  private ended: number | null = null;
  private readonly counts = {
    bytesReceived: 0,
    bytesLost: 0,
    messagesReceived: 0,
    emptyDatagrams: 0,
    datagramsDropped: 0,
  };

  constructor(world: World, plan: ProcessPlan) {
    this.#world = world;
    this.name = world.registry.uniqueName(plan.name);
    this.contact = plan.contact;
    this.isServer = plan.isServer;
    this.socketType = plan.type;
    this.server = plan.server;
    this.home = plan.buffer;
    this.ownFilter = plan.filter === internalDefaultProcessFilter ? null : plan.filter;
    this.ownSentinel = plan.sentinel === internalDefaultProcessSentinel ? null : plan.sentinel;
    this.log = plan.log;
    this.plist = plan.plist;
    this.encode = plan.encode;
    this.stopped = plan.stopped;
    this.query = plan.query;
    this.isReal = plan.isReal ?? false;
    this.inheritCoding = plan.inheritCoding;
    this.former = canGoOn(plan.continues, world.captures.isOn) ? plan.continues : null;
    this.byteLog = this.former?.byteLog ?? this.newLog();
    this.logFrom = this.byteLog.size;
    this.ownLog();
    this.receiving = new Receiving(this, plan.decode);
    this.delivery = new Delivery(this);
    this.sending = new Sending(this, this);
    // The mark of an accepted connection points nowhere before its first output.
    if (this.home && !this.server) this.mark.set(this.home, this.home.pointMax);
    world.registry.add(this);
    this.server?.countClient(1);
    world.changed({ process: this, kind: 'added' });
  }

  // ---------------------------------------------------------------- what it is

  /** As Emacs prints it. */
  toString(): string {
    return `#<process ${this.name}>`;
  }

  get status(): ProcessStatus {
    if (this.isReal && this.state === 'open') return this.stopped ? 'stop' : 'run';
    if (this.isReal && this.state === 'closed') return this.program?.ended?.status ?? 'signal';
    return this.stopped && this.state !== 'closed' ? 'stop' : this.state;
  }

  /** Running in Emacs' sense: what the default sentinel has nothing to say about. */
  get isAlive(): boolean {
    return this.state === 'open' || this.state === 'listen' || this.state === 'connect';
  }

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  /** Closed, or failed and not deleted yet, stopped or not. */
  get isOver(): boolean {
    return this.state === 'closed' || this.state === 'failed';
  }

  /** False while it is looked up and connected, and when it has ended. */
  get hasSocket(): boolean {
    return this.transport !== null && this.state !== 'closed';
  }

  get isDatagram(): boolean {
    return this.socketType === 'datagram';
  }

  /** What the system says of the socket's options; null without a socket, and where it can't be asked. */
  get socketOptions(): Record<string, unknown> | null {
    return this.hasSocket ? this.transport!.options() : null;
  }

  /** The program that takes the place of a connection; null for connections, and before it has started. */
  get program(): Program | null {
    return this.transport?.program ?? null;
  }

  /** What is known of its encryption; null without, and when it has ended. */
  get peerStatus(): PeerStatus | null {
    return this.state === 'open' ? (this.transport?.encryption?.status ?? null) : null;
  }

  get lastPeerStatus(): PeerStatus | null {
    return this.transport?.encryption?.status ?? null;
  }

  get encryption(): string | null {
    if (this.isServer) return isNil(this.contact.get('tlsParameters')) ? null : 'TLS';
    return this.transport?.encryption?.protocol ?? (this.lacksEncryption ? 'none' : null);
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  get traffic(): Traffic {
    const { bytes, messages, queued } = this.sending;
    return { ...this.counts, bytesSent: bytes, messagesSent: messages, bytesQueued: queued };
  }

  get times(): { created: number; opened: number | null; ended: number | null } {
    return { created: this.created, opened: this.opened, ended: this.ended };
  }

  get clients(): { count: number; atLimit: boolean } {
    return { count: this.clientCount, atLimit: this.clientCount >= this.#world.options.maxClients };
  }

  get buffer(): TextBuffer | null {
    return this.home;
  }

  get filter(): Filter | true {
    return this.ownFilter ?? internalDefaultProcessFilter;
  }

  get sentinel(): Sentinel {
    return this.ownSentinel ?? internalDefaultProcessSentinel;
  }

  /** What the clients of a server start with: its functions, null where it has the default one. */
  get inherited(): { filter: Filter | true | null; sentinel: Sentinel | null } {
    return { filter: this.ownFilter, sentinel: this.ownSentinel };
  }

  get decode(): CodingSystem | null {
    return this.receiving.system;
  }

  get filterMultibyte(): boolean {
    return this.state !== 'closed' && !this.receiving.isUnibyte;
  }

  /** What text is encoded with: the first one completes what the encoder leaves open. */
  get textEncoder(): CodingSystem | null {
    const encoder = completeEncoder(this.encode, this.#world.options.defaultCoding.encode);
    if (encoder !== this.encode) {
      this.encode = encoder;
      this.changed('properties');
    }
    return encoder;
  }

  // ------------------------------------------------------------------- setters

  setBuffer(buffer: TextBuffer | null): void {
    if (buffer !== this.home) {
      this.#world.registry.moved(this, this.home, buffer);
      this.home = buffer;
      // Without a buffer the mark stays where it is.
      if (buffer) this.mark.set(buffer, buffer.pointMax);
    }
    this.contact.set('buffer', buffer);
    this.receiving.refresh();
    this.changed('properties');
  }

  setFilter(filter: Filter | true | null): Filter | true {
    this.ownFilter = filter === internalDefaultProcessFilter ? null : filter;
    this.contact.set('filter', this.filter);
    this.receiving.refresh();
    this.changed('properties');
    this.resume();
    return this.filter;
  }

  setSentinel(sentinel: Sentinel | null): Sentinel {
    this.ownSentinel = sentinel === internalDefaultProcessSentinel ? null : sentinel;
    this.contact.set('sentinel', this.sentinel);
    this.changed('properties');
    return this.sentinel;
  }

  setCoding(decode: CodingSystem | null, encode: CodingSystem | null): void {
    this.receiving.set(decode);
    this.sending.reset();
    // An encoder writes with the line ends it names; one that names none writes newlines.
    this.encode = withEol(encode ?? rawTextOf(null), 'unix');
    this.changed('properties');
  }

  /**
   * Decodes anew, by the present coding system, the output that its buffer shows.
   *
   * @throws NP_BUFFER_DEAD, NP_BUFFER_SHARED, NP_CAPTURE_GONE, NP_CAPTURE_FAILED
   */
  async decodeAgain(): Promise<void> {
    const { home } = this;
    const world = this.#world;
    if (!home?.live) throw new NetworkProcessError('NP_BUFFER_DEAD', 'error', [`${this.name} has no process buffer`]);
    const others = world.registry.ofBuffer(home).filter((process) => process !== this);
    if (others.length > 0 || this.ownFilter !== null) {
      const why = others.length > 0 ? `${others[0]!.name} writes there, too` : `${this.name} has a filter of its own`;
      throw new NetworkProcessError('NP_BUFFER_SHARED', 'error', [
        `Buffer ${home.name} can’t be decoded again: ${why}`,
      ]);
    }
    let release = (): void => undefined;
    this.hold(new Promise<void>((resolve) => (release = resolve)));
    try {
      const text = await this.receiving.again({
        buffer: home,
        log: this.byteLog,
        ownFrom: this.logFrom,
        waiting: () => this.delivery.bytes,
        maxBytes: world.options.bufferTextBytes,
        isOver: () => this.isClosed,
      });
      // It may have been killed meanwhile.
      if (home.live) replaceOutput(this, home, text);
    } finally {
      release();
    }
  }

  setFilterMultibyte(multibyte: boolean): void {
    if (!multibyte) this.receiving.setUnibyte();
    this.changed('properties');
  }

  setPlist(plist: Plist | null): Map<string, unknown> {
    this.plist = plistMap(plist, 'listp');
    this.changed('properties');
    return this.plist;
  }

  put(key: string, value: unknown): void {
    this.plist.set(key, value);
    this.changed('properties');
  }

  setPeer(peer: NetworkAddress): void {
    this.peer = peer;
    this.contact.set('remote', peer);
    this.changed('properties');
  }

  setOption(option: string, value: unknown): void {
    if (this.transport) this.transport.setOption([option, value]);
    else this.options.push([option, value]);
    this.contact.set(option, value);
    this.changed('properties');
  }

  setStopped(stopped: boolean): void {
    if (this.stopped === stopped) return;
    this.stopped = stopped;
    // As Emacs. A program that does not heed it waits as soon as nobody reads what it writes.
    if (process.platform !== 'win32') this.program?.signal(stopped ? 'SIGTSTP' : 'SIGCONT');
    this.changed('state');
    this.resume();
  }

  /** Tells views that something about it changed. */
  changed(kind: ProcessChange['kind']): void {
    this.#world.changed({ process: this, kind });
  }

  // --------------------------------------------------------------- life begins

  /** A listening socket is there. */
  listen(transport: ListenTransport): void {
    if (this.isClosed) return transport.close();
    this.use(transport);
    this.state = 'listen';
    this.opened = Date.now();
    this.changed('state');
    this.resume();
  }

  /**
   * A connected stream is there. Reading begins with `begin`, after the sentinel has been told.
   *
   * @param said What was said on it before.
   */
  openStream(stream: StreamTransport, said: readonly Said[] = []): void {
    if (this.isClosed) return stream.close();
    this.said = said;
    this.attach(stream);
    this.isOpen();
  }

  private attach(stream: StreamTransport): void {
    this.use(stream);
    this.sending.useStream(stream);
    const kind = stream.hasPackets ? 'packet' : 'stream';
    stream.onData = (bytes, size) => {
      this.received({ kind, bytes });
      if (size > bytes.length) this.wasCut(bytes.length, size);
    };
    stream.onEnd = (error) => this.delivery.push({ kind: 'end', error });
  }

  /**
   * Goes on with another stream on top of the present one, e.g. an encrypted one. Nothing is read meanwhile, what is sent
   * waits, and a failure ends the process: it never goes on in clear.
   *
   * @param before Sent on the present stream last.
   * @param ending Ends it, whatever is waited for.
   * @throws NP_STARTTLS_INJECTION when something came that nobody has read; the reason of `ending`; what `change` throws
   */
  async upgrade(
    before: Uint8Array | null,
    ending: Ending,
    change: (stream: StreamTransport) => Promise<StreamTransport>,
  ): Promise<void> {
    const { transport: stream } = this;
    if (this.state !== 'open' || this.isSecuring) throw this.notOpen();
    if (!isPlainStream(stream)) {
      throw new NetworkProcessError('NP_TLS_PARAMETERS', 'error', ['Only a plain stream can be encrypted'], this.name);
    }
    this.isSecuring = true;
    this.resume();
    try {
      if (ending.reason) throw ending.reason;
      ending.onEnd((reason) => this.breakOff(reason));
      this.demandSilence(stream);
      if (before) await this.lastWords(stream, before);
      else {
        await stream.drained();
        this.demandSilence(stream);
      }
      if (this.isClosed) throw this.notOpen();
      const changed = await change(stream);
      if (this.isClosed) {
        changed.close();
        throw this.notOpen();
      }
      // An unfinished character came in clear.
      this.receiving.flush();
      this.attach(changed);
      this.isNegotiated = true;
      this.isSecuring = false;
      this.changed('state');
      this.begin();
    } catch (error) {
      this.isSecuring = false;
      const reason = ending.reason ?? error;
      this.breakOff(reason);
      throw reason;
    }
  }

  private demandSilence(stream: PlainStream): void {
    if (this.delivery.length === 0 && stream.unread === 0) return;
    const text = 'Text in clear came after the consent to TLS and before the handshake';
    throw new NetworkProcessError('NP_STARTTLS_INJECTION', 'error', [text], this.name);
  }

  private lastWords(stream: PlainStream, bytes: Uint8Array): Promise<void> {
    this.byteLog.append({ time: Date.now(), direction: 'sent', peer: null, bytes });
    this.sending.count(bytes, true);
    return new Promise((resolve, reject) => {
      stream.write(bytes, (error) => (error ? reject(fileError('write', error, this.name, this)) : resolve()));
    });
  }

  private notOpen(): NetworkProcessError {
    return new NetworkProcessError('NP_NOT_RUNNING', 'error', [`Process ${this.name} is not open`]);
  }

  /** What was asked of it failed, and it must not go on. */
  private breakOff(error: unknown): void {
    if (this.isClosed) return;
    const message = systemText(error);
    this.failure = isNetworkProcessError(error) ? error : null;
    this.exitStatus = message;
    this.close();
    this.unregister();
    void this.callSentinel(`failed with ${message}\n`);
  }

  /** Those set while there was no socket, for the one that is made. */
  takeOptions(): GivenOption[] {
    return this.options.splice(0);
  }

  private use(transport: StreamTransport | ListenTransport | DatagramTransport): void {
    this.transport = transport;
    for (const option of this.takeOptions()) void this.guarded('socket', () => transport.setOption(option));
  }

  /** The system had no room for all of a message. */
  private wasCut(bytes: number, size: number): void {
    const text = [`${this.name} received ${bytes} bytes of a message of ${size}: the system cut the rest`];
    this.#world.report({
      source: 'socket',
      process: this,
      error: new NetworkProcessError('NP_MESSAGE_CUT', 'error', text),
    });
  }

  /** A bound datagram socket is there. */
  openDatagram(socket: DatagramTransport): void {
    if (this.isClosed) return socket.close();
    this.use(socket);
    this.sending.useDatagrams(socket);
    socket.onMessage = (bytes, peer, size) => this.heard(bytes, peer, size);
    socket.onDropped = (count) => {
      this.counts.datagramsDropped += count;
      this.changed('traffic');
    };
    this.isOpen();
  }

  /**
   * Starts reading, and sends what was asked for while connecting.
   *
   * @param message What the sentinel is told before, if anything.
   */
  begin(message?: string): void {
    if (this.state === 'open' && message) this.tell(message);
    if (this.state !== 'open') return;
    this.sending.begin();
    const { said } = this;
    this.said = [];
    for (const { direction, bytes, time } of said) {
      if (direction === 'received') this.received({ kind: 'stream', bytes });
      else {
        this.byteLog.append({ time, direction, peer: null, bytes });
        this.sending.count(bytes, true);
      }
    }
    this.resume();
  }

  /** Calls the sentinel; nothing is delivered until a promise it returns has settled. */
  tell(message: string): void {
    const pending = this.callSentinel(message);
    if (pending) this.delivery.hold(pending);
  }

  /** Calls a function of the user's about this process; what it throws is reported. */
  guarded(source: ErrorReport['source'], call: () => unknown): Promise<unknown> | undefined {
    const report = (error: unknown): void => this.#world.report({ source, process: this, error });
    try {
      const result = call();
      return isPromise(result) ? result.then(undefined, report) : undefined;
    } catch (error) {
      report(error);
      return undefined;
    }
  }

  /** Waits with reading and accepting for a promise, e.g. of a log function. */
  hold(promise: Promise<unknown>): void {
    this.delivery.hold(promise);
    this.resume();
  }

  /** Does not read until the hold is disposed. */
  holdReading(): Disposable {
    let isHeld = true;
    this.holds += 1;
    this.resume();
    return {
      dispose: () => {
        if (!isHeld) return;
        isHeld = false;
        this.holds -= 1;
        this.resume();
      },
    };
  }

  /** Counts a client in or out; at the limit the server does not accept. */
  countClient(by: 1 | -1): void {
    this.clientCount += by;
    this.changed('state');
    this.resume();
  }

  /** Does not accept for a while: after a failure it would fail again at once. */
  pauseAccepting(ms: number): void {
    if (this.acceptPause) return;
    this.acceptPause = setTimeout(() => {
      this.acceptPause = null;
      this.resume();
    }, ms);
    this.resume();
  }

  // ----------------------------------------------------------------- life ends

  /** `delete-process`: closed at once, its sentinel told before this returns. */
  delete(): void {
    const isKilled = this.isReal && !this.isClosed;
    this.exitStatus = isKilled ? 9 : 0;
    if (this.isClosed && !this.#world.registry.has(this)) return;
    if (!this.isClosed) this.close();
    this.unregister();
    // Nothing is read any more that would have to wait for its promise.
    void this.callSentinel(isKilled ? 'killed\n' : 'deleted\n');
  }

  /** Takes it away without a word: a creation that failed, or the end of everything. */
  discard(): void {
    if (this.state !== 'closed') this.close();
    this.unregister();
  }

  /** An asynchronous connection failed. It stays registered until it is deleted. */
  fail(exitStatus: number | string, message: string, failure: NetworkProcessError | null = null): void {
    if (this.state !== 'connect') return;
    this.failure = failure;
    this.state = 'failed';
    this.exitStatus = exitStatus;
    this.sending.refuse();
    this.changed('state');
    this.#world.waits.ended(this);
    this.tell(message);
  }

  private close(): void {
    this.state = 'closed';
    this.ended = Date.now();
    this.onEnd();
    this.delivery.clear();
    if (this.acceptPause) clearTimeout(this.acceptPause);
    this.stopLingering();
    // A file that cannot be removed must not keep the rest from ending.
    void this.guarded('socket', () => this.transport?.close());
    this.counts.bytesLost = this.sending.lose();
    // It never opened: what is left is the other's.
    if (this.opened === null) this.former?.ownLog();
    this.byteLog.capture.processEnded();
    this.server?.countClient(-1);
    this.#world.waits.ended(this);
  }

  /**
   * Closing a socket that lingers would stop this program for so many seconds. The system sends what is left all the same,
   * without anybody waiting; 0 seconds, which resets, are left to it.
   */
  private stopLingering(): void {
    const seconds = this.contact.get('linger');
    if (typeof seconds !== 'number' || seconds === 0 || !this.transport) return;
    try {
      this.transport.setOption(['linger', null]);
    } catch {
      // It is gone already, and nothing waits.
    }
  }

  private unregister(): void {
    if (!this.#world.registry.has(this)) return;
    this.#world.registry.remove(this);
    this.changed('removed');
  }

  // ------------------------------------------------------------------- sending

  /** @throws as a rejection: NP_SEND_NOT_RUNNING, NP_SEND_NO_PEER, NP_SEND_QUEUE_FULL, NP_SEND_LOST, NP_SEND_… */
  send(text: Text): Promise<void> {
    return this.sending.send(text);
  }

  /** As `send`, past the coding system. */
  sendRaw(bytes: Uint8Array): Promise<void> {
    return this.sending.sendRaw(bytes);
  }

  /** Shuts the sending half once everything before has gone. */
  sendEof(): Promise<void> {
    return this.sending.sendEof();
  }

  /** For `Sending`. */
  queueLimit(): number {
    return this.#world.options.sendQueueBytes;
  }

  /** For `Sending`. */
  encodedBy(system: CodingSystem | null): void {
    this.#world.coded(system);
  }

  /** For `Sending`. */
  peerGone(): void {
    this.isPeerGone = true;
    setImmediate(() => this.delivery.run());
  }

  get sentEof(): boolean {
    return this.sending.ended;
  }

  get sendState(): 'open' | 'later' | 'no' {
    if (this.state === 'open') return this.isSecuring ? 'later' : 'open';
    return this.state === 'connect' && !(this.isServer && !this.isDatagram) ? 'later' : 'no';
  }

  // ----------------------------------------------------------------- receiving

  private get wantsInput(): boolean {
    if (this.stopped || this.isSecuring) return false;
    if (this.state === 'listen') return this.acceptPause === null && !this.clients.atLimit;
    if (this.holds > 0 || this.byteLog.capture.behind) return false;
    return this.state === 'open' && this.ownFilter !== true;
  }

  /** For `Receiving`. */
  bytesOnly(): boolean {
    return this.ownFilter === null && this.home !== null && !this.home.multibyte;
  }

  /** For `Receiving`. */
  found(system: CodingSystem): void {
    // An encoder left open follows what was found out.
    if (this.encode === null) this.encode = withEol(system, 'unix');
    this.changed('properties');
  }

  /** For `Delivery`. */
  ready(): boolean {
    return this.isPeerGone || (!this.stopped && !this.isSecuring && this.ownFilter !== true);
  }

  /** For `Delivery`. */
  pieceBytes(): number {
    return Math.max(1, Math.trunc(this.#world.options.readProcessOutputMax) || 1);
  }

  /** For `Delivery`. */
  backlogged(waiting: boolean): void {
    this.transport?.setReading(!waiting && this.wantsInput);
  }

  /** Brings the socket and the queue in line with what the process wants now. */
  resume(): void {
    this.transport?.setReading(this.wantsInput && this.delivery.length === 0);
    this.delivery.run();
  }

  private received(arrival: Exclude<Arrival, { kind: 'end' }>): void {
    const { bytes } = arrival;
    this.counts.bytesReceived += bytes.length;
    this.counts.messagesReceived += 1;
    const peer = arrival.kind === 'datagram' ? arrival.peer : null;
    this.byteLog.append({ time: Date.now(), direction: 'received', peer, bytes });
    this.changed('traffic');
    this.delivery.push(arrival);
  }

  private heard(bytes: Buffer, peer: NetworkAddress, size: number): void {
    if (this.delivery.length >= datagramsWaiting) {
      this.counts.datagramsDropped += 1;
      return;
    }
    this.received({ kind: 'datagram', bytes, peer });
    if (size > bytes.length) this.wasCut(bytes.length, size);
  }

  /** For `Delivery`. */
  deliver(arrival: Arrival): Promise<unknown> | undefined {
    const pending = this.take(arrival);
    if (arrival.kind === 'end') return pending;
    const delivered = (): void => this.#world.waits.delivered(this);
    if (pending) return pending.then(delivered);
    delivered();
    return undefined;
  }

  private take(arrival: Arrival): Promise<unknown> | undefined {
    if (arrival.kind === 'end') return this.atEnd(arrival.error);
    if (arrival.kind !== 'datagram') return this.output(this.decoded(arrival.bytes));
    // A server answers the sender of what its filter has now. A client keeps its address: a stranger must not redirect
    // what it sends. A local socket without a name is nobody's address.
    if (this.isServer && arrival.peer !== '') this.setPeer(arrival.peer);
    if (arrival.bytes.length === 0) this.counts.emptyDatagrams += 1;
    const text = this.decoded(arrival.bytes);
    return this.output(join(text, this.receiving.flush()));
  }

  private atEnd(error: unknown): Promise<unknown> | undefined {
    if (systemCode(error) === 'ECONNRESET') this.failure = fileError('read', error, this.name, this);
    else if (error) this.failure = this.transport?.encryption?.broken(error, this.name) ?? this.failure;
    this.#world.coded(this.receiving.inForce);
    const last = this.output(this.receiving.flush());
    if (!last) return this.brokenByPeer();
    return last.then(() => this.brokenByPeer());
  }

  private decoded(bytes: Buffer): Text {
    const text = this.receiving.decode(bytes);
    this.#world.coded(this.receiving.inForce);
    return text;
  }

  private output(text: Text): Promise<unknown> | undefined {
    if (text.length === 0 || this.isClosed) return undefined;
    if (this.inheritCoding && this.home?.live) this.home.fileCodingSystem = this.decode?.name ?? null;
    const { ownFilter } = this;
    if (ownFilter === null) return this.guarded('filter', () => insertOutput(this, text));
    return ownFilter === true ? undefined : this.guarded('filter', () => ownFilter(this, text));
  }

  private brokenByPeer(): Promise<unknown> | undefined {
    if (this.isClosed) return undefined;
    const ended = this.program?.ended;
    this.exitStatus = ended?.exitStatus ?? 256;
    this.close();
    if (this.#world.options.deleteExitedProcesses) this.unregister();
    return this.callSentinel(ended?.message ?? 'connection broken by remote peer\n');
  }

  private callSentinel(message: string): Promise<unknown> | undefined {
    this.lastMessage = message;
    const { ownSentinel } = this;
    const pending = this.guarded('sentinel', () =>
      ownSentinel ? ownSentinel(this, message) : insertMessage(this, message),
    );
    this.changed('state');
    return pending;
  }

  private isOpen(): void {
    this.state = 'open';
    this.opened = Date.now();
    this.changed('state');
  }

  /** From now on it is this process whose traffic is logged. */
  private ownLog(): void {
    const { byteLog } = this;
    byteLog.owner = this;
    byteLog.capture.onDidChangePace = () => this.resume();
    byteLog.capture.onDidEnd = () => this.changed('capture');
    byteLog.capture.goesOn();
  }

  private newLog(): TrafficLog {
    const world = this.#world;
    const report = (error: unknown): void => world.report({ source: 'listener', process: this, error });
    return new TrafficLog(() => world.options.byteLogBytes, new TrafficCapture(world.captures, this.name), report);
  }
}

/** The default filter, as a value that can be set, compared and called. */
export const internalDefaultProcessFilter: Filter = (process, output) => insertOutput(process as Process, output);
/** The default sentinel. */
export const internalDefaultProcessSentinel: Sentinel = (process, message) =>
  insertMessage(process as Process, message);

/**
 * Whether another may go on with its byte log: not while it is used, and not when its capture has stopped or would now
 * begin.
 */
function canGoOn(former: Process | null, isCapturing: boolean): former is Process {
  const state = former?.byteLog.capture.state;
  if (former?.byteLog.owner?.isClosed !== true) return false;
  return state === 'open' || (state === 'off' && !isCapturing);
}

function join(a: Text, b: Text): Text {
  if (b.length === 0) return a;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  return Buffer.concat([a, b].map((t) => (typeof t === 'string' ? Buffer.from(t) : t)));
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value !== null && typeof value === 'object' && typeof (value as { then?: unknown }).then === 'function';
}
