/** Where socket files lie whose path is our own choice: a folder that only the user may enter. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { NetworkProcessError } from '../../core';

/** Bytes that leave room for a file name in a socket's address. */
const longestFolder = 80;

/** A path that nobody has, in a folder that may have to be made. */
export function freeSocketPath(): string {
  const path = (n: number): string => join(ownFolder(), n === 1 ? 'server.sock' : `server-${n}.sock`);
  let n = 1;
  while (existsSync(path(n))) n++;
  return path(n);
}

/**
 * Makes the folder, for the user only, if the path lies in it.
 *
 * @throws NP_LISTEN_PERMISSION when it cannot be made
 */
export function makeOwnFolder(path: string): void {
  const folder = ownFolder();
  if (dirname(path) !== folder) return;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (cause) {
    const data = ['Cannot make the folder of the socket', (cause as Error).message];
    throw new NetworkProcessError('NP_LISTEN_PERMISSION', 'file-error', data, folder, { cause });
  }
}

/** In the user's runtime folder, else at home, else, where that makes a path too long, in the temporary folder. */
function ownFolder(): string {
  const runtime = process.env.XDG_RUNTIME_DIR;
  const folder =
    runtime && existsSync(runtime) ? join(runtime, 'network-processes') : join(homedir(), '.network-processes');
  if (Buffer.byteLength(folder) <= longestFolder) return folder;
  return join(tmpdir(), `network-processes-${userInfo().uid}`);
}
