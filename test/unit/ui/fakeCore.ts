import type {
  ByteLog,
  Disposable,
  Event,
  NetworkProcess,
  PeerStatus,
  ProcessChange,
  ProcessDesignator,
  ProcessStatus,
  TextBuffer,
} from '../../../src/core';

/** A process that is whatever a test says. */
export interface FakeProcess extends NetworkProcess {
  name: string;
  status: ProcessStatus;
  isServer: boolean;
  isDatagram: boolean;
  server: NetworkProcess | null;
  buffer: TextBuffer | null;
  traffic: NetworkProcess['traffic'];
  times: { created: number; opened: number | null; ended: number | null };
  lastMessage: string | null;
  sentEof: boolean;
  clients: { count: number; atLimit: boolean };
  encryption: string | null;
  lastPeerStatus: PeerStatus | null;
  isNegotiated: boolean;
  starttls: string | null;
  /** Of a shell connection. */
  command?: readonly string[];
  exitStatus?: number;
  contact: Record<string, unknown>;
  peer: readonly number[] | null;
  /** As the system has them; null where it can't be asked. */
  options?: Record<string, unknown> | null;
}

class Source<T> {
  private readonly listeners = new Set<(e: T) => unknown>();
  readonly event: Event<T> = (listener): Disposable => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(e: T): void {
    for (const listener of this.listeners) listener(e);
  }
  get size(): number {
    return this.listeners.size;
  }
}

/** The part of the core that rows read, moved by hand. */
export class FakeCore {
  readonly changes = new Source<ProcessChange>();
  readonly kills = new Source<TextBuffer>();
  readonly onDidChangeProcess = this.changes.event;
  readonly onDidKillBuffer = this.kills.event;
  readonly internalDefaultProcessFilter = (): void => undefined;
  private lastId = 0;

  /** A process that is registered and says so. */
  add(facts: Partial<FakeProcess> = {}): FakeProcess {
    const process = this.make(facts);
    this.tell(process, 'added');
    return process;
  }

  make(facts: Partial<FakeProcess> = {}): FakeProcess {
    const id = ++this.lastId;
    return {
      id,
      name: `p${id}`,
      status: 'open',
      isServer: false,
      isDatagram: facts.socketType === 'datagram',
      socketType: 'stream',
      server: null,
      buffer: null,
      plist: new Map(),
      traffic: traffic(),
      byteLog: emptyLog(),
      times: { created: 0, opened: 1, ended: null },
      lastMessage: null,
      failure: null,
      sentEof: false,
      clients: { count: 0, atLimit: false },
      encryption: null,
      lastPeerStatus: null,
      isNegotiated: false,
      starttls: null,
      contact: { name: facts.name ?? `p${id}` },
      peer: null,
      ...facts,
    };
  }

  /** Ends a process as the core does. */
  end(process: FakeProcess, message = 'connection broken by remote peer\n'): void {
    process.status = 'closed';
    process.times.ended = 2;
    process.lastMessage = message;
    this.tell(process, 'removed');
  }

  tell(process: FakeProcess, kind: ProcessChange['kind']): void {
    this.changes.fire({ process, kind });
  }

  processContact(process: NetworkProcess, key?: null): [unknown, unknown];
  processContact(process: NetworkProcess, key: true): Record<string, unknown>;
  processContact(process: NetworkProcess, key: string): unknown;
  processContact(process: NetworkProcess, key?: string | true | null): unknown {
    const { contact } = process as FakeProcess;
    if (key === true) return contact;
    return key ? (contact[key] ?? null) : [contact['host'], contact['service']];
  }

  processDatagramAddress = (process: NetworkProcess): readonly number[] | null => (process as FakeProcess).peer;
  processType = (process: ProcessDesignator): 'network' | 'real' =>
    (process as FakeProcess).command ? 'real' : 'network';
  processCommand = (process: NetworkProcess): readonly string[] | true | null =>
    (process as FakeProcess).command ?? (process.status === 'stop' ? true : null);
  processExitStatus = (process: NetworkProcess): number => (process as FakeProcess).exitStatus ?? 0;
  processPlist = (process: NetworkProcess): Map<string, unknown> => process.plist;
  processCodingSystem = (): { decode: string | null; encode: string | null } => ({
    decode: 'utf-8-unix',
    encode: null,
  });
  processFilter = (process: NetworkProcess): (() => void) =>
    ((process as FakeProcess).contact['filter'] as () => void) ?? this.internalDefaultProcessFilter;
  processSentinel = (): (() => void) => noSentinel;
  processQueryOnExitFlag = (): boolean => true;
  networkProcessOptions = (process: NetworkProcess): Record<string, unknown> | null =>
    (process as FakeProcess).options ?? null;
  featureProblem = (): string | null => this.missing;
  /** Why there are no native sockets. */
  missing: string | null = null;
}

export const noSentinel = (): void => undefined;

export function traffic(facts: Partial<NetworkProcess['traffic']> = {}): NetworkProcess['traffic'] {
  return {
    bytesReceived: 0,
    bytesSent: 0,
    messagesReceived: 0,
    messagesSent: 0,
    bytesQueued: 0,
    bytesLost: 0,
    emptyDatagrams: 0,
    datagramsDropped: 0,
    ...facts,
  };
}

/** A buffer as far as rows look at it. */
export function fakeBuffer(name: string): TextBuffer & { live: boolean } {
  return { name, live: true, pointMin: 1 } as TextBuffer & { live: boolean };
}

/** Fills in the values as `vscode.l10n.t` does. */
export function translate(message: string, ...values: (string | number)[]): string {
  return message.replace(/\{(\d+)\}/g, (_, i) => String(values[Number(i)]));
}

function emptyLog(): ByteLog {
  const read = (): Promise<Uint8Array> => Promise.resolve(new Uint8Array(0));
  const entries = async function* (): AsyncGenerator<never> {};
  const capture = {
    state: 'off' as const,
    size: 0,
    bytes: { received: 0, sent: 0 },
    error: null,
    read,
    entries,
    discard: () => undefined,
  };
  return { entries: [], bytesDropped: 0, size: 0, capture, onDidAppend: () => ({ dispose: () => undefined }) };
}
