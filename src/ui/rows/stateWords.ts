/** How a process is, in the words of rows and the status bar. */
import type { NetworkProcess, NetworkProcesses } from '../../core';
import type { Translate } from '../translate';

/** `open`, `listen`; of a program that has ended `exit 3`. Emacs' words, so not translated. */
export function statusWords(process: NetworkProcess, core: Pick<NetworkProcesses, 'processExitStatus'>): string {
  const { status } = process;
  return status === 'exit' ? `exit ${core.processExitStatus(process)}` : status;
}

/**
 * `TLS 1.3`, with `unverified` where something is wrong with the certificate, whoever accepted it; of a server that
 * encrypts what it accepts `TLS`, or `STARTTLS` where that has to be asked for; `not encrypted` where TLS was asked for if
 * possible; null for what is in clear because nothing else was asked for.
 */
export function encryptionWords(process: NetworkProcess, t: Translate): string | null {
  const { encryption } = process;
  if (encryption === 'none') return t('not encrypted');
  if (process.starttls !== null) return 'STARTTLS';
  const words = encryption?.replace(/^TLS(?=\d)/, 'TLS ') ?? null;
  return words !== null && isUnverified(process) ? t('{0} unverified', words) : words;
}

function isUnverified({ lastPeerStatus }: NetworkProcess): boolean {
  return (lastPeerStatus?.warnings?.length ?? 0) > 0;
}

/** The same as a sentence. */
export function encryptionSentence(process: NetworkProcess, t: Translate): string | null {
  const words = encryptionWords(process, t);
  if (words === null) return null;
  if (process.encryption === 'none') return t('This connection is not encrypted: everybody on the way can read it.');
  if (isUnverified(process)) return t('Encrypted, but the certificate could not be verified: {0}', words);
  return process.isServer ? t('Encrypts what it accepts: {0}', words) : t('Encrypted: {0}', words);
}
