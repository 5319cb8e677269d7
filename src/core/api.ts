/**
 * The public face of the core: what makes, drives and describes network processes. Emacs' names in camelCase; where
 * Emacs blocks, a promise is returned instead. Only types here, so that other extensions can copy the file.
 *
 * Text: a `string` is Emacs' multibyte text, a `Uint8Array` its unibyte string. A byte that does not decode is one
 * UTF-16 unit of U+DC80…U+DCFF and is sent as that byte again.
 *
 * nil: `undefined`, `null` and `false` are all Emacs' nil. Symbols (`ipv4`, `datagram`, `local`) are strings here;
 * where Emacs tells a symbol from a string apart, `Symbol.for('name')` is taken as the symbol.
 *
 * @see Emacs Lisp manual, "Network", "Low-Level Network", "Processes"
 */
import type { Event, Disposable } from './base/event';
import type { NetworkProcessError } from './errors';

export type { Event, Disposable };

/** Text for the wire: text to be encoded, or bytes that only get the encoder's end-of-line conversion. */
export type Text = string | Uint8Array;

/**
 * An address: `[a, b, c, d, port]`, eight 16-bit words and a port, a path of a local socket, or a raw family with its
 * bytes. Without the port (4 or 8 numbers) where a function says so.
 */
export type NetworkAddress =
  readonly number[] | string | { readonly family: number; readonly bytes: readonly number[] };

/** `[name, address]`, or `[name, address, broadcast, netmask]`; ports are 0. The broadcast of IPv6 is its net's address. */
export type NetworkInterface =
  | readonly [name: string, address: NetworkAddress]
  | readonly [name: string, address: NetworkAddress, broadcast: NetworkAddress, netmask: NetworkAddress];

/** IPv4 address, broadcast and mask (null without IPv4), hardware address with the system's number of its kind, flags. */
export type NetworkInterfaceInfo = readonly [
  address: NetworkAddress | null,
  broadcast: NetworkAddress | null,
  netmask: NetworkAddress | null,
  hardware: { readonly family: number; readonly bytes: readonly number[] } | null,
  flags: readonly string[],
];

/** Property list. Given as an object or a Map; kept as a Map, so that any key is an ordinary key. */
export type Plist = ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>;

/** What `processStatus` says. A string; the words of Emacs. `run`, `exit` and `signal` are those of shell connections. */
export type ProcessStatus = 'open' | 'closed' | 'connect' | 'failed' | 'listen' | 'stop' | 'run' | 'exit' | 'signal';

/** Receives output; `true` in its place stops reading. While a returned promise is pending, the process is not read. */
export type Filter = (process: NetworkProcess, output: Text) => unknown;
/** Is told of changes of state, e.g. `"open\n"`, `"deleted\n"`. Reading waits for a returned promise. */
export type Sentinel = (process: NetworkProcess, message: string) => unknown;
/** Is told what a server does: `"accept from 127.0.0.1\n"`; `client` is null when accepting failed. */
export type LogFunction = (server: NetworkProcess, client: NetworkProcess | null, message: string) => unknown;

/**
 * A coding system, or one for each direction. `null` is found out from what is received, by the decoder; an encoder of
 * `null` takes what was found, or the default one for the first text that is sent before.
 */
export type Coding = string | { readonly decode: string | null; readonly encode: string | null };

/**
 * Keywords of `makeNetworkProcess`, checked at run time in Emacs' order; unknown ones are kept in the contact.
 *
 * | keyword | meaning, default |
 * |---|---|
 * | `name` | required; made unique with `<1>`, `<2>`… |
 * | `type` | `null` stream (default), `'datagram'`, `'seqpacket'`: packets that stay whole, on a local socket |
 * | `server` | not nil: a server; a number is its backlog, else 5 |
 * | `host` | name or address; default and `'local'`: 127.0.0.1, or ::1 with family `'ipv6'` |
 * | `service` | port, decimal string, service name; `true` on a server: a free port; with family `'local'` the path |
 * | `family` | `null`, `'ipv4'`, `'ipv6'`, `'local'`, or the system's number of one of these |
 * | `local`, `remote` | an address, also one in the system's own bytes, in place of host, service and family: of a server, of a client or a datagram peer |
 * | `nowait` | return at once with status `connect`; the sentinel is told `open` or `failed` |
 * | `stop` | start stopped |
 * | `buffer` | a buffer or its name (made when missing) for the default filter and sentinel |
 * | `coding` | default: see the options; without any of them decode `undecided-unix`, encode `utf-8-unix` |
 * | `noquery` | not nil: `processQueryOnExitFlag` is false |
 * | `filter`, `sentinel`, `log`, `plist`, `filterMultibyte` | as in Emacs |
 * | `keepalive`, `nodelay`, `broadcast`, `dontroute`, `oobinline`, `reuseaddr` | socket options, on or off; servers have `reuseaddr` on |
 * | `linger` | 0 and `true`: deletion resets the connection; other numbers are set on the socket, but nobody waits for them |
 * | `priority`, `bindtodevice` | an integer; the name of a network interface |
 * | `useExternalSocket` | a stream server takes a listening socket that the program was started with (`LISTEN_FDS`), if any, each once |
 * | `tlsParameters` | encrypts, see `TlsParameters`: a client before it is open, a server what it accepts |
 * | `connected` | (ours) a datagram client that hears its peer only |
 * | `mode` | (ours) permission bits of a local server's file, default 0o600 |
 * | `keepFile` | (ours) a local server's file stays after deletion, as in Emacs |
 */
export interface NetworkProcessSpec {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly server?: unknown;
  readonly host?: unknown;
  readonly service?: unknown;
  readonly family?: unknown;
  readonly local?: unknown;
  readonly remote?: unknown;
  readonly nowait?: unknown;
  readonly stop?: unknown;
  readonly buffer?: string | TextBuffer | null;
  readonly coding?: unknown;
  readonly noquery?: unknown;
  readonly filter?: Filter | true | null;
  readonly sentinel?: Sentinel | null;
  readonly log?: LogFunction | null;
  readonly plist?: Plist | null;
  readonly filterMultibyte?: unknown;
  readonly tlsParameters?: unknown;
  readonly [keyword: string]: unknown;
}

/** Low judges nothing; each other level judges what the one before does, and more. `network-security-level`. */
export type SecurityLevel = 'low' | 'medium' | 'high' | 'paranoid';

/**
 * What `tlsParameters` may hold, in Emacs' words and in Node's; unknown ones are left alone. Also `[type, parameters]`,
 * and what `gnutlsBootParameters` gives. The certificate is always judged: `rejectUnauthorized` and
 * `checkServerIdentity` are refused.
 *
 * @see Emacs GnuTLS manual, "Help For Developers"; Node's tls.createSecureContext
 */
export interface TlsParameters {
  /** `'gnutls-x509pki'` (default) or `'gnutls-anon'`. */
  readonly type?: unknown;
  /** For whom the certificate must be, and what is told the server unless it is an address; default: the host. */
  readonly hostname?: unknown;
  /** A priority string of GnuTLS (as far as it can be mapped) or a cipher string of OpenSSL. */
  readonly priorityString?: unknown;
  /** Files of authorities that are trusted, too. */
  readonly trustfiles?: unknown;
  /** Files of revocation lists; then each authority of a chain must have one. */
  readonly crlfiles?: unknown;
  /** `[[keyFile, certificateFile]]`: who this side is. */
  readonly keylist?: unknown;
  /** Bits that a Diffie-Hellman prime has at least; null. */
  readonly minPrimeBits?: unknown;
  /** Taken and left alone: no flag of GnuTLS makes verification stricter. */
  readonly verifyFlags?: unknown;
  /** What nobody may be asked about: `true`, or a list of `'trustfiles'` and `'hostname'`. */
  readonly verifyError?: unknown;
  readonly verifyHostnameError?: unknown;
  readonly ca?: unknown;
  readonly cert?: unknown;
  readonly key?: unknown;
  readonly pfx?: unknown;
  readonly passphrase?: unknown;
  readonly crl?: unknown;
  readonly ciphers?: unknown;
  readonly sigalgs?: unknown;
  readonly ecdhCurve?: unknown;
  readonly minVersion?: unknown;
  readonly maxVersion?: unknown;
  readonly servername?: unknown;
  readonly ALPNProtocols?: unknown;
  /** (ours) A server makes a throw-away certificate: `true`, or a list of names and addresses. */
  readonly selfSigned?: unknown;
  /**
   * (ours) The protocol, `'smtp'`, by which the clients of a server ask for TLS: one of `streamDialogs` that is served. Each
   * has `negotiationTimeoutMs` and `negotiationBytes` for it, and is a process when it is encrypted; what it said before is
   * gone. If it then begins by asking for the capabilities again, and nothing but the default filter is there to do it, that
   * is answered, and delivered as all that follows.
   */
  readonly starttls?: unknown;
  /** A server asks its clients for a certificate; who has none, or one that nobody vouches for, is not let in. */
  readonly requestCert?: unknown;
  readonly [word: string]: unknown;
}

/** What `gnutlsBootParameters` gives. */
export interface TlsBootParameters {
  readonly type: string;
  readonly priority: string;
  readonly hostname: string | null;
  readonly loglevel: number;
  readonly minPrimeBits: number | null;
  readonly trustfiles: readonly string[];
  readonly crlfiles: readonly string[];
  readonly keylist: readonly (readonly [string, string])[];
  readonly verifyFlags: number | null;
  readonly verifyError: true | readonly ('trustfiles' | 'hostname')[];
  readonly callbacks: null;
}

/** A certificate. Texts of a stranger's have their controls escaped. @see gnutls-peer-status */
export interface CertificateInfo {
  readonly version: number;
  /** Hex with colons. */
  readonly serialNumber: string;
  readonly issuer: string;
  /** `2026-01-31`, UTC. */
  readonly validFrom: string;
  readonly validTo: string;
  /** `O=Org,CN=localhost`. */
  readonly subject: string;
  readonly publicKeyAlgorithm: string;
  readonly certificateSecurityLevel: string;
  readonly signatureAlgorithm: string;
  /** `sha1:aa:bb…` of the key, as Emacs. */
  readonly publicKeyId: string;
  readonly certificateId: string;
  /** (ours) `sha256:…` of the key: what a host is remembered by. */
  readonly publicKeyPin: string;
  readonly publicKeyBits: number;
  readonly subjectAltNames: string;
  readonly pem: string;
}

/** What is known of an encrypted connection. @see gnutls-peer-status */
export interface PeerStatus {
  /** What is wrong with the certificate, only when something is: `self-signed`, `expired`… */
  readonly warnings?: readonly string[];
  /** The host's first. */
  readonly certificates: readonly CertificateInfo[];
  readonly certificate: CertificateInfo | null;
  readonly diffieHellmanPrimeBits?: number;
  /** `ECDHE-RSA`, `RSA`. */
  readonly keyExchange: string;
  /** `TLS1.3`. */
  readonly protocol: string;
  /** `AES-256-GCM`. */
  readonly cipher: string;
  /** `AEAD`, `SHA1`. */
  readonly mac: string;
  /** Null: Node does not tell. */
  readonly encryptThenMac: boolean | null;
  readonly safeRenegotiation?: boolean;
  /** (ours) What was agreed on by ALPN. */
  readonly applicationProtocol: string | null;
}

/** What is wrong with a connection: a warning about its certificate (`:expired`) or a check (`rsa-key`), and what it means. */
export interface TrustProblem {
  readonly name: string;
  readonly text: string;
}

export type TrustAnswer = 'always' | 'session' | 'no';

/** All that is wrong with one connection, at once. */
export interface TrustQuestion {
  readonly host: string;
  readonly port: number;
  readonly problems: readonly TrustProblem[];
  readonly certificates: readonly CertificateInfo[];
  /** The connection and its certificates as plain text, a line for each thing. */
  readonly details: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** What is remembered about a host. */
export interface TrustRecord {
  /** `localhost:993`. */
  readonly host: string;
  /** `sha256:` with the hex of its public keys; `none` for a connection that was not encrypted. */
  readonly keys: readonly string[];
  /** Names of the problems that were accepted. */
  readonly conditions: readonly string[];
  /** For good; else until the program ends. */
  readonly lasting: boolean;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Where lasting records are kept. */
export interface TrustStore {
  /** What it throws refuses the connection that is judged. */
  load(): readonly TrustRecord[];
  /** What it throws is reported (`onDidReportError`): the new record holds until the program ends. */
  save(records: readonly TrustRecord[]): void;
}

/**
 * Keywords of `openNetworkStream`. Patterns are texts in JavaScript's syntax with Emacs' meaning of `^`, `$` and `.`, or a
 * RegExp; they see bytes as Latin-1. Anchor them: a server says what it likes.
 *
 * | keyword | meaning, default |
 * |---|---|
 * | `type` | `null` and `'network'`: plain, with STARTTLS if the server offers it; `'plain'`; `'starttls'`: encrypted or nothing; `'tls'`, `'ssl'`; `'shell'` |
 * | `nowait` | return at once; a negotiation whose result `returnList` wants is waited for |
 * | `dialog` | (ours) a protocol that is known, see `streamDialogs`; the keywords below stand in for parts of it |
 * | `endOfCommand`, `endOfCapability` | patterns of the end of an answer; the second's default is the first |
 * | `capabilityCommand` | a text, or a function of the greeting that gives one |
 * | `starttlsFunction` | a function of the capabilities that gives the command, or null |
 * | `success` | a pattern of the answer that consents to TLS |
 * | `alwaysQueryCapabilities` | also with `'plain'` |
 * | `nogreeting` | the server says nothing by itself |
 * | `warnUnlessEncrypted` | a plain connection is asked about, where something is negotiated or `returnList` is wanted |
 * | `clientCertificate` | `[keyFile, certificateFile]`, or true: `clientCertificateFor` finds them; default: `useClientCertificates` |
 * | `useStarttlsIfPossible` | without effect: TLS is always there |
 * | `returnList` | the result is an `OpenedStream` |
 * | `coding`, `tlsParameters` | as in `makeNetworkProcess` |
 * | `shellCommand` | with `%s` for the host and `%p` for the port |
 *
 * @see Emacs Lisp manual, "Network Connections"
 */
export interface StreamParameters {
  readonly type?: unknown;
  readonly nowait?: unknown;
  readonly dialog?: unknown;
  readonly endOfCommand?: unknown;
  readonly endOfCapability?: unknown;
  readonly capabilityCommand?: string | ((greeting: string | null) => unknown) | null;
  readonly starttlsFunction?: ((capabilities: string | null) => unknown) | null;
  readonly success?: unknown;
  readonly alwaysQueryCapabilities?: unknown;
  readonly useStarttlsIfPossible?: unknown;
  readonly nogreeting?: unknown;
  readonly warnUnlessEncrypted?: unknown;
  readonly clientCertificate?: unknown;
  readonly returnList?: unknown;
  readonly coding?: Coding | null;
  readonly tlsParameters?: unknown;
  readonly shellCommand?: unknown;
  readonly [keyword: string]: unknown;
}

/** What `openNetworkStream` found out. */
export interface OpenedStream {
  /** Null when it could not be what was asked for; `error` says why. */
  readonly process: NetworkProcess | null;
  readonly greeting: string | null;
  /** Under TLS those that were told under TLS. */
  readonly capabilities: string | null;
  readonly type: 'plain' | 'tls';
  readonly error: string | null;
  /** (ours) With `error`: the same with its code and hint. */
  readonly failure?: NetworkProcessError;
}

/** Counters since creation. A message is one datagram; streams count reads and writes. */
export interface Traffic {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly messagesReceived: number;
  readonly messagesSent: number;
  /** Bytes given to `processSendString` that the operating system has not taken yet. */
  readonly bytesQueued: number;
  /** Bytes that still waited when it ended. */
  readonly bytesLost: number;
  /** Empty datagrams heard; they reach no filter, and stand in the byte log. */
  readonly emptyDatagrams: number;
  /** Datagrams lost because the kernel had no room or, without native sockets, 1,000 were already waiting. */
  readonly datagramsDropped: number;
}

/** One piece of traffic as it went over the wire. */
export interface ByteLogEntry {
  /** Where its bytes begin in the log, counted from the first byte ever, both directions together. */
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly direction: 'received' | 'sent';
  /** The other side of a datagram; streams have one peer, named in the contact. */
  readonly peer: NetworkAddress | null;
  readonly bytes: Uint8Array;
}

/** The traffic of a process: the newest of it in memory, all of it in the capture. */
export interface ByteLog {
  /** The newest 1 MiB (`byteLogBytes`, 256 more for each entry); older ones are dropped whole and counted. */
  readonly entries: readonly ByteLogEntry[];
  /** Bytes no longer in `entries`. */
  readonly bytesDropped: number;
  /** Bytes logged, both directions; the offset of the next one. */
  readonly size: number;
  readonly capture: Capture;
  /** At once with each piece, before any filter sees it. */
  readonly onDidAppend: Event<ByteLogEntry>;
}

/**
 * The traffic of a process on disk, from its first byte: a file of the bytes as they went over the wire and an index
 * with offset, length, time, direction and peer. Kept after the process ended, until `discard`, until newer captures
 * need the room (`captureTotalBytes`), or until the registry is disposed.
 */
export interface Capture {
  /**
   * `off`: there is no `captureFolder`, or `captureBytes` was 0 when traffic began. `full`: it reached `captureBytes` or
   * there was no room in `captureTotalBytes`. `failed`: the disk took no more. `discarded`: it was removed. An end of
   * capture is told by a `capture` change of the process; the traffic itself goes on.
   */
  readonly state: 'off' | 'open' | 'full' | 'failed' | 'discarded';
  /** Bytes of the log in it, from offset 0. Less than the log's size once it is not `open`. */
  readonly size: number;
  /** How much of its size each direction has. */
  readonly bytes: { readonly received: number; readonly sent: number };
  /** Why it is `full` or `failed`: NP_CAPTURE_FULL, NP_CAPTURE_FAILED. */
  readonly error: Error | null;
  /**
   * The bytes from offset `start` to before `end`, as far as they are there.
   *
   * Errors: NP_CAPTURE_FAILED when the file can't be read, NP_CAPTURE_GONE when it is `off` or `discarded`.
   */
  read(start: number, end: number): Promise<Uint8Array>;
  /** The entries that have bytes in that range, cut to it, in order; pieces of a stream may have been joined. */
  entries(start?: number, end?: number): AsyncIterable<ByteLogEntry>;
  /** Removes it; what the process still does is no longer captured. */
  discard(): void;
}

/** A network process. Made by `makeNetworkProcess` or by accepting; ends but never comes back. */
export interface NetworkProcess {
  /** A number of its own, never used again in this registry. */
  readonly id: number;
  readonly name: string;
  readonly status: ProcessStatus;
  readonly isServer: boolean;
  readonly isDatagram: boolean;
  readonly socketType: 'stream' | 'datagram' | 'seqpacket';
  /** The server that accepted it, else null. */
  readonly server: NetworkProcess | null;
  readonly buffer: TextBuffer | null;
  readonly plist: Map<string, unknown>;
  readonly traffic: Traffic;
  readonly byteLog: ByteLog;
  /** Milliseconds since 1970; `ended` is null while it is registered. */
  readonly times: { readonly created: number; readonly opened: number | null; readonly ended: number | null };
  /** How it ended or is: the last message a sentinel was told, e.g. `"deleted\n"`; null before the first. */
  readonly lastMessage: string | null;
  /** What broke it, `NP_PEER_RESET`; null while it is well, and after an orderly end, which Emacs words the same. */
  readonly failure: Error | null;
  /** True after `processSendEof` on a stream: nothing can be sent any more. */
  readonly sentEof: boolean;
  /**
   * (ours) `TLS1.3`: the protocol that it is encrypted with, or was when it ended; `TLS`: a server that encrypts what it
   * accepts; `none`: TLS was asked for if possible, and was not; null: in clear, as asked for.
   */
  readonly encryption: string | null;
  /** (ours) The protocol by which a server's clients ask for TLS, `smtp`; null for servers without, and all others. */
  readonly starttls: string | null;
  /** (ours) What `gnutlsPeerStatus` tells, also when it has ended. */
  readonly lastPeerStatus: PeerStatus | null;
  /**
   * (ours) True when more than its contact made it what it is: the keywords of `openNetworkStream`, or `gnutlsNegotiate`.
   * The contact alone makes a connection in clear.
   */
  readonly isNegotiated: boolean;
  /** A server's clients that are registered now, and whether it is at its limit and not accepting. */
  readonly clients: { readonly count: number; readonly atLimit: boolean };
}

/** What changed about a process: enough to refresh one row. */
export interface ProcessChange {
  readonly process: NetworkProcess;
  /** `added` to or `removed` from `processList`; its `state`; its `traffic`; `properties` (plist, filter, coding…); the end of its `capture`. */
  readonly kind: 'added' | 'removed' | 'state' | 'traffic' | 'properties' | 'capture';
}

/** What a filter, sentinel, log function or listener threw, or an event that is nobody's error but worth a log line. */
export interface ErrorReport {
  readonly source: 'filter' | 'sentinel' | 'log' | 'listener' | 'socket' | 'lookup';
  readonly process: NetworkProcess | null;
  readonly error: unknown;
}

/**
 * A position in a buffer that moves with its text. `position` is null in no buffer.
 * @see Emacs Lisp manual, "Markers"
 */
export interface Marker {
  readonly buffer: TextBuffer | null;
  /** 1 is before the first character. Characters, not UTF-16 units. */
  readonly position: number | null;
  /** Moves to a position of a buffer, the nearest there is, or to nowhere. As `set-marker`. */
  set(buffer: TextBuffer | null, position?: number): void;
}

/** What a buffer's change was, in characters (1-based start). */
export interface BufferChange {
  readonly buffer: TextBuffer;
  readonly start: number;
  readonly deleted: number;
  readonly inserted: number;
}

/**
 * Text with point, marks and a restriction, as Emacs' buffers. Keeps at most `bufferTextBytes` of text (32 MiB, two bytes
 * a UTF-16 unit); the oldest is dropped and counted in `trimmed`. Positions are characters, from 1.
 *
 * Errors: `NP_ARGS_OUT_OF_RANGE`, `NP_BUFFER_READ_ONLY`, `NP_BUFFER_NARROWED`, `NP_BUFFER_DEAD`.
 * @see Emacs Lisp manual, "Buffers", "Positions", "Narrowing"
 */
export interface TextBuffer {
  /** A number of its own, never used again. */
  readonly id: number;
  /** Null once killed. */
  readonly name: string | null;
  readonly live: boolean;
  /** Characters held. */
  readonly size: number;
  /** Characters dropped from the start because of the limit. */
  readonly trimmed: number;
  readonly point: number;
  readonly pointMin: number;
  readonly pointMax: number;
  /** False: every character is one byte, 0x80…0xFF as U+DC80…U+DCFF. */
  readonly multibyte: boolean;
  /** The coding system of a process that hands its own on: `buffer-file-coding-system`. */
  fileCodingSystem: string | null;
  readOnly: boolean;
  readonly onDidChange: Event<BufferChange>;
  /**
   * What this program wrote there itself, not the peer: how a process ended, who was accepted. Ascending, without line
   * ends; the newest 1,000.
   */
  readonly notes: readonly { readonly start: number; readonly end: number }[];
  /** The accessible text, or the part from `start` to before `end`. */
  text(start?: number, end?: number): string;
  /** The whole text whatever the restriction. */
  fullText(): string;
  /**
   * The last `maxUnits` UTF-16 units of the whole text, from the next line start if there is one in the first 64 Ki of
   * them, and how many characters before it are left out.
   */
  tail(maxUnits: number): { text: string; omitted: number };
  /** Inserts at point, before markers that advance; point moves along. */
  insert(text: string): void;
  /** Inserts at a position without moving point unless it lies behind. */
  insertAt(position: number, text: string): void;
  delete(start: number, end: number): void;
  gotoChar(position: number): number;
  narrowToRegion(start: number, end: number): void;
  widen(): void;
  setMultibyte(multibyte: boolean): void;
  /** `advances`: text inserted at the marker goes before it. */
  makeMarker(position?: number, advances?: boolean): Marker;
}

export type BufferDesignator = TextBuffer | string;

/** A process, its name, or its buffer (or that buffer's name). @see Emacs Lisp manual, "Process Information" */
export type ProcessDesignator = NetworkProcess | TextBuffer | string;

/** An entry of `networkCodingSystemAlist`; a function is given the keywords and may leave it to what follows. */
export type NetworkCoding = readonly [
  service: number | string | RegExp,
  coding: Coding | ((spec: NetworkProcessSpec) => Coding | null),
];

/** Limits and waits, each with its unit. Can be changed at any time; new values count for what happens later. */
export interface Options {
  /** Bytes decoded and passed to a filter at once from a stream; 4096, as `read-process-output-max`. */
  readProcessOutputMax: number;
  /** Milliseconds for lookup and connect together; 30,000. */
  connectTimeoutMs: number;
  /** Bytes that may wait for a peer that does not read; 16 MiB. One send of any size may go to an empty queue. */
  sendQueueBytes: number;
  /** Clients a server has at most; then it stops accepting until one ends; 2,000. */
  maxClients: number;
  /** Bytes of text kept in a buffer, two per UTF-16 unit; 32 MiB. */
  bufferTextBytes: number;
  /** Bytes of traffic kept in memory per process for views; 1 MiB. */
  byteLogBytes: number;
  /** Folder below which captures are written; null (default) captures nothing. What dead programs left there is removed. */
  captureFolder: string | null;
  /** Bytes captured per process at most; 1 GiB. 0: processes that have no traffic yet are not captured. */
  captureBytes: number;
  /** Bytes of all captures together, indexes included; 4 GiB. Those of ended processes make room, oldest first. */
  captureTotalBytes: number;
  /** Decoding and encoding when nothing else says; `undecided-unix`, `utf-8-unix`. `default-process-coding-system`. */
  defaultCoding: { decode: string; encode: string };
  /** Decoding of processes that are made without `coding`, before all else; null. `coding-system-for-read`. */
  codingSystemForRead: string | null;
  /** Encoding of processes that are made without `coding`, before all else; null. `coding-system-for-write`. */
  codingSystemForWrite: string | null;
  /**
   * Coding systems by service, the first that fits; empty. A number fits that port, a pattern (in JavaScript's syntax) a
   * service given as a string. Not for `local`, `remote` and paths. `network-coding-system-alist`.
   */
  networkCodingSystemAlist: readonly NetworkCoding[];
  /** Processes without `coding` hand their coding system on to their buffer; false. `inherit-process-coding-system`. */
  inheritProcessCodingSystem: boolean;
  /** Milliseconds of a TLS handshake; 15,000. */
  handshakeTimeoutMs: number;
  /** Milliseconds of each step of a negotiation, and of a server's client until it asks for TLS; 30,000. */
  negotiationTimeoutMs: number;
  /** Bytes of one answer in a negotiation, and of what is said with such a client before; 1 MiB. */
  negotiationBytes: number;
  /** Milliseconds that a pattern may take for what has come in; 250. */
  patternTimeoutMs: number;
  /** `medium`. What fails a check of the level is asked about. `network-security-level`. */
  networkSecurityLevel: SecurityLevel;
  /** Asked about what is wrong with a connection, once for all of it; null (default): nobody, which means no. */
  trustQuestion: ((question: TrustQuestion) => TrustAnswer | Promise<TrustAnswer>) | null;
  /** What is remembered about hosts for good; null: nothing. */
  trustStore: TrustStore | null;
  /** Whether hosts in the nets of this computer are not judged; false. `nsm-trust-local-network`. */
  trustLocalNetwork: boolean | (() => boolean);
  /** Files of the only authorities that are trusted; null: those of this computer. */
  trustFiles: readonly string[] | null;
  /** Files of revocation lists; none. `gnutls-crlfiles`. */
  crlFiles: readonly string[];
  /** Null: NORMAL. `gnutls-algorithm-priority`. */
  gnutlsAlgorithmPriority: string | null;
  /** Null. `gnutls-min-prime-bits`. */
  gnutlsMinPrimeBits: number | null;
  /** Null, `true`, or a list of a host's pattern and what nobody may be asked about. `gnutls-verify-error`. */
  gnutlsVerifyError: boolean | null | readonly (readonly unknown[])[];
  /** Streams without `clientCertificate` behave as if it were `true`; false. `network-stream-use-client-certificates`. */
  useClientCertificates: boolean;
  /** Finds the key and certificate files that are stored for a host; null: there are none. `auth-source-search`. */
  clientCertificateFor:
    | ((host: string, service: string) => readonly [string, string] | null | Promise<readonly [string, string] | null>)
    | null;
  /** The shell of shell connections; `/bin/sh`, on Windows `cmd.exe`. `shell-file-name`. */
  shellFileName: string;
  /** A process that its peer ended leaves the list by itself; true. Else `deleteProcess` or `listProcesses` removes it. */
  deleteExitedProcesses: boolean;
}

/** Call options that no keyword of Emacs stands for. */
export interface MakeOptions {
  /**
   * Aborting while connecting rejects with `NP_CANCELLED` and leaves nothing behind but the buffer. With `nowait` the
   * process is deleted, and its sentinel told.
   */
  readonly signal?: AbortSignal;
  /**
   * An ended process that the new one stands in for: it goes on with that one's byte log and capture, unless the capture
   * has stopped, or was off and capturing is on now.
   */
  readonly continues?: NetworkProcess;
}

/** `setProcessFilter` and friends check only what Emacs checks. All errors are `NetworkProcessError`. */
export interface NetworkProcesses extends Disposable {
  readonly options: Options;
  /**
   * The coding system that decoded the newest output or encoded what was sent last, of whichever process; null before.
   * In a filter: that of its text.
   *
   * @see Emacs Lisp manual, "Encoding and I/O": `last-coding-system-used`
   */
  readonly lastCodingSystemUsed: string | null;
  readonly onDidChangeProcess: Event<ProcessChange>;
  readonly onDidCreateBuffer: Event<TextBuffer>;
  readonly onDidKillBuffer: Event<TextBuffer>;
  readonly onDidReportError: Event<ErrorReport>;

  /**
   * Makes a connection or a server. Resolves when it is connected or listening, with `nowait` at once, and to null
   * when no keyword is given. Rejects with Emacs' error and leaves nothing behind but a
   * buffer that the keywords name.
   */
  makeNetworkProcess(spec?: NetworkProcessSpec, options?: MakeOptions): Promise<NetworkProcess | null>;

  /**
   * Opens a stream that is what was asked for when its process opens: what the two sides say before, and TLS, come first.
   * Until then the process is `connect`, and what is sent waits. Text of before TLS reaches nobody.
   *
   * @returns The process, or an `OpenedStream`. Without a process (null) when somebody has to be asked and says no, and
   *   when type `'starttls'` finds no STARTTLS; the reason is in `error`, or reported.
   * Errors: those of `makeNetworkProcess`, `NP_STREAM_…`, `NP_NEGOTIATION_…`, `NP_STARTTLS_INJECTION`, `NP_PATTERN`,
   * `NP_TLS_…`, `NP_SHELL_…`. A handshake that fails is an error and never leads to a connection in clear.
   * @see open-network-stream
   */
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
  /**
   * (ours) The protocols that `dialog` knows, with their ports in clear and under TLS, and whether a server speaks them: see
   * `starttls` in `TlsParameters`.
   */
  streamDialogs(): { name: string; title: string; port: number; tlsPort: number | null; isServed: boolean }[];
  /**
   * Encrypts an open connection in place, and judges it. What was not delivered yet when this is called came in clear: it
   * is an attack, and ends the process, as every other failure does. What is sent meanwhile waits.
   *
   * A connection that a server accepted is the server's side of the handshake and takes `cert` and `key`, or
   * `selfSigned`; `reply` is then sent in clear just before, so that nobody can answer too early. On a server's side call it
   * in the filter and return its promise.
   *
   * @returns the process
   * Errors: `NP_TLS_…`, `NP_STARTTLS_INJECTION`, `NP_NOT_RUNNING`, `NP_CANCELLED`.
   * @see gnutls-negotiate
   */
  gnutlsNegotiate(
    parameters: TlsParameters & { readonly process: NetworkProcess; readonly reply?: Text },
    options?: { readonly signal?: AbortSignal },
  ): Promise<NetworkProcess>;
  /** What a handshake would use, all defaults filled in; can be given as `tlsParameters`. @see gnutls-boot-parameters */
  gnutlsBootParameters(parameters?: TlsParameters): TlsBootParameters;
  /** What the TLS library of this program can do, found out by asking it. @see gnutls-available-p */
  gnutlsAvailableP(): readonly string[] | null;
  /** (ours) What it lacks, each with the reason. */
  gnutlsLacks(): readonly { readonly name: string; readonly reason: string }[];
  /** Null without TLS, before the handshake is done, and when it has ended. */
  gnutlsPeerStatus(process: NetworkProcess): PeerStatus | null;
  /** A warning of `gnutlsPeerStatus` as a sentence; null for an unknown one. */
  gnutlsPeerStatusWarningDescribe(warning: string): string | null;
  /** (ours) A key and a self-signed certificate in PEM, for trying things out; default names: this computer's. */
  throwawayCertificate(names?: readonly string[], days?: number): { readonly key: string; readonly cert: string };
  /** (ours) What is remembered about hosts. */
  trustRecords(): TrustRecord[];
  /** (ours) Forgets a host, `localhost:993`; false when nothing was known. */
  forgetTrust(host: string): boolean;
  /** (ours) The names of the checks of a level. */
  securityChecks(level: SecurityLevel): string[];

  /** Registered processes, newest first. */
  processList(): NetworkProcess[];
  getProcess(name: string | NetworkProcess): NetworkProcess | null;
  getBufferProcess(buffer: BufferDesignator | null): NetworkProcess | null;

  processName(process: NetworkProcess): string;
  /** `'real'` for a shell connection. */
  processType(process: ProcessDesignator): 'network' | 'real';
  /** Null for a name that nobody has. */
  processStatus(process: ProcessDesignator): ProcessStatus | null;
  processLiveP(process: NetworkProcess): boolean;
  processExitStatus(process: NetworkProcess): number | string;
  /** Of a shell connection's program, else null. */
  processId(process: NetworkProcess): number | null;
  processTtyName(process: NetworkProcess): null;
  /** True while stopped, else null; of a shell connection the shell, its option, and the command. */
  processCommand(process: NetworkProcess): readonly string[] | true | null;
  processBuffer(process: NetworkProcess): TextBuffer | null;
  setProcessBuffer(process: NetworkProcess, buffer: TextBuffer | null): TextBuffer | null;
  processMark(process: NetworkProcess): Marker;
  /** `internalDefaultProcessFilter` when none was set. */
  processFilter(process: NetworkProcess): Filter | true;
  setProcessFilter(process: NetworkProcess, filter: Filter | true | null): Filter | true;
  processSentinel(process: NetworkProcess): Sentinel;
  setProcessSentinel(process: NetworkProcess, sentinel: Sentinel | null): Sentinel;
  processPlist(process: NetworkProcess): Map<string, unknown>;
  setProcessPlist(process: NetworkProcess, plist: Plist | null): Map<string, unknown>;
  processGet(process: NetworkProcess, key: string): unknown;
  processPut(process: NetworkProcess, key: string, value: unknown): void;
  /**
   * `key` null: `[host, service]`; `true`: every keyword, camelCase, in order; else that keyword's value or null.
   *
   * While it connects: what is known by now. With `noBlock` null until it is open, and when it has ended.
   */
  processContact(process: NetworkProcess, key?: null): [unknown, unknown];
  processContact(process: NetworkProcess, key: true): Record<string, unknown>;
  processContact(process: NetworkProcess, key: string): unknown;
  processContact(process: NetworkProcess, key: true | string | null, noBlock: unknown): unknown;
  processQueryOnExitFlag(process: NetworkProcess): boolean;
  setProcessQueryOnExitFlag(process: NetworkProcess, flag: unknown): unknown;
  /** (ours) Whether the user is asked before it is killed: its flag is set, and it is open, listening or stopped. */
  processAsksOnExit(process: NetworkProcess): boolean;
  processInheritCodingSystemFlag(process: NetworkProcess): boolean;
  setProcessInheritCodingSystemFlag(process: NetworkProcess, flag: unknown): unknown;
  processCodingSystem(process: NetworkProcess): { decode: string | null; encode: string | null };
  /** Names that coding systems go by, without `-unix`, `-dos` and `-mac`; with `baseOnly` without aliases. */
  codingSystemList(baseOnly?: unknown): string[];
  /** All names of a coding system, its own first. Throws `NP_CODING_UNKNOWN`. */
  codingSystemAliases(name: string): string[];
  /** From the next output on. An encoder without line ends writes newlines, `null` is `raw-text-unix` here. */
  setProcessCodingSystem(process: NetworkProcess, decode?: unknown, encode?: unknown): void;
  /**
   * (ours) Decodes anew, by the present coding system, all that a process has received, and puts that text into its
   * buffer, the newest `bufferTextBytes` bytes of traffic at most; nothing is read meanwhile. What others put into the
   * buffer goes, the lines of this program follow the text.
   *
   * Errors: `NP_BUFFER_DEAD`, `NP_BUFFER_SHARED`, `NP_CAPTURE_GONE`, `NP_CAPTURE_FAILED`.
   */
  decodeAgain(process: NetworkProcess): Promise<void>;
  processFilterMultibyteP(process: NetworkProcess): boolean;
  setProcessFilterMultibyte(process: NetworkProcess, flag: unknown): void;

  /** Resolves when the operating system has every byte; waits while connecting. Order is that of the calls. */
  processSendString(process: ProcessDesignator, text: Text): Promise<void>;
  /** The text of `buffer` between two positions. */
  processSendRegion(process: ProcessDesignator, buffer: TextBuffer, start: number, end: number): Promise<void>;
  /** (ours) As `processSendString`, but the bytes go as they are, whatever the coding system. */
  processSendBytes(process: ProcessDesignator, bytes: Uint8Array): Promise<void>;
  /** Shuts the sending half; a datagram process ignores it. */
  processSendEof(process: ProcessDesignator): Promise<void>;

  processDatagramAddress(process: NetworkProcess): NetworkAddress | null;
  /** The address, or null when the process or the address is of another kind, or the process is `connected`. */
  setProcessDatagramAddress(process: NetworkProcess, address: unknown): NetworkAddress | null;
  /**
   * Sets a socket option of a live process, also of a server, and keeps it in the contact. True; null for an unknown
   * option, or one that this computer lacks, with `noError`.
   *
   * Errors: `NP_OPTION_UNKNOWN`, `NP_OPTION_VALUE`, `NP_OPTION_PERMISSION`, `NP_UNSUPPORTED`, `NP_NOT_RUNNING`.
   */
  setNetworkProcessOption(process: NetworkProcess, option: string, value: unknown, noError?: unknown): true | null;

  /**
   * (ours) Every socket option by name, as the system has it now: `true` or `false`, a number, seconds or null of `linger`, a
   * name or null of `bindtodevice`; null for what such a socket has not. Null as a whole without a socket, and where there are no native
   * sockets to ask.
   */
  networkProcessOptions(process: NetworkProcess): Record<string, unknown> | null;

  /** Ends it at once; the sentinel is told `"deleted\n"` before this returns. Does nothing when it has ended. */
  deleteProcess(process: ProcessDesignator): void;
  stopProcess(process: ProcessDesignator): NetworkProcess;
  continueProcess(process: ProcessDesignator): NetworkProcess;
  /** These are for shell connections, and throw `NP_NO_SUBPROCESS` for what has no program. */
  signalProcess(process: ProcessDesignator, signal: unknown): null;
  interruptProcess(process: ProcessDesignator): NetworkProcess;
  killProcess(process: ProcessDesignator): NetworkProcess;
  quitProcess(process: ProcessDesignator): NetworkProcess;
  processRunningChildP(process: ProcessDesignator): never;
  /** Null: no terminal has its size changed. Sizes are 0 to 65535. */
  setProcessWindowSize(process: NetworkProcess, height: number, width: number): null;

  /**
   * Waits until a process gives output to its filter; `null` waits for any of them. Everything goes on meanwhile, as
   * it does without.
   *
   * @param seconds Null: without end for one process, 0 for any. 0 and less: what can be read at once.
   * @param millisec Added to the seconds.
   * @param justThisOne Not nil: the others that there are now are not read meanwhile, and servers do not accept.
   * @returns Whether there was output; false when the time was over, or the process ended first.
   * @see Emacs Lisp manual, "Accepting Output"
   */
  acceptProcessOutput(
    process?: NetworkProcess | null,
    seconds?: number | null,
    millisec?: number | null,
    justThisOne?: unknown,
  ): Promise<boolean>;
  /**
   * Makes an open process once more, from its contact: a client connects to the address that the first one found. Filter,
   * sentinel, query flag and a copy of the property list are those that the first one has now, the coding system is what it
   * was made with; the buffer is shared.
   *
   * @param newName Default: its own; a number `<1>` at its end is left out.
   * @returns Null for one that is not open.
   * Errors: NP_CLONE_NEGOTIATED for one that `openNetworkStream` or `gnutlsNegotiate` negotiated; those of `makeNetworkProcess`.
   */
  cloneProcess(process: NetworkProcess, newName?: string | null): Promise<NetworkProcess | null>;

  /**
   * (ours) The socket is not read until every hold is disposed; the status stays, unlike with `stopProcess`. The system
   * then slows a stream's peer. Datagrams wait in the kernel; without native sockets they are not held back.
   */
  holdReading(process: NetworkProcess): Disposable;
  /**
   * (ours) Writes a line of this program's own into the process's buffer, where the default filter writes, and lists it
   * among the buffer's `notes`. Does nothing without a live buffer.
   */
  insertNote(process: NetworkProcess, line: string): void;

  /** The table of Emacs' `list-processes`, after removing ended processes that are listed still. */
  listProcesses(queryOnly?: unknown): string;
  formatNetworkAddress(address: NetworkAddress | null, omitPort?: unknown): string | null;
  /** Addresses of a host, with port 0; null when there are none, which is reported. `family`: `'ipv4'`, `'ipv6'`. */
  networkLookupAddressInfo(name: string, family?: unknown): Promise<NetworkAddress[] | null>;
  /** Addresses of the interfaces that are up. `full`: with broadcast and mask. `family`: `'ipv4'`, `'ipv6'`. */
  networkInterfaceList(full?: unknown, family?: unknown): NetworkInterface[];
  networkInterfaceInfo(name: string): NetworkInterfaceInfo | null;
  /** Whether `makeNetworkProcess` can do that here: `['type','datagram']`, `['nowait', true]`, `'keepalive'`… */
  featurep(subfeature: string | readonly [string, unknown]): boolean;
  /** (ours) Why it cannot, in one sentence; null when it can. */
  featureProblem(subfeature: string | readonly [string, unknown]): string | null;

  bufferList(): TextBuffer[];
  getBuffer(buffer: BufferDesignator): TextBuffer | null;
  getBufferCreate(buffer: BufferDesignator): TextBuffer;
  /** Deletes the processes of the buffer first. Never asks. */
  killBuffer(buffer: BufferDesignator): void;
  /** The default functions, to be called from one's own. */
  readonly internalDefaultProcessFilter: Filter;
  readonly internalDefaultProcessSentinel: Sentinel;

  /** Ends every process silently, without sentinels, and removes sockets' files. */
  dispose(): void;
}
