import { setImmediate, setTimeout } from 'node:timers/promises';
import { isNetworkProcessError } from '../../core';

/** A piece of something large, and how it is sent. */
export interface Piece {
  /** In the unit of the whole: bytes, or characters. */
  readonly size: number;
  /** Bytes that go out, at most. */
  readonly bytes: number;
  /** Settles when the system has taken it. */
  send(): Promise<void>;
}

/** Bytes that may wait at once, unless one piece alone is more. */
const mostWaiting = 1024 * 1024;

/** Others' sends may fill the queue, and nobody tells when they have gone. */
const retryMs = 20;

/** Sends pieces one after another, few at a time: what a peer does not read stays where it comes from. */
export class Pump {
  /** Taken by the system. */
  taken = 0;
  /** Handed over and not taken yet. */
  waiting = 0;
  private waitingBytes = 0;
  private failure: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;

  /**
   * Resolves when every piece is taken. While the process's queue is full, a piece is tried again. What waits when it is aborted can't be called back, and is not waited for.
   *
   * @throws what sending the first failing piece threw; pieces after it are not asked for.
   */
  async run(pieces: AsyncIterable<Piece>, signal: AbortSignal): Promise<'sent' | 'cancelled'> {
    const onAbort = (): void => this.wake();
    signal.addEventListener('abort', onAbort);
    try {
      for await (const piece of pieces) {
        await this.until(() => this.waiting === 0 || this.waitingBytes + piece.bytes <= mostWaiting, signal);
        if (!(await this.hand(piece, signal))) return 'cancelled';
      }
      await this.until(() => this.waiting === 0, signal);
      return signal.aborted && this.waiting > 0 ? 'cancelled' : 'sent';
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Whether the piece was handed over; false when it was aborted before. */
  private async hand(piece: Piece, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.offer(piece)) return true;
      await setTimeout(retryMs, undefined, { signal }).catch(() => undefined);
      if (this.failure) throw this.failure.error;
    }
    return false;
  }

  /** Hands a piece over; false when the queue has no room for it now. */
  private async offer({ size, bytes, send }: Piece): Promise<boolean> {
    let isOffered = true;
    let isRefused = false;
    this.waiting += size;
    this.waitingBytes += bytes;
    const settled = (taken: number): void => {
      this.waiting -= size;
      this.waitingBytes -= bytes;
      this.taken += taken;
      this.wake();
    };
    send().then(
      () => settled(size),
      (error: unknown) => {
        isRefused = isOffered && isQueueFull(error);
        if (!isRefused) this.failure ??= { error };
        settled(0);
      },
    );
    // A refusal comes at once, and the next piece must not overtake this one.
    await setImmediate();
    isOffered = false;
    return !isRefused;
  }

  private async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!this.failure && !signal.aborted && !holds()) await new Promise<void>((resolve) => (this.wake = resolve));
    if (this.failure) throw this.failure.error;
  }
}

function isQueueFull(error: unknown): boolean {
  return isNetworkProcessError(error) && error.code === 'NP_SEND_QUEUE_FULL';
}
