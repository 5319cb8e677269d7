import type { NetworkCoding, Options } from './api';

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
  private clients = 2_000;
  private folder: string | null = null;

  constructor(
    private readonly limitChanged: () => void,
    private readonly folderChanged: () => void,
  ) {}

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
