import type { MakeOptions, NetworkProcessSpec, OpenedStream, Options, StreamParameters, TextBuffer } from '../api';
import { endpoint } from '../address/address';
import { isNil } from '../base/nil';
import { NetworkProcessError, isNetworkProcessError, wrongType } from '../errors';
import type { Phased } from '../make/deadline';
import { whileGoing } from '../make/deadline';
import { trustedHost, type Encryption } from '../make/encryption';
import type { Prepare, ProcessMaker } from '../make/processMaker';
import type { Process } from '../process/process';
import { asciiHost, tlsSide, type TlsSide } from '../tls/tlsParameters';
import { converse } from './converse';
import { Negotiation, type Dialog } from './negotiation';
import { ShellStream } from './shellStream';
import { clientCertificateOf, dialogOf, shellCommand, streamType, type StreamType } from './streamParameters';

/** What comes of opening: the process, or with all that was found out. */
export type Opened = Process | OpenedStream | null;

/** What streams are opened with. */
export interface OpenerSurroundings {
  readonly options: Options;
  readonly maker: ProcessMaker;
  readonly encryption: Encryption;
  report(error: unknown): void;
  /** Whole texts in a coding system, of which only the name is known here. */
  decode(coding: string, bytes: Buffer): string;
  encode(coding: string, text: string): Buffer;
}

/**
 * `open-network-stream`: a stream that is what was asked for when its process opens.
 *
 * @see Emacs Lisp manual, "Network Connections"
 */
export class StreamOpener {
  constructor(private readonly surroundings: OpenerSurroundings) {}

  async open(
    name: string,
    buffer: string | TextBuffer | null,
    host: unknown,
    service: unknown,
    given: StreamParameters,
    options: MakeOptions,
  ): Promise<Opened> {
    const type = streamType(given.type);
    if (type === 'shell') return this.openShell(name, buffer, host, service, given, options);
    if (isNil(host) || typeof host !== 'string') throw wrongType('stringp', host);
    const { nowait, coding, tlsParameters } = given;
    if (!isNil(tlsParameters) && typeof tlsParameters !== 'object') throw wrongType('listp', tlsParameters);
    const spec: NetworkProcessSpec = { name, buffer, host: asciiHost(host), service, nowait, coding };
    // Emacs' simple case: nothing is said before.
    const isNegotiated = !isNil(given.dialog) || (!isNil(given.success) && !isNil(given.capabilityCommand));
    const isSimple = isNil(given.returnList) && (type === 'plain' || (type === 'network' && !isNegotiated));
    if (isSimple && !isNil(tlsParameters)) return this.surroundings.maker.make({ ...spec, tlsParameters }, options);
    if (isSimple) return this.openSimple(spec, options);
    // What was to be found out is waited for.
    const waits = type !== 'tls' && !isNil(given.returnList);
    return new Opening(type, given, spec, this.surroundings).open(waits ? { ...spec, nowait: null } : spec, options);
  }

  /** As documented, there is no warning without `returnList`. That a host was encrypted before, is asked about. */
  private async openSimple(spec: NetworkProcessSpec, options: MakeOptions): Promise<Opened> {
    const { maker, report } = this.surroundings;
    try {
      return await maker.make(spec, options, async (stream, process, phased) => {
        await judgePlain(this.surroundings, { process, stream, phased, hostname: String(spec.host), warn: false });
        return { stream };
      });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      report(error);
      return null;
    }
  }

  private async openShell(
    name: string,
    buffer: string | TextBuffer | null,
    host: unknown,
    service: unknown,
    given: StreamParameters,
    options: MakeOptions,
  ): Promise<Opened> {
    const command = shellCommand(given.shellCommand, host, service);
    const spec: NetworkProcessSpec = { name, buffer, coding: given.coding };
    const opening = new Opening('shell', given, spec, this.surroundings);
    const start = (): Promise<ShellStream> => ShellStream.start(this.surroundings.options.shellFileName, command);
    const process = await this.surroundings.maker.makeShell(spec, start, options, opening.prepare);
    return opening.result(process);
  }
}

/** One stream on its way. */
class Opening {
  private readonly dialog: Dialog;
  private readonly negotiation: Negotiation;
  private readonly certificate: readonly [string, string] | true | null;
  /** By this name the host is remembered, encrypted or not. */
  private readonly hostname: string | null;
  private failure: NetworkProcessError | null = null;

  constructor(
    private readonly type: StreamType,
    private readonly given: StreamParameters,
    private readonly spec: NetworkProcessSpec,
    private readonly our: OpenerSurroundings,
  ) {
    const { options } = our;
    this.dialog = dialogOf(given, () => options.patternTimeoutMs, this.decode, this.encode);
    this.certificate = clientCertificateOf(given.clientCertificate, options.useClientCertificates);
    // Checked now: a wrong parameter must not be found out halfway. What is never encrypted needs none.
    const isNeverTls = type === 'plain' || type === 'shell';
    this.hostname = isNeverTls ? String(spec.host) : this.side(null).hostname;
    const isTls = type === 'tls';
    this.negotiation = new Negotiation({
      dialog: this.dialog,
      hasGreeting: isNil(given.nogreeting),
      asksCapabilities: type !== 'plain' || !isNil(given.alwaysQueryCapabilities),
      upgrades: type === 'network' || type === 'starttls',
      maxBytes: options.negotiationBytes,
      host: String(spec.host ?? ''),
      target: this.target,
    });
    if (isTls) this.negotiation.isEncrypted = true;
  }

  private get target(): string {
    return endpoint(String(this.spec.host ?? 'shell'), String(this.spec.service ?? ''));
  }

  async open(spec: NetworkProcessSpec, options: MakeOptions): Promise<Opened> {
    try {
      const process = await this.our.maker.make(spec, options, this.prepare);
      // Also of one that is still connecting.
      if (process) process.isNegotiated = true;
      return this.result(process);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.failure = error;
      if (isNil(this.given.returnList)) this.our.report(error);
      return this.result(null);
    }
  }

  /** What is said on the connected stream before its process opens. */
  readonly prepare: Prepare = async (stream, process, phased) => {
    const { negotiation } = this;
    const isImplicit = this.type === 'tls';
    process.isNegotiated = true;
    const secured = isImplicit ? await this.encrypt(stream, process, phased, false) : stream;
    // Emacs too returns such a stream at once, and leaves what it says to the filter.
    if (isImplicit && process.contact.get('nowait')) return { stream: secured };
    const conversation = await converse(negotiation, secured, {
      phased,
      stepMs: this.our.options.negotiationTimeoutMs,
      encrypt: (plain) => this.encrypt(plain, process, phased, true),
    });
    try {
      if (!negotiation.isEncrypted && this.type !== 'shell')
        await this.staysPlain(process, conversation.stream, phased);
    } catch (error) {
      conversation.stream.close();
      throw error;
    }
    process.lacksEncryption = this.type === 'network' && !negotiation.isEncrypted;
    return conversation;
  };

  private async staysPlain(process: Process, stream: Parameters<Prepare>[0], phased: Phased): Promise<void> {
    if (this.type === 'starttls') {
      const text = this.negotiation.refusal ?? 'Server does not support TLS';
      throw new NetworkProcessError('NP_STARTTLS_REFUSED', 'error', [text], this.target);
    }
    const { our, hostname, given } = this;
    await judgePlain(our, { process, stream, phased, hostname, warn: !isNil(given.warnUnlessEncrypted) });
  }

  private async encrypt(
    stream: Parameters<Prepare>[0],
    process: Process,
    phased: Phased,
    saveKey: boolean,
  ): ReturnType<Encryption['secure']> {
    try {
      const stored = await this.storedCertificate(phased);
      return await this.our.encryption.secure(stream, process, this.side(stored), phased, saveKey);
    } catch (error) {
      stream.close();
      if (!saveKey || !isNetworkProcessError(error) || !/^NP_TLS_(HANDSHAKE|NOT_TLS)$/.test(error.code)) throw error;
      const text = `Unable to negotiate a TLS connection with ${String(this.spec.host)}/${String(this.spec.service)}`;
      throw new NetworkProcessError(error.code, 'error', [text, error.message], null, { cause: error.cause });
    }
  }

  private async storedCertificate(phased: Phased): Promise<readonly [string, string] | null> {
    if (this.certificate !== true) return this.certificate;
    const find = this.our.options.clientCertificateFor;
    if (!find) return null;
    const ms = this.our.options.negotiationTimeoutMs;
    phased.phase(ms, () => this.noCertificate(ms));
    try {
      return await whileGoing(phased, async () => find(String(this.spec.host), String(this.spec.service)));
    } catch (error) {
      // As Emacs: who has none that can be read goes on without.
      if (phased.reason) throw phased.reason;
      this.our.report(error);
      return null;
    }
  }

  private noCertificate(ms: number): NetworkProcessError {
    const text = `The client certificate that is stored was not found within ${ms} ms`;
    return new NetworkProcessError('NP_NEGOTIATION_TIMEOUT', 'error', [text], this.target, {
      hint: 'Look at what clientCertificateFor does, or raise the timeout.',
    });
  }

  private side(certificate: readonly [string, string] | null): TlsSide {
    const { tlsParameters } = this.given;
    const [type, rest] = Array.isArray(tlsParameters) ? (tlsParameters as unknown[]) : [undefined, tlsParameters];
    const own = certificate ? { keylist: [certificate] } : {};
    const all = { ...(type === undefined ? {} : { type }), ...(typeof rest === 'object' ? rest : {}), ...own };
    return tlsSide(all, String(this.spec.host), false, this.our.encryption.defaults);
  }

  result(process: Process | null): Opened {
    const { negotiation } = this;
    if (isNil(this.given.returnList)) return process;
    const isOpen = process !== null;
    const isLater = isOpen && process.status === 'connect';
    return {
      process,
      greeting: isOpen && negotiation.greeting ? this.decode(negotiation.greeting) : null,
      capabilities: isOpen && negotiation.capabilities ? this.decode(negotiation.capabilities) : null,
      type: isOpen && (isLater || negotiation.isEncrypted) ? 'tls' : 'plain',
      error: this.failure?.message ?? null,
      ...(this.failure && { failure: this.failure }),
    };
  }

  /** What a function of the user's is given and the result has: as the process decodes it. */
  private readonly decode = (bytes: Buffer): string => this.our.decode(this.codingOf('decode'), bytes);

  private readonly encode = (text: string): Buffer => this.our.encode(this.codingOf('encode'), text);

  private codingOf(direction: 'decode' | 'encode'): string {
    const { coding } = this.given;
    const own = typeof coding === 'object' && coding !== null ? coding[direction] : coding;
    return isNil(own) ? this.our.options.defaultCoding[direction] : String(own);
  }
}

/** Not what was asked for, but nothing that went wrong: there is no process, and the list tells why, as documented. */
function isRefusal(error: unknown): error is NetworkProcessError {
  return isNetworkProcessError(error) && (error.code === 'NP_TLS_REFUSED' || error.code === 'NP_STARTTLS_REFUSED');
}

interface Plain {
  readonly process: Process;
  readonly stream: Parameters<Prepare>[0];
  readonly phased: Phased;
  readonly hostname: string | null;
  readonly warn: boolean;
}

/** A connection goes on in clear: to a host that was encrypted before, or where a warning is wanted. @throws NP_TLS_REFUSED */
async function judgePlain({ encryption }: OpenerSurroundings, plain: Plain): Promise<void> {
  const { process, stream, phased, hostname, warn } = plain;
  const to = trustedHost(process, stream, hostname);
  phased.phase(null);
  await whileGoing(phased, (signal) => encryption.trust.judgePlain(to, warn, signal));
}
