import type { MakeOptions, NetworkProcessSpec } from '../api';
import { familyOf, formatNetworkAddress, type InetAddress } from '../address/address';
import { isNil } from '../base/nil';
import type { BufferList } from '../buffer/bufferList';
import { fileError, isNetworkProcessError, NetworkProcessError, systemCode, systemNumber, systemText } from '../errors';
import type { World } from '../process/plan';
import { Process } from '../process/process';
import { connectStream } from '../transport/connectStream';
import { DatagramSocket } from '../transport/datagramSocket';
import { listenHandleAvailable } from '../transport/listenHandle';
import { LocalFile, removeStaleSocket } from '../transport/localFile';
import { setSocketOption } from '../transport/socketOptions';
import { ListenError, StreamListener } from '../transport/streamListener';
import type { StreamTransport } from '../transport/transport';
import { Attempt, targetText, type SocketAddress, type Target } from './attempt';
import { checkRest, checkWhere, type CheckedRest, type CheckedWhere } from './checkSpec';

/** A spec whose every keyword has been looked at. */
type Checked = CheckedWhere & CheckedRest;

interface Made {
  readonly process: Process;
  readonly checked: Checked;
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
  async make(spec: NetworkProcessSpec | undefined, options: MakeOptions): Promise<Process | null> {
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
    if (checked.nowait) return this.makeLater(spec, checked, attempt, options);
    try {
      const found = attempt.targets();
      const targets = Array.isArray(found) ? found : await found;
      const made = this.register(spec, checked, attempt, options);
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
  private makeLater(spec: NetworkProcessSpec, checked: CheckedWhere, attempt: Attempt, options: MakeOptions): Process {
    try {
      const made = this.register(spec, checked, attempt, options);
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
  ): Made {
    const former = continues instanceof Process ? continues : null;
    const rest = checkRest(spec, checked, this.world.options, this.buffers);
    const all = Object.assign(rest, checked, { isServer: checked.backlog !== null, server: null, continues: former });
    const process = new Process(this.world, all);
    process.onEnd = () => attempt.cancel();
    return { process, checked: all };
  }

  private open({ process, checked }: Made, attempt: Attempt, all: Target[]): Promise<void> {
    const targets = all.map((target) => socketAddress(target, process, checked));
    if (checked.isDatagram) return this.openDatagram(process, checked, targets[0] as InetAddress);
    if (checked.backlog !== null) return this.listen(process, checked, targets[0]!);
    return this.connect(process, checked, attempt, targets);
  }

  // ------------------------------------------------------------------- clients

  /** One address after another; the error is the last one's. */
  private async connect(process: Process, checked: Checked, attempt: Attempt, targets: SocketAddress[]): Promise<void> {
    let stream: StreamTransport | null = null;
    let last: unknown = null;
    for (const target of targets) {
      try {
        stream = await connectStream(target, attempt, (socket) => {
          for (const [option, value] of checked.options) setSocketOption(socket, option, value);
        });
        break;
      } catch (error) {
        last = error;
        if (attempt.reason) throw error;
      }
    }
    if (!stream) throw fileError('connect', last, targets.map(targetText).join(', '), ...contactList(process));
    process.contact.set('remote', checked.contact.get('remote') ?? stream.remote);
    process.contact.set('local', stream.local);
    process.openStream(stream);
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
    const code = systemNumber(isNetworkProcessError(error) ? error.cause : error);
    process.fail(code, `failed with code ${code}\n`);
  }

  // ------------------------------------------------------------------- servers

  private async listen(process: Process, checked: Checked, target: SocketAddress): Promise<void> {
    const listener = await this.listener(checked, target);
    listener.onAccept = (stream) => this.accept(process, stream);
    listener.onAcceptError = (error) => this.acceptFailed(process, error);
    if (Array.isArray(listener.local)) process.contact.set('service', listener.local.at(-1));
    process.contact.set('local', listener.local);
    process.listen(listener);
  }

  private async listener(checked: Checked, target: SocketAddress): Promise<StreamListener> {
    if (!listenHandleAvailable()) {
      const text = 'Servers are not supported by this version of Node';
      throw new NetworkProcessError('NP_UNSUPPORTED', 'error', [text], process.version);
    }
    try {
      if (!('path' in target)) return StreamListener.tcp(target, checked.backlog!);
      await removeStaleSocket(target.path);
      return StreamListener.local(new LocalFile(target.path, checked.mode, checked.keepFile), checked.backlog!);
    } catch (error) {
      if (error instanceof ListenError) throw fileError(error.doing, error, targetText(target));
      throw error;
    }
  }

  private accept(server: Process, stream: StreamTransport): void {
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
      isDatagram: false,
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

  private async openDatagram(process: Process, checked: Checked, target: InetAddress): Promise<void> {
    const isServer = checked.backlog !== null;
    const reuse = checked.contact.get('reuseaddr');
    const socket = await this.datagramSocket(
      process,
      checked,
      target,
      isServer,
      reuse === undefined ? isServer : Boolean(reuse),
    );
    process.contact.set('local', socket.local);
    const peer = isServer ? checked.peer : target;
    if (isServer) process.contact.set('service', (socket.local as readonly number[]).at(-1));
    if (peer && (!isServer || peer.family === target.family)) process.setPeer(socket.vector(peer.host, peer.port));
    process.openDatagram(socket);
    process.begin(checked.nowait ? 'open\n' : undefined);
  }

  private async datagramSocket(
    process: Process,
    checked: Checked,
    target: InetAddress,
    isServer: boolean,
    reuseAddress: boolean,
  ): Promise<DatagramSocket> {
    try {
      return await DatagramSocket.open(
        {
          family: target.family,
          bind: isServer ? target : null,
          reuseAddress,
          connect: checked.connected && !isServer ? target : null,
        },
        (socket) => {
          for (const [option, value] of checked.options) setSocketOption(socket, option, value);
        },
        (error) => this.world.report({ source: 'socket', process, error }),
      );
    } catch (error) {
      throw isNetworkProcessError(error) ? error : fileError(isServer ? 'bind' : 'connect', error, targetText(target));
    }
  }
}

/** What a socket can be given: addresses in the system's own bytes no socket of Node's can. */
function socketAddress(target: Target, process: Process, { backlog }: Checked): SocketAddress {
  if (!('rawFamily' in target)) return target;
  const family = familyOf(target.rawFamily);
  const cause = Object.assign(new Error(), { code: family === 'local' ? 'EINVAL' : 'EAFNOSUPPORT' });
  if (backlog === null) throw fileError('connect', cause, targetText(target), ...contactList(process));
  if (family) throw fileError('bind', cause, targetText(target));
  throw fileError('socket', cause, targetText(target), ...contactList(process));
}

/** The contact as Emacs splices it into an error. */
function contactList(process: Process): unknown[] {
  return [...process.contact].flatMap(([key, value]) => [Symbol.for(`:${key}`), value]);
}
