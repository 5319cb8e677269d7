import type { MakeOptions, NetworkProcessSpec } from '../api';
import { familyOf, formatNetworkAddress } from '../address/address';
import { targetText, type SocketAddress, type Target } from '../address/target';
import { isNil } from '../base/nil';
import type { BufferList } from '../buffer/bufferList';
import { fileError, isNetworkProcessError, NetworkProcessError, systemCode, systemNumber, systemText } from '../errors';
import type { TlsSide } from '../tls/tlsParameters';
import { takeExternalSocket } from '../native/externalSocket';
import { addonProblem, loadAddon } from '../native/loadAddon';
import type { World } from '../process/plan';
import { Process, type Said } from '../process/process';
import { connectNative } from '../transport/connectNative';
import { connectStream } from '../transport/connectStream';
import { DatagramSocket } from '../transport/datagramSocket';
import { LocalFile, removeStaleSocket } from '../transport/localFile';
import { NativeDatagrams } from '../transport/nativeDatagrams';
import { NativeListener } from '../transport/nativeListener';
import { setSocketOption, type GivenOption } from '../transport/socketOptions';
import { StreamListener } from '../transport/streamListener';
import { SocketError } from '../transport/systemError';
import type { DatagramTransport, ListenTransport, StreamTransport } from '../transport/transport';
import { Attempt } from './attempt';
import { checkRest, checkWhere, type CheckedRest, type CheckedWhere } from './checkSpec';
import type { Phased } from './deadline';
import type { Encryption } from './encryption';

/** A spec whose every keyword has been looked at. */
type Checked = CheckedWhere & CheckedRest;

/** What a connected stream has become when its process may open. */
export interface Prepared {
  readonly stream: StreamTransport;
  /** What was said on it, to be logged and delivered. */
  readonly said?: readonly Said[];
}

/** What is done with a connected stream before its process opens. When it fails, the stream is closed. */
export type Prepare = (stream: StreamTransport, process: Process, phased: Phased) => Promise<Prepared>;

interface Made {
  readonly process: Process;
  readonly checked: Checked;
  /** Of a server: what each client has to do. */
  readonly side: TlsSide | null;
  readonly prepare: Prepare | null;
}

/**
 * `make-network-process`: where checked arguments, addresses, sockets and processes meet.
 *
 * @see Emacs Lisp manual, "make-network-process"
 */
export class ProcessMaker {
  /** All connections accepted by any server so far: it names those of local servers. */
  private accepted = 0;
  private readonly attempts = new Set<Attempt>();
  private disposed = false;

  constructor(
    private readonly world: World,
    private readonly buffers: BufferList,
    private readonly encryption: () => Encryption,
  ) {}

  /** Ends what is connecting, and what is tried later. */
  dispose(): void {
    this.disposed = true;
    for (const attempt of this.attempts) attempt.cancel();
  }

  private over(attempt: Attempt): void {
    attempt.dispose();
    this.attempts.delete(attempt);
  }

  /** Rejects with Emacs' error, first failing check first, and leaves nothing behind. */
  async make(
    spec: NetworkProcessSpec | undefined,
    options: MakeOptions,
    prepare: Prepare | null = null,
  ): Promise<Process | null> {
    if (!spec || Object.keys(spec).length === 0) return null;
    const checked = checkWhere(spec);
    if (
      checked.where.kind === 'path' &&
      !isNil(spec.host) &&
      isNil(checked.backlog === null ? spec.remote : spec.local)
    ) {
      const error = new Error("':family local' ignores the ':host' property");
      this.world.report({ source: 'lookup', process: null, error });
    }
    const attempt = new Attempt(checked, this.world.options.connectTimeoutMs, options.signal);
    if (this.disposed) attempt.cancel();
    this.attempts.add(attempt);
    if (checked.nowait) return this.makeLater(spec, checked, attempt, options, prepare);
    try {
      const found = attempt.targets();
      const targets = Array.isArray(found) ? found : await found;
      const made = this.register(spec, checked, attempt, options, prepare);
      try {
        await this.open(made, attempt, targets);
        // Given up, deleted or disposed meanwhile: what came up all the same goes again.
        if (attempt.reason) throw attempt.reason;
        if (made.checked.codingError) throw made.checked.codingError;
      } catch (error) {
        made.process.discard();
        throw error;
      }
      return made.process;
    } catch (error) {
      throw attempt.explain(error);
    } finally {
      this.over(attempt);
    }
  }

  /** Even what needs no waiting happens after the caller has the process: its sentinel tells. */
  private makeLater(
    spec: NetworkProcessSpec,
    checked: CheckedWhere,
    attempt: Attempt,
    options: MakeOptions,
    prepare: Prepare | null,
  ): Process {
    try {
      const made = this.register(spec, checked, attempt, options, prepare);
      if (made.checked.codingError) {
        made.process.discard();
        throw made.checked.codingError;
      }
      Promise.resolve()
        .then(() => attempt.targets())
        .then((targets) => this.open(made, attempt, targets))
        .then(() => attempt.reason && Promise.reject(attempt.reason))
        .catch((error: unknown) => this.failLater(made.process, made.checked, error))
        .finally(() => this.over(attempt));
      return made.process;
    } catch (error) {
      this.over(attempt);
      throw error;
    }
  }

  /** The second half of the checks, then a process with a name. */
  private register(
    spec: NetworkProcessSpec,
    checked: CheckedWhere,
    attempt: Attempt,
    { continues }: MakeOptions,
    prepare: Prepare | null,
  ): Made {
    const former = continues instanceof Process ? continues : null;
    const side = isNil(spec.tlsParameters) ? null : this.encryption().sideOf(spec, checked);
    const rest = checkRest(spec, checked, this.world.options, this.buffers);
    const all = Object.assign(rest, checked, { isServer: checked.backlog !== null, server: null, continues: former });
    const process = new Process(this.world, all);
    process.onEnd = () => attempt.cancel();
    process.starttls = side?.starttls ?? null;
    const isClient = side !== null && !side.isServer;
    return { process, checked: all, side, prepare: isClient && !prepare ? this.encryption().preparing(side) : prepare };
  }

  /** A program in a shell in place of a connection. @throws NP_SHELL_FAILED; what `prepare` throws */
  async makeShell(
    spec: NetworkProcessSpec,
    start: () => Promise<StreamTransport>,
    options: MakeOptions,
    prepare: Prepare,
  ): Promise<Process> {
    const checked = checkWhere({ ...spec, host: null, service: 0, nowait: null });
    const attempt = new Attempt(checked, this.world.options.connectTimeoutMs, options.signal);
    if (this.disposed) attempt.cancel();
    this.attempts.add(attempt);
    try {
      const rest = checkRest(spec, checked, this.world.options, this.buffers);
      if (rest.codingError) throw rest.codingError;
      if (attempt.reason) throw attempt.reason;
      const stream = await start();
      const continues = options.continues instanceof Process ? options.continues : null;
      const fixed = { isServer: false, server: null, continues, isReal: true };
      const process = new Process(this.world, Object.assign(rest, checked, fixed));
      process.onEnd = () => attempt.cancel();
      try {
        await this.openPrepared(process, stream, attempt, prepare);
        process.begin();
      } catch (error) {
        stream.close();
        process.discard();
        throw error;
      }
      return process;
    } catch (error) {
      throw attempt.explain(error);
    } finally {
      this.over(attempt);
    }
  }

  private async openPrepared(
    process: Process,
    stream: StreamTransport,
    attempt: Attempt,
    prepare: Prepare | null,
  ): Promise<void> {
    if (!prepare) return process.openStream(stream);
    try {
      const prepared = await prepare(stream, process, attempt);
      if (attempt.reason) throw attempt.reason;
      process.openStream(prepared.stream, prepared.said);
    } catch (error) {
      stream.close();
      throw attempt.reason ?? error;
    }
  }

  private open(made: Made, attempt: Attempt, targets: Target[]): Promise<void> {
    const { process, checked, side } = made;
    if (checked.type === 'datagram') return this.openDatagram(process, checked, targets[0]!);
    if (checked.backlog !== null) return this.listen(process, checked, targets[0]!, side);
    return this.connect(made, attempt, targets);
  }

  // ------------------------------------------------------------------- clients

  /** One address after another; the error is the last one's. */
  private async connect({ process, checked, prepare }: Made, attempt: Attempt, targets: Target[]): Promise<void> {
    let stream: StreamTransport | null = null;
    let last: unknown = null;
    for (const target of targets) {
      try {
        stream = await connectWhenRoom(
          target,
          { ...checked, options: [...checked.options, ...process.takeOptions()] },
          attempt,
        );
        break;
      } catch (error) {
        last = error;
        if (attempt.reason || isNetworkProcessError(error)) throw error;
      }
    }
    if (!stream) throw fileError('connect', last, targets.map(targetText).join(', '), ...contactList(process));
    process.contact.set('remote', checked.contact.get('remote') ?? stream.remote);
    process.contact.set('local', stream.local);
    if (prepare) await this.openPrepared(process, stream, attempt, prepare);
    else process.openStream(stream);
    process.begin(checked.nowait ? 'open\n' : undefined);
  }

  private failLater(process: Process, checked: Checked, error: unknown): void {
    if (process.isClosed) return;
    const { where } = checked;
    // Who gave it up hears of its end, as of every other.
    if (isNetworkProcessError(error) && error.code === 'NP_CANCELLED') {
      return this.disposed ? process.discard() : process.delete();
    }
    if (isNetworkProcessError(error) && error.code === 'NP_RESOLVE_FAILED' && where.kind === 'name') {
      const what = error.target === null ? `Name lookup of ${where.host}` : `Service lookup of ${where.service}`;
      return process.fail(`${what} failed`, `failed with ${error.message}\n`);
    }
    if (isNetworkProcessError(error) && /^NP_(TLS|STARTTLS|NEGOTIATION|PATTERN|STREAM)_?/.test(error.code)) {
      return process.fail(String(error.data[0]), `failed with ${error.message}\n`, error);
    }
    const cause = isNetworkProcessError(error) ? error.cause : error;
    // A function of the user's threw: its words say more than a number.
    if (!isNetworkProcessError(error) && systemCode(error) === null) {
      const text = systemText(error);
      return process.fail(text, `failed with ${text}\n`);
    }
    const code = systemNumber(cause);
    process.fail(code, `failed with code ${code}\n`);
  }

  // ------------------------------------------------------------------- servers

  private async listen(process: Process, checked: Checked, target: Target, side: TlsSide | null): Promise<void> {
    const listener = await this.listener(process, checked, target);
    const accept = (stream: StreamTransport): Process => this.accept(process, stream);
    listener.onAccept = side ? this.encryption().encryptingEach(process, side, accept) : accept;
    listener.onAcceptError = (error) => this.acceptFailed(process, error);
    if (Array.isArray(listener.local)) process.contact.set('service', listener.local.at(-1));
    process.contact.set('local', listener.local);
    process.listen(listener);
  }

  private async listener(process: Process, checked: Checked, target: Target): Promise<ListenTransport> {
    try {
      const external = checked.isExternal && checked.type === 'stream' ? takeExternalSocket(checked.options) : null;
      if (external) return NativeListener.adopt(loadAddon()!, external, false);
      const file = await localFile(target, checked);
      const addon = loadAddon();
      const { backlog, type } = checked;
      const options = serverOptions(checked, target);
      if (addon)
        return NativeListener.listen(addon, target, file, { type: type as 'stream', backlog: backlog!, options });
      return StreamListener.listen(nodeTarget(target), file, backlog!, options);
    } catch (error) {
      throw serverError(error, target, process);
    }
  }

  private accept(server: Process, stream: StreamTransport): Process {
    this.accepted += 1;
    const remote = stream.remote;
    const isLocal = typeof remote === 'string';
    const host = isLocal ? '-' : formatNetworkAddress(remote, true);
    const id = `<${isLocal ? this.accepted : formatNetworkAddress(remote)}>`;
    const contact = new Map(server.contact);
    contact.set('server', null);
    contact.set('host', isLocal ? true : host);
    if (Array.isArray(remote)) contact.set('service', remote.at(-1));
    contact.set('remote', remote);
    contact.set('local', stream.local);
    const { filter, sentinel } = server.inherited;
    const bufferName = `${server.buffer?.name ?? server.name} ${id}`;
    const client = new Process(this.world, {
      name: `${server.name} ${id}`,
      contact,
      isServer: false,
      type: server.socketType,
      server,
      // Only the default filter, now or later, has use for a buffer.
      buffer: typeof filter === 'function' ? null : this.buffers.getOrCreate(bufferName),
      filter,
      sentinel,
      log: null,
      plist: new Map(server.plist),
      decode: server.decode,
      encode: server.encode,
      stopped: false,
      query: server.query,
      inheritCoding: server.inheritCoding,
      continues: null,
    });
    client.openStream(stream);
    const logged = server.log && server.guarded('log', () => server.log!(server, client, `accept from ${host}\n`));
    const greet = (): void => client.begin(`open from ${host}\n`);
    if (logged) client.hold(logged.then(greet));
    else greet();
    return client;
  }

  private acceptFailed(server: Process, error: unknown): void {
    const message = `accept failed with code ${systemNumber(error)}\n`;
    if (server.log) void server.guarded('log', () => server.log!(server, null, message));
    this.world.report({
      source: 'socket',
      process: server,
      error: new Error(`${server.name}: ${message.trim()}: ${systemText(error)}`),
    });
    // Where room is short the same failure would come back at once, thousands of times a second.
    if (systemCode(error) !== 'ECONNABORTED') server.pauseAccepting(1_000);
  }

  // ----------------------------------------------------------------- datagrams

  private async openDatagram(process: Process, checked: Checked, target: Target): Promise<void> {
    const isServer = checked.backlog !== null;
    const socket = await this.datagramSocket(process, checked, target);
    process.contact.set('local', socket.local);
    if (isServer && Array.isArray(socket.local)) process.contact.set('service', socket.local.at(-1));
    const peer = isServer ? checked.peer : target;
    if (typeof peer === 'string') {
      if ('path' in target) process.setPeer(peer);
    } else if (peer && (!isServer || isSameFamily(peer, target))) process.setPeer(socket.address(peer));
    process.openDatagram(socket);
    process.begin(checked.nowait ? 'open\n' : undefined);
  }

  private async datagramSocket(process: Process, checked: Checked, target: Target): Promise<DatagramTransport> {
    const isServer = checked.backlog !== null;
    const report = (error: unknown): void => this.world.report({ source: 'socket', process, error });
    const options = isServer ? serverOptions(checked, target) : checked.options;
    const connected = checked.connected && !isServer;
    try {
      const addon = loadAddon();
      if (!addon)
        return await DatagramSocket.open({ target: nodeTarget(target), isServer, connected, options }, report);
      const file = isServer ? await localFile(target, checked) : null;
      return NativeDatagrams.open(addon, { target, isServer, connected, options, file }, report);
    } catch (error) {
      if (isServer) throw serverError(error, target, process);
      throw isNetworkProcessError(error) ? error : fileError('connect', error, targetText(target));
    }
  }
}

/** How long a full queue of a local server is waited for before it is tried again. */
const retryMs = 10;

/**
 * Connects to one address. A local server whose queue is full refuses at once, and nothing tells when it has room: it is
 * tried again until the attempt ends, where Emacs blocks.
 */
async function connectWhenRoom(target: Target, checked: Checked, attempt: Attempt): Promise<StreamTransport> {
  for (;;) {
    try {
      return await connectOnce(target, checked, attempt);
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') throw error;
      await attempt.pause(retryMs);
    }
  }
}

function connectOnce(target: Target, { type, options }: Checked, attempt: Attempt): Promise<StreamTransport> {
  // Node can give options only afterwards, and fills a name that is in no folder up with zeros: to others it is another.
  const isAbstract = 'path' in target && target.path.startsWith('\0');
  const isPlain = type === 'stream' && options.length === 0 && !('rawFamily' in target) && !isAbstract;
  const addon = isPlain ? null : loadAddon();
  if (addon) return connectNative(addon, target, type as 'stream', options, attempt);
  return connectStream(nodeTarget(target), attempt, (socket) => {
    for (const option of options) setSocketOption(socket, option);
  });
}

/** The options of a server: its address may be used again at once unless that is said otherwise. */
function serverOptions({ options }: Checked, target: Target): readonly GivenOption[] {
  if ('path' in target || options.some(([name]) => name === 'reuseaddr')) return options;
  return [['reuseaddr', true], ...options];
}

/** The file of a local server, after one that was left behind is gone. */
async function localFile(target: Target, { mode, keepFile }: Checked): Promise<LocalFile | null> {
  if (!('path' in target)) return null;
  await removeStaleSocket(target.path);
  return new LocalFile(target.path, mode, keepFile);
}

/**
 * What Node's own sockets can be given.
 *
 * @throws SocketError, NP_UNSUPPORTED for addresses in the system's own bytes
 */
function nodeTarget(target: Target): SocketAddress {
  if (!('rawFamily' in target)) return target;
  if (!familyOf(target.rawFamily)) throw new SocketError('socket', 'EAFNOSUPPORT');
  const hint = addonProblem() ?? '';
  throw new NetworkProcessError('NP_UNSUPPORTED', 'error', ['Raw addresses are not supported'], targetText(target), {
    hint,
  });
}

function serverError(error: unknown, target: Target, process: Process): unknown {
  if (isNetworkProcessError(error)) return error;
  const step = error instanceof SocketError ? error.step : 'bind';
  // Emacs splices the contact into what is wrong with the socket itself.
  return fileError(step, error, targetText(target), ...(step === 'socket' ? contactList(process) : []));
}

function isSameFamily(address: Target, target: Target): boolean {
  return 'host' in address && 'host' in target && address.family === target.family;
}

/** The contact as Emacs splices it into an error; without keys and passphrases, for errors are logged and shown. */
function contactList(process: Process): unknown[] {
  const told = [...process.contact].filter(([key]) => key !== 'tlsParameters');
  return told.flatMap(([key, value]) => [Symbol.for(`:${key}`), value]);
}
