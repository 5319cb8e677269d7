/** The core's only door: what the UI, the tests and other programs may import. Plain Node, no `vscode`. */
export type * from './api';
export { NetworkProcessError, hints, isNetworkProcessError } from './errors';
export type { ErrorCode, Condition } from './errors';
export { inetVector, isLoopback } from './address/address';
export { TextDecoder } from './coding/textDecoder';
export { createNetworkProcesses } from './networkProcesses';
