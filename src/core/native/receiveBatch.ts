import { again } from '../transport/systemError';
import type { Batch, NativeSocket } from './addon';

/** Messages of one call: with more, sender and receiver would wait for one another instead of working side by side. */
const messages = 4;

/** Calls for one turn of the event loop: other sockets are to get theirs. */
const callsAtOnce = 16;

/** Bytes of an address at most, `sockaddr_storage`. */
const addressBytes = 128;

const slabBytes = 512 * 1024;

/** Made when the first message comes, and shared: what it holds is handed on before the next call. */
let shared: Batch | null = null;

/** One message: its bytes, whole unless `size` is larger, and its sender, read from the address where there is one. */
export type OnMessage<Sender> = (bytes: Buffer, size: number, sender: Sender) => void;

/**
 * Hands on what has come, in order; copies, for they are kept.
 *
 * @param goesOn Whether more is wanted, after each few.
 * @param senderOf Reads an address, which it must not keep.
 * @returns 0, or the negative number of an error other than -EAGAIN.
 */
export function receiveAll<Sender>(
  socket: NativeSocket,
  goesOn: () => boolean,
  senderOf: (address: Uint8Array) => Sender,
  onMessage: OnMessage<Sender>,
): number {
  for (let left = callsAtOnce; left > 0 && goesOn(); left--) {
    const count = receiveBatch(socket, senderOf, onMessage);
    if (count < 0) return count === again ? 0 : count;
    if (count < messages) return 0;
  }
  return 0;
}

function receiveBatch<Sender>(
  socket: NativeSocket,
  senderOf: (address: Uint8Array) => Sender,
  onMessage: OnMessage<Sender>,
): number {
  const batch = (shared ??= {
    lengths: new Int32Array(messages),
    sizes: new Int32Array(messages),
    slab: new Uint8Array(slabBytes),
    long: null,
    from: new Uint8Array(messages * addressBytes),
    fromLengths: new Int32Array(messages),
  });
  const count = socket.receive(batch);
  // What is done with a message must not disturb the others: a filter may receive from another socket.
  const found: [Buffer, number, Sender][] = [];
  for (let i = 0, at = 0; i < count; i++) {
    const length = batch.lengths[i]!;
    const isLong = i === count - 1 && batch.long !== null;
    const bytes = isLong ? Buffer.from(batch.long!) : Buffer.from(batch.slab.subarray(at, at + length));
    const start = i * addressBytes;
    const sender = senderOf(batch.from!.subarray(start, start + batch.fromLengths![i]!));
    found.push([bytes, batch.sizes[i]!, sender]);
    at += length;
  }
  batch.long = null;
  for (const message of found) onMessage(...message);
  return count;
}
