import { NetworkProcessError } from '../errors';

interface Waiting {
  /** None stand for the end of file. */
  readonly bytes: Uint8Array;
  /** Bytes that the operating system has not taken. */
  left: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What a process was asked to send and the operating system has not taken: first while connecting, then while the
 * socket's own queue is full. Order is that of the calls.
 */
export class SendQueue {
  private beforeOpen: Waiting[] = [];
  private readonly underway = new Set<Waiting>();
  private bytes = 0;

  /** Bytes not taken yet. */
  get queued(): number {
    return this.bytes;
  }

  /**
   * Bytes for later, or for `write` at once.
   *
   * @param limit Bytes that may wait; an empty queue takes any one send.
   * @param write Hands bytes to the socket; null while there is none.
   * @throws NP_SEND_QUEUE_FULL
   */
  send(name: string, bytes: Uint8Array, limit: number, write: Write | null): Promise<void> {
    if (this.bytes > 0 && this.bytes + bytes.length > limit) {
      const text = `Send queue of process ${name} is full: ${this.bytes} of ${limit} bytes wait`;
      return Promise.reject(new NetworkProcessError('NP_SEND_QUEUE_FULL', 'error', [text]));
    }
    return this.add(bytes, write);
  }

  /** The end of file, after everything before it. Resolves when the operating system has it. */
  sendEof(write: Write | null): Promise<void> {
    return this.add(new Uint8Array(0), write);
  }

  private add(bytes: Uint8Array, write: Write | null): Promise<void> {
    this.bytes += bytes.length;
    return new Promise((resolve, reject) => {
      const waiting = { bytes, left: bytes.length, resolve, reject };
      if (write) this.hand(waiting, write);
      else this.beforeOpen.push(waiting);
    });
  }

  /** The socket is there: sends what waited for it. */
  open(write: Write): void {
    const waited = this.beforeOpen;
    this.beforeOpen = [];
    for (const waiting of waited) this.hand(waiting, write);
  }

  /** The process is over: what was not taken is lost, and its senders are told. */
  fail(error: (bytes: number) => unknown): void {
    if (this.underway.size + this.beforeOpen.length === 0) return;
    const lost = [...this.underway, ...this.beforeOpen];
    this.beforeOpen = [];
    this.underway.clear();
    this.bytes = 0;
    for (const waiting of lost) {
      // It was taken, and only the answer waited.
      if (waiting.left === 0 && waiting.bytes.length > 0) waiting.resolve();
      else waiting.reject(error(waiting.left));
    }
  }

  private hand(waiting: Waiting, write: Write): void {
    const took = (bytes: number): void => {
      if (!this.underway.has(waiting)) return;
      waiting.left -= bytes;
      this.bytes -= bytes;
    };
    const done = (error: unknown): void => {
      if (!this.underway.delete(waiting)) return;
      this.bytes -= waiting.left;
      if (error) waiting.reject(error);
      else waiting.resolve();
    };
    this.underway.add(waiting);
    try {
      write(waiting.bytes, took, done);
    } catch (error) {
      done(error);
    }
  }
}

/**
 * Hands bytes, or with none the end of file, to a socket. `took` is told how many were taken, as often as some are;
 * `done` that all are, or why not.
 */
export type Write = (bytes: Uint8Array, took: (bytes: number) => void, done: (error: unknown) => void) => void;
