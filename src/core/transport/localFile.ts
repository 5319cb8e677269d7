import { chmodSync, linkSync, lstatSync, statSync, unlinkSync, type BigIntStats } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import type { HandleFailure } from './listenHandle';

/** Names on Linux that are no files: they begin with a NUL. Windows has pipes. Both need no care of ours. */
function isFile(path: string): boolean {
  return process.platform !== 'win32' && !path.startsWith('\0');
}

/**
 * The file of a local server's socket. It appears complete, with its permissions, and only if nothing was there;
 * it is removed only while it is the very file that we made.
 */
export class LocalFile {
  private made: BigIntStats | null = null;

  /**
   * @param mode Permission bits.
   * @param keep Leaves the file when the server ends, as Emacs does.
   */
  constructor(
    readonly path: string,
    private readonly mode: number,
    private readonly keep: boolean,
  ) {}

  /**
   * Binds beside the path and links the socket into place: Node would otherwise delete, at the end, whatever stands at
   * the path by then, and others could connect before the permissions are set.
   */
  publish<T extends object>(bind: (path: string) => T | HandleFailure): T | HandleFailure {
    if (!isFile(this.path)) return bind(this.path);
    // libuv would call a missing folder a lack of permission.
    const missing = folderError(dirname(this.path));
    if (missing) return { doing: 'bind', errno: missing };
    const aside = join(dirname(this.path), `.${process.pid.toString(36)}${Math.random().toString(36).slice(2, 6)}`);
    const made = bind(aside);
    if ('errno' in made) return made;
    try {
      chmodSync(aside, this.mode);
      linkSync(aside, this.path);
      this.made = lstatSync(this.path, { bigint: true });
      unlinkSync(aside);
      ours.add(this.path);
    } catch (error) {
      (made as unknown as { close(): void }).close();
      const { code, errno } = error as NodeJS.ErrnoException;
      return { doing: 'bind', errno: code === 'EEXIST' ? inUse() : (errno ?? 0) };
    }
    return made;
  }

  /** Removes the file, unless another stands there now. */
  remove(): void {
    ours.delete(this.path);
    if (!this.made || this.keep) return;
    const now = stat(this.path);
    if (now && now.ino === this.made.ino && now.dev === this.made.dev) unlinkSync(this.path);
    this.made = null;
  }
}

/** Paths of the servers in this program. */
const ours = new Set<string>();

function folderError(folder: string): number {
  try {
    statSync(folder);
    return 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).errno ?? 0;
  }
}

function inUse(): number {
  return process.platform === 'darwin' ? -48 : -98;
}

function stat(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    // Gone already: nothing to look at.
    return null;
  }
}

/**
 * Removes a socket file that a server left behind: only a socket, only ours, and only when nobody listens there.
 * Links are not followed and other files never touched.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  // To look whether somebody listens is to connect: a server of this program would take it for a client.
  if (!isFile(path) || ours.has(path)) return;
  const file = stat(path);
  if (!file?.isSocket() || file.uid !== BigInt(process.getuid?.() ?? -1)) return;
  if (!(await isRefused(path))) return;
  const still = stat(path);
  if (still?.isSocket() && still.ino === file.ino && still.dev === file.dev) unlinkSync(path);
}

function isRefused(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection({ path });
    const done = (refused: boolean) => (): void => {
      probe.destroy();
      resolve(refused);
    };
    probe.on('connect', done(false));
    probe.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED')());
  });
}
