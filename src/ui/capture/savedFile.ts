import { randomUUID } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';

/** What is written at once. */
const writeBytes = 256 * 1024;

/** The file, not what was to be in it, was the trouble; `message` is the system's reason alone. */
export class NotWritten extends Error {
  constructor(cause: unknown) {
    const text = cause instanceof Error ? cause.message : String(cause);
    // Node's "CODE: reason, call 'path'" names the file beside its place, which the user never chose.
    super(/^[A-Z0-9]+: ([^,]+)/.exec(text)?.[1] ?? text, { cause });
  }
}

/**
 * Writes a file that is there as a whole or not at all: beside its place first, then moved there. Traffic may hold
 * secrets, so it is the user's alone.
 *
 * @returns its bytes; null when it was aborted.
 * @throws NotWritten for what the system threw, and what `contents` threw; nothing is left then.
 */
export async function saveFile(
  path: string,
  contents: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<number | null> {
  const partial = `${path}.${randomUUID().slice(0, 8)}.part`;
  const file = await open(partial, 'wx', 0o600).catch(notWritten);
  let isDone = false;
  try {
    const size = await write(file, contents, signal);
    if (size === null) return null;
    await file.sync().catch(notWritten);
    await file.close().catch(notWritten);
    await rename(partial, path).catch(notWritten);
    isDone = true;
    return size;
  } finally {
    if (!isDone) {
      await file.close().catch(() => undefined);
      await rm(partial, { force: true });
    }
  }
}

async function write(
  file: FileHandle,
  contents: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<number | null> {
  let size = 0;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const flush = async (): Promise<void> => {
    await file.appendFile(Buffer.concat(held)).catch(notWritten);
    size += heldBytes;
    held = [];
    heldBytes = 0;
  };
  for await (const bytes of contents) {
    if (signal.aborted) return null;
    held.push(bytes);
    heldBytes += bytes.length;
    if (heldBytes >= writeBytes) await flush();
  }
  await flush();
  return signal.aborted ? null : size;
}

function notWritten(cause: unknown): never {
  throw new NotWritten(cause);
}
