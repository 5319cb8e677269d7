import { NetworkProcessError } from '../errors';
import type { Phased } from '../make/deadline';
import type { Said } from '../process/process';
import { isPlainStream, type StreamTransport } from '../transport/transport';
import type { Action, Negotiation } from './negotiation';

/** At most so often what drips in is looked at: else a slow peer would have patterns run for every byte. */
const lookMs = 5;
/** Looking takes at most one part in so many of the time: a slow pattern must not take a program for itself. */
const share = 5;

export interface Conversation {
  readonly stream: StreamTransport;
  readonly said: readonly Said[];
}

/** What a conversation has, beside its negotiation. */
export interface Surroundings {
  readonly phased: Phased;
  readonly stepMs: number;
  /** Encrypts the stream, and judges it. */
  encrypt(stream: StreamTransport): Promise<StreamTransport>;
}

/**
 * Performs what a negotiation says on a connected stream.
 *
 * @returns the stream to go on with, not read, and what was said on it; of an encrypted one what was said under TLS only
 * @throws NP_NEGOTIATION_…, NP_STARTTLS_INJECTION, NP_PATTERN, NP_TLS_…; the reason of `phased`; what a user's function
 *   throws
 */
export async function converse(
  negotiation: Negotiation,
  stream: StreamTransport,
  surroundings: Surroundings,
): Promise<Conversation> {
  let on = stream;
  let said: Said[] = [];
  try {
    for (let action = negotiation.start(); action.kind !== 'done';) {
      if (action.send) await say(negotiation, on, action.send, said, surroundings);
      if (action.kind === 'wait') {
        action = await hear(negotiation, on, said, surroundings);
        continue;
      }
      if (action.kind === 'say') {
        action = negotiation.told();
        continue;
      }
      // What the socket has read already came in clear, too.
      demandSilence(on);
      on = await surroundings.encrypt(on);
      said = [];
      action = negotiation.encrypted();
    }
    return { stream: on, said };
  } catch (error) {
    on.close();
    throw error;
  }
}

function demandSilence(stream: StreamTransport): void {
  if (!isPlainStream(stream) || stream.unread === 0) return;
  const text = 'Text in clear came after the consent to TLS and before the handshake';
  throw new NetworkProcessError('NP_STARTTLS_INJECTION', 'error', [text]);
}

/** Sends; a peer that does not read is not waited for longer than for an answer. */
function say(
  negotiation: Negotiation,
  stream: StreamTransport,
  bytes: Buffer,
  said: Said[],
  { phased, stepMs }: Surroundings,
): Promise<void> {
  if (phased.reason) return Promise.reject(phased.reason);
  return new Promise((resolve, reject) => {
    const off = phased.onEnd(reject);
    phased.phase(stepMs, () => negotiation.tooLate(stepMs));
    // A peer that is gone is heard of in the next step.
    stream.write(bytes, (error) => {
      if (phased.reason) return;
      off();
      phased.phase(null);
      if (!error) said.push({ direction: 'sent', bytes, time: Date.now() });
      resolve();
    });
  });
}

/** Reads until the negotiation knows what to do. */
function hear(
  negotiation: Negotiation,
  stream: StreamTransport,
  said: Said[],
  { phased, stepMs }: Surroundings,
): Promise<Action> {
  return new Promise((resolve, reject) => {
    let waiting: Buffer[] = [];
    let timer: NodeJS.Timeout | null = null;
    let nextLook = 0;
    let isOver = false;
    const over = (): boolean => {
      if (isOver) return false;
      isOver = true;
      if (timer) clearTimeout(timer);
      off();
      phased.phase(null);
      // What comes next is for who goes on.
      stream.setReading(false);
      stream.onData = () => undefined;
      stream.onEnd = null;
      return true;
    };
    const look = (): void => {
      timer = null;
      const began = performance.now();
      const bytes = waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting);
      waiting = [];
      try {
        const action = negotiation.feed(bytes);
        if (action && over()) resolve(action);
      } catch (error) {
        if (over()) reject(error);
      }
      const ended = performance.now();
      nextLook = ended + Math.max(lookMs, (share - 1) * (ended - began));
    };
    const off = phased.onEnd((reason) => {
      if (over()) reject(reason);
    });
    phased.phase(stepMs, () => negotiation.tooLate(stepMs));
    stream.onData = (bytes) => {
      said.push({ direction: 'received', bytes, time: Date.now() });
      waiting.push(bytes);
      const due = nextLook - performance.now();
      if (due <= 0 && !timer) look();
      else timer ??= setTimeout(look, due);
    };
    stream.onEnd = () => {
      if (timer) clearTimeout(timer);
      if (waiting.length > 0 && !isOver) look();
      if (over()) reject(negotiation.closed());
    };
    if (phased.reason) {
      if (over()) reject(phased.reason);
      return;
    }
    stream.setReading(true);
  });
}
