import type { NetworkProcessSpec } from '../api';
import { familyOf, formatNetworkAddress } from '../address/address';
import type { RawAddress } from '../address/target';
import { NetworkProcessError, systemText } from '../errors';
import type { World } from '../process/plan';
import type { Process } from '../process/process';
import { tlsSide, type TlsDefaults, type TlsSide } from '../tls/tlsParameters';
import type { StreamTransport } from '../transport/transport';
import { Trust, type TrustedHost } from '../trust/trust';
import type { TrustMemory } from '../trust/trustMemory';
import { listUnderTls, servedNames, untilStarttls } from '../stream/servedDialogs';
import type { CheckedWhere, Where } from './checkSpec';
import { Deadline, type Phased } from './deadline';
import type { Prepare } from './processMaker';
import { secure, silence } from './secure';

const tellMs = 1_000;

/** Processes and TLS: which parameters, who is trusted, and when a client of a server is one. */
export class Encryption {
  readonly trust: Trust;
  /** When a failed handshake of a server was told last, and how many have been held back since. */
  private readonly lastTold = new WeakMap<Process, { time: number; held: number }>();

  constructor(
    private readonly world: World,
    memory: TrustMemory,
  ) {
    this.trust = new Trust(world.options, memory);
  }

  /** What handshakes use where nothing else is said. */
  get defaults(): TlsDefaults {
    const { options } = this.world;
    return {
      trustFiles: options.trustFiles,
      crlFiles: options.crlFiles,
      algorithmPriority: options.gnutlsAlgorithmPriority,
      minPrimeBits: options.gnutlsMinPrimeBits,
      verifyError: options.gnutlsVerifyError,
    };
  }

  /**
   * What a spec's `tlsParameters` come to.
   *
   * @throws NP_TLS_…; NP_OPTION_COMBINATION where it would be no stream that Node knows: what was to be encrypted must not
   *   go out in clear
   */
  sideOf({ tlsParameters, host }: NetworkProcessSpec, { type, backlog, where }: CheckedWhere): TlsSide {
    if (type !== 'stream') {
      const text = ["':tls-parameters' is incompatible with ':type'"];
      throw new NetworkProcessError('NP_OPTION_COMBINATION', 'error', text, null, {
        hint: 'Use TLS with streams only.',
      });
    }
    if (where.kind === 'raw' && !familyOf(where.address.rawFamily)) {
      const text = [`':tls-parameters' is incompatible with address family ${where.address.rawFamily}`];
      throw new NetworkProcessError('NP_OPTION_COMBINATION', 'error', text, null, {
        hint: 'Use TLS with TCP and Unix streams only.',
      });
    }
    const side = tlsSide(tlsParameters, hostOf(where, host), backlog !== null, this.defaults);
    if (side.starttls !== null && !servedNames.includes(side.starttls)) {
      const text = `tlsParameters: starttls is one of ${servedNames.join(', ')}`;
      throw new NetworkProcessError('NP_TLS_PARAMETERS', 'error', [text], side.starttls);
    }
    return side;
  }

  /** Encrypts a client's stream before its process opens. */
  preparing(side: TlsSide): Prepare {
    return async (stream, process, phased) => ({ stream: await this.secure(stream, process, side, phased, false) });
  }

  /** Encrypts a client's stream, and judges it. @throws NP_TLS_… */
  secure(
    stream: StreamTransport,
    process: Process,
    side: TlsSide,
    phased: Phased,
    saveKey: boolean,
  ): Promise<StreamTransport> {
    const { options } = this.world;
    const to = trustedHost(process, stream, side.hostname);
    return secure(stream, phased, { side, to, saveKey, options, trust: this.trust });
  }

  /** `gnutls-negotiate`: encrypts an open process in place. */
  async upgrade(
    process: Process,
    parameters: unknown,
    reply: Uint8Array | null,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const isServer = process.server !== null;
    const host = process.contact.get('host');
    const side = tlsSide(parameters, typeof host === 'string' ? host : null, isServer, this.defaults);
    if (side.starttls !== null) {
      const text = 'tlsParameters: starttls is for servers; gnutlsNegotiate encrypts at once';
      throw new NetworkProcessError('NP_TLS_PARAMETERS', 'error', [text], process.name);
    }
    const deadline = new Deadline();
    const cancel = (): void =>
      deadline.end(new NetworkProcessError('NP_CANCELLED', 'quit', [`Encrypting ${process.name} was cancelled`]));
    const { onEnd } = process;
    process.onEnd = () => {
      onEnd();
      deadline.end(new NetworkProcessError('NP_NOT_RUNNING', 'error', [`Process ${process.name} is not open`]));
    };
    try {
      // What has to be sent before may find a peer that does not read.
      const { handshakeTimeoutMs } = this.world.options;
      deadline.phase(handshakeTimeoutMs, () => silence(handshakeTimeoutMs, process.name));
      if (signal?.aborted) cancel();
      signal?.addEventListener('abort', cancel);
      await process.upgrade(reply, deadline, (stream) => this.secure(stream, process, side, deadline, true));
    } finally {
      process.onEnd = onEnd;
      deadline.dispose();
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Told of each server once a second at most: strangers who try again and again must not fill its log. */
  private handshakeFailed(server: Process, { remote }: StreamTransport, error: unknown): void {
    const last = this.lastTold.get(server);
    const now = performance.now();
    if (last && now - last.time < tellMs) return void (last.held += 1);
    this.lastTold.set(server, { time: now, held: 0 });
    const more = last?.held ? `, ${last.held} more before` : '';
    const peer = formatNetworkAddress(remote) ?? '-';
    const message = `accept from ${peer} failed: ${systemText(error).replace(` (${peer})`, '')}${more}\n`;
    if (server.log) void server.guarded('log', () => server.log!(server, null, message));
    this.world.report({ source: 'socket', process: server, error });
  }

  /**
   * A client of a server counts from the start, and is a process when it is encrypted. It may have to ask for that.
   *
   * @param accept Makes it one.
   */
  encryptingEach(
    server: Process,
    side: TlsSide,
    accept: (stream: StreamTransport) => Process,
  ): (stream: StreamTransport) => void {
    const underway = new Set<Deadline>();
    const { onEnd } = server;
    server.onEnd = () => {
      onEnd();
      for (const deadline of underway) deadline.end(new Error('The server was deleted'));
    };
    return (stream) => {
      const deadline = new Deadline();
      underway.add(deadline);
      server.countClient(1);
      const { options } = this.world;
      const to = trustedHost(server, stream, formatNetworkAddress(stream.remote, true));
      const asked =
        side.starttls === null ? Promise.resolve() : untilStarttls(stream, side.starttls, deadline, options);
      asked
        .then(() => secure(stream, deadline, { side, to, saveKey: false, options, trust: this.trust }))
        .then(
          (secured) => (server.isClosed ? secured.close() : begin(secured, accept(secured), side)),
          (error: unknown) => server.isClosed || this.handshakeFailed(server, stream, error),
        )
        .finally(() => {
          deadline.dispose();
          underway.delete(deadline);
          server.countClient(-1);
        })
        .catch((error: unknown) => this.world.report({ source: 'socket', process: server, error }));
    };
  }
}

/** Characters of a first line that may ask what the server can. */
const mostOfFirstLine = 1024;

/**
 * Clients that had to ask for TLS ask again what the server can, and wait for it. Not where a filter speaks the protocol:
 * it answers that itself.
 */
function begin(stream: StreamTransport, client: Process, { starttls }: TlsSide): void {
  if (starttls === null || client.inherited.filter !== null) return;
  const { onData } = stream;
  let said = '';
  stream.onData = (bytes, size) => {
    said += bytes.toString('latin1');
    const isWhole = said.includes('\n');
    if (isWhole || said.length > mostOfFirstLine) stream.onData = onData;
    onData(bytes, size);
    const list = isWhole ? listUnderTls(starttls, said) : null;
    // One that is gone meanwhile wants no answer.
    if (list) client.sendRaw(list).catch(() => undefined);
  };
}

/** For whom a certificate is to be, as far as the address says it. */
function hostOf(where: Where, host: unknown): string | null {
  if (where.kind === 'address') return where.address.host;
  if (where.kind === 'raw') return rawHost(where.address);
  if (typeof host === 'string') return host;
  return where.kind === 'name' ? where.host : null;
}

/** The Internet address in a `sockaddr_in` or `sockaddr_in6` without its family; null when they are too few bytes. */
function rawHost({ rawFamily, bytes }: RawAddress): string | null {
  if (familyOf(rawFamily) === 'ipv4') return bytes.length < 6 ? null : bytes.slice(2, 6).join('.');
  const words = Array.from({ length: 8 }, (_, i) => (bytes[6 + 2 * i]! << 8) | bytes[7 + 2 * i]!);
  return bytes.length < 22 ? null : formatNetworkAddress(words, true);
}

/** Whom a stream goes to, as trust remembers it. */
export function trustedHost(process: Process, { remote }: StreamTransport, hostname: string | null): TrustedHost {
  const path = typeof remote === 'string' ? remote || String(process.contact.get('service')) : null;
  const host = hostname ?? path ?? formatNetworkAddress(remote, true) ?? process.name;
  return { host, port: Array.isArray(remote) ? (remote.at(-1) as number) : 0, remote };
}
