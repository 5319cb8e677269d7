import type { NetworkAddress } from '../api';

/** What waits to be delivered, in order: bytes of a stream, one packet of a connection, one datagram, or the end. */
export type Arrival =
  | { readonly kind: 'stream' | 'packet'; readonly bytes: Buffer }
  | { readonly kind: 'datagram'; readonly bytes: Buffer; readonly peer: NetworkAddress }
  | { readonly kind: 'end'; readonly error: unknown };

export interface DeliveryPort {
  /** False while stopped, or while the filter is `true`. */
  ready(): boolean;
  /** Bytes of a stream passed on at once. */
  pieceBytes(): number;
  /** Delivers one piece; nothing more is delivered until a returned promise settles. It never rejects. */
  deliver(arrival: Arrival): Promise<unknown> | undefined;
  /** Whether anything waits: then the socket should not be read. */
  backlogged(waiting: boolean): void;
}

/**
 * The serial queue between a socket and a process: bytes, then filter, then sentinel; calls of one process never
 * overlap, whatever a filter does.
 */
export class Delivery {
  private waiting: Arrival[] = [];
  private busy = false;
  private holds = 0;

  constructor(private readonly port: DeliveryPort) {}

  /** Arrivals that wait. */
  get length(): number {
    return this.waiting.length;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.waiting.reduce((sum, arrival) => sum + (arrival.kind === 'end' ? 0 : arrival.bytes.length), 0);
  }

  push(arrival: Arrival): void {
    this.waiting.push(arrival);
    this.run();
  }

  /** Delivers what waits, as far as the process is ready. */
  run(): void {
    if (this.busy) return;
    this.busy = true;
    while (this.waiting.length && this.holds === 0 && this.port.ready()) {
      const pending = this.port.deliver(this.next());
      if (pending) this.hold(pending);
    }
    this.busy = false;
    this.port.backlogged(this.waiting.length > 0 || this.holds > 0);
  }

  /** Delivers nothing more until the promise settles. */
  hold(promise: Promise<unknown>): void {
    this.holds += 1;
    const release = (): void => {
      this.holds -= 1;
      this.run();
    };
    promise.then(release, release);
  }

  clear(): void {
    this.waiting = [];
  }

  private next(): Arrival {
    const arrival = this.waiting[0]!;
    const most = this.port.pieceBytes();
    if (arrival.kind !== 'stream' || arrival.bytes.length <= most) {
      this.waiting.shift();
      return arrival;
    }
    this.waiting[0] = { kind: 'stream', bytes: arrival.bytes.subarray(most) };
    return { kind: 'stream', bytes: arrival.bytes.subarray(0, most) };
  }
}
