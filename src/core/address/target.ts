import { endpoint, type InetAddress } from './address';

/** The longest path in a `sockaddr_un`, in bytes, its final NUL not counted. */
export const longestPath = process.platform === 'darwin' ? 103 : 107;

/** An address that every system has a name for. */
export type SocketAddress = InetAddress | { readonly path: string };

/** An address in the system's own bytes: what follows the family. */
export interface RawAddress {
  readonly rawFamily: number;
  readonly bytes: readonly number[];
}

/** What a socket is bound or connected to. */
export type Target = SocketAddress | RawAddress;

/** An address for people: `127.0.0.1:80`, a path. */
export function targetText(target: Target): string {
  if ('rawFamily' in target) return `<Family ${target.rawFamily}>`;
  return 'path' in target ? target.path : endpoint(target.host, target.port);
}
