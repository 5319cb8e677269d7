import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Piece } from './pump';

/** Bytes read at once. */
const pieceBytes = 256 * 1024;

/** A file that is to be sent: as many bytes as it had when it was opened. */
export class SourceFile {
  private constructor(
    private readonly file: FileHandle,
    /** Bytes. */
    readonly size: number,
  ) {}

  /**
   * @returns null when there is no ordinary file there but a folder, a pipe, a device.
   * @throws the system's error.
   */
  static async open(path: string): Promise<SourceFile | null> {
    // A pipe would keep the open waiting for somebody who writes.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const info = await file.stat().catch(() => null);
    if (info?.isFile()) return new SourceFile(file, info.size);
    await file.close();
    return null;
  }

  /**
   * Its bytes in order, each piece in memory of its own only while it is sent.
   *
   * @throws the system's error; `shrunk` makes the one for a file that has become shorter meanwhile.
   */
  async *pieces(send: (bytes: Uint8Array) => Promise<void>, shrunk: () => Error): AsyncGenerator<Piece> {
    for (let at = 0; at < this.size;) {
      const bytes = await this.read(at, Math.min(pieceBytes, this.size - at));
      if (bytes.length === 0) throw shrunk();
      yield { size: bytes.length, bytes: bytes.length, send: () => send(bytes) };
      at += bytes.length;
    }
  }

  /** Up to `length` bytes from a position on. */
  async read(at: number, length: number): Promise<Uint8Array> {
    const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(length), 0, length, at);
    return buffer.subarray(0, bytesRead);
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
