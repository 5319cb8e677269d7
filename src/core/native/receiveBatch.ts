import type { Batch, NativeSocket } from './addon';

/** Messages of one call: enough to make the call cheap, few enough that other sockets get their turn. */
const messages = 64;

/** Bytes of an address at most, `sockaddr_storage`. */
const addressBytes = 128;

const slabBytes = 512 * 1024;

/** Made when the first message comes, and shared: what it holds is handed on before the next call. */
let shared: Batch | null = null;

/** One message: its bytes, whole unless `size` is larger, and the sender's address where there is one. */
export type OnMessage = (bytes: Buffer, size: number, from: Uint8Array) => void;

/**
 * Hands on what has come, in order; copies, for they are kept.
 *
 * @returns Messages taken, or a negative error number when there were none.
 */
export function receiveBatch(socket: NativeSocket, onMessage: OnMessage): number {
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
  const found: [Buffer, number, Uint8Array][] = [];
  for (let i = 0, at = 0; i < count; i++) {
    const length = batch.lengths[i]!;
    const isLong = i === count - 1 && batch.long !== null;
    const bytes = isLong ? Buffer.from(batch.long!) : Buffer.from(batch.slab.subarray(at, at + length));
    const start = i * addressBytes;
    found.push([bytes, batch.sizes[i]!, batch.from!.slice(start, start + batch.fromLengths![i]!)]);
    at += length;
  }
  batch.long = null;
  for (const message of found) onMessage(...message);
  return count;
}
