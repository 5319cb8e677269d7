import { constants } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Never through a link, and never a file that somebody else put there. */
const noFollow = constants.O_NOFOLLOW ?? 0;

/**
 * A file that only grows. It is open only while it is written or read: thousands of processes must not hold thousands
 * of descriptors.
 */
export class CaptureFile {
  private made = false;
  private written = 0;

  constructor(private readonly path: string) {}

  /** Bytes that are safely in it. */
  get size(): number {
    return this.written;
  }

  /** Puts chunks behind what is there. Rejects with the system's error; `size` then stays what it was. */
  async append(chunks: readonly Uint8Array[]): Promise<void> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (bytes === 0) return;
    // Made once only: one that was taken away must not begin again in the middle.
    const create = this.made ? 0 : constants.O_CREAT | constants.O_EXCL;
    if (!this.made) await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const file = await open(this.path, constants.O_WRONLY | noFollow | create, 0o600);
    this.made = true;
    try {
      let at = this.written;
      for (let rest = chunks; rest.length > 0;) {
        const { bytesWritten } = await file.writev(rest, at);
        at += bytesWritten;
        rest = dropBytes(rest, bytesWritten);
      }
    } finally {
      await file.close();
    }
    this.written += bytes;
  }

  /** Removes it, if it is there and may be removed; what can't be goes with its folder. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true }).catch(() => undefined);
  }

  /** The bytes from `start` to before `end`, as far as any were put there. Rejects when they are not there any more. */
  async read(start: number, end: number): Promise<Buffer> {
    const wanted = Math.min(end, this.written) - start;
    if (wanted <= 0) return Buffer.alloc(0);
    const bytes = Buffer.allocUnsafe(wanted);
    const file = await open(this.path, constants.O_RDONLY | noFollow);
    try {
      let have = 0;
      while (have < wanted) {
        const { bytesRead } = await file.read(bytes, have, wanted - have, start + have);
        if (bytesRead === 0) throw Object.assign(new Error(`${this.path} became shorter`), { code: 'EIO' });
        have += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  }
}

/** What remains of chunks when their first `count` bytes are gone. */
function dropBytes(chunks: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let from = 0;
  let left = count;
  while (from < chunks.length && left >= chunks[from]!.length) left -= chunks[from++]!.length;
  if (left === 0) return chunks.slice(from);
  return [chunks[from]!.subarray(left), ...chunks.slice(from + 1)];
}
