/**
 * What takes part only once something is encrypted or opened by `openNetworkStream`, bundled to a file of its own: see
 * loadParts.ts. It has copies of the small modules that it shares with the rest: nothing may depend on a class or a
 * variable of theirs being the same on both sides.
 */
export { Encryption } from '../make/encryption';
export { tlsCapabilities } from '../tls/capabilities';
export { warningTexts } from '../tls/peerStatus';
export { throwawayCertificate } from '../tls/throwaway';
export { bootParameters } from '../tls/tlsParameters';
export { checkNames } from '../trust/checks';
export { dialogs } from './dialogs';
export { servedNames } from './servedDialogs';
export { StreamOpener } from './openNetworkStream';
