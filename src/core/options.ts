import type { NetworkCoding, Options, SecurityLevel, TrustStore } from './api';

const MiB = 1024 * 1024;

/**
 * The options with their defaults. A new limit of clients counts at once: a server may be waiting for it. So does a new
 * folder: what is left over in it goes.
 */
export class LiveOptions implements Options {
  readProcessOutputMax = 4096;
  connectTimeoutMs = 30_000;
  sendQueueBytes = 16 * MiB;
  bufferTextBytes = 32 * MiB;
  byteLogBytes = MiB;
  defaultCoding = { decode: 'undecided-unix', encode: 'utf-8-unix' };
  codingSystemForRead: string | null = null;
  codingSystemForWrite: string | null = null;
  networkCodingSystemAlist: readonly NetworkCoding[] = [];
  inheritProcessCodingSystem = false;
  deleteExitedProcesses = true;
  captureBytes = 1024 * MiB;
  captureTotalBytes = 4096 * MiB;
  handshakeTimeoutMs = 15_000;
  negotiationTimeoutMs = 30_000;
  negotiationBytes = MiB;
  patternTimeoutMs = 250;
  networkSecurityLevel: SecurityLevel = 'medium';
  trustQuestion: Options['trustQuestion'] = null;
  trustLocalNetwork: Options['trustLocalNetwork'] = false;
  trustFiles: readonly string[] | null = null;
  crlFiles: readonly string[] = [];
  gnutlsAlgorithmPriority: string | null = null;
  gnutlsMinPrimeBits: number | null = null;
  gnutlsVerifyError: Options['gnutlsVerifyError'] = null;
  useClientCertificates = false;
  clientCertificateFor: Options['clientCertificateFor'] = null;
  shellFileName = process.platform === 'win32' ? 'cmd.exe' : '/bin/sh';
  private clients = 2_000;
  private folder: string | null = null;
  /** Private at run time too, like what changes it: other programs may have a proxy of the options without the store. */
  #store: TrustStore | null = null;
  readonly #storeChanged: (store: TrustStore | null) => void;

  constructor(
    private readonly limitChanged: () => void,
    private readonly folderChanged: () => void,
    storeChanged: (store: TrustStore | null) => void,
  ) {
    this.#storeChanged = storeChanged;
  }

  get trustStore(): TrustStore | null {
    return this.#store;
  }

  set trustStore(store: TrustStore | null) {
    this.#store = store;
    this.#storeChanged(store);
  }

  get captureFolder(): string | null {
    return this.folder;
  }

  set captureFolder(folder: string | null) {
    this.folder = folder;
    this.folderChanged();
  }

  get maxClients(): number {
    return this.clients;
  }

  set maxClients(clients: number) {
    this.clients = clients;
    this.limitChanged();
  }
}
