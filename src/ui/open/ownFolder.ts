/** Where socket files lie whose path is our own choice: a folder that only the user may enter. */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** A path that nobody has, in a folder that may have to be made. */
export function freeSocketPath(): string {
  const path = (n: number): string => join(ownFolder(), n === 1 ? 'server.sock' : `server-${n}.sock`);
  let n = 1;
  while (existsSync(path(n))) n++;
  return path(n);
}

/** Makes the folder if the path lies in it. */
export function makeOwnFolder(path: string): void {
  if (dirname(path) === ownFolder()) mkdirSync(ownFolder(), { recursive: true, mode: 0o700 });
}

function ownFolder(): string {
  const runtime = process.env.XDG_RUNTIME_DIR;
  return runtime && existsSync(runtime) ? runtime : join(homedir(), '.network-processes');
}
