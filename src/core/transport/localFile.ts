import { chmodSync, fchmodSync, linkSync, lstatSync, statSync, unlinkSync, type BigIntStats } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import { longestPath } from '../address/target';
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
    // Too long for a socket's address: then the path itself, which Node deletes at the end, must do.
    const isShort = Buffer.byteLength(aside) <= longestPath;
    const made = bind(isShort ? aside : this.path);
    if ('errno' in made) return made;
    try {
      chmodSync(isShort ? aside : this.path, this.mode);
      if (isShort) {
        linkSync(aside, this.path);
        unlinkSync(aside);
      }
      this.made = lstatSync(this.path, { bigint: true });
      ours.add(identity(this.made));
    } catch (error) {
      (made as unknown as { close(): void }).close();
      const { code, errno } = error as NodeJS.ErrnoException;
      return { doing: 'bind', errno: code === 'EEXIST' ? inUse() : (errno ?? 0) };
    }
    return made;
  }

  /**
   * Binds at the path itself: for native sockets, which remove nothing, and whose name others are told. On Linux the file
   * has the permissions of the socket, so that nobody can connect before they are set.
   *
   * @param fd The socket's.
   * @param bind Throws when it fails.
   */
  publishHere(fd: number, bind: () => void): void {
    if (!isFile(this.path)) return bind();
    if (process.platform === 'linux') fchmodSync(fd, this.mode);
    bind();
    // Those that the program's umask took away.
    chmodSync(this.path, this.mode);
    this.made = lstatSync(this.path, { bigint: true });
    ours.add(identity(this.made));
  }

  /** Removes the file, unless another stands there now. */
  remove(): void {
    const { made } = this;
    if (!made) return;
    this.made = null;
    ours.delete(identity(made));
    const now = this.keep ? null : stat(this.path);
    if (now && identity(now) === identity(made)) unlinkSync(this.path);
  }
}

/** The files of the servers in this program, whatever they are called by. */
const ours = new Set<string>();

function identity(file: BigIntStats): string {
  return `${file.dev}:${file.ino}`;
}

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
  if (!isFile(path)) return;
  const file = stat(path);
  // To look whether somebody listens is to connect: a server of this program would take it for a client.
  if (!file?.isSocket() || ours.has(identity(file)) || file.uid !== BigInt(process.getuid?.() ?? -1)) return;
  if (!(await isRefused(path))) return;
  const still = stat(path);
  if (still && identity(still) === identity(file)) unlinkSync(path);
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
