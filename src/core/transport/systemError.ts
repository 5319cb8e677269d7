import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** What was done when the system said no. */
export type Step = 'socket' | 'bind' | 'listen' | 'connect';

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** What a socket answers that has nothing, or no room, at the moment. It happens often: no error is made of it. */
export const again = -constants.errno.EAGAIN;

/** The name of a negative error number, of the system's or of libuv's: `EADDRINUSE`. */
export function systemName(errno: number): string {
  return getSystemErrorMap().get(errno)?.[0] ?? names.get(-errno) ?? 'EIO';
}

/** A negative error number as an error with its name as `code`. */
export function systemError(errno: number): Error & { readonly code: string } {
  const code = systemName(errno);
  return Object.assign(new Error(code), { code });
}

/** A step of making a socket that failed, and the name of the system's error. */
export class SocketError extends Error {
  constructor(
    readonly step: Step,
    readonly code: string,
  ) {
    super(`${step} ${code}`);
  }
}
