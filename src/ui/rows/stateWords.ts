/** How a process is, in the words of rows and the status bar. */
import type { NetworkProcess, NetworkProcesses } from '../../core';
import type { Translate } from '../translate';

/** `open`, `listen`; of a program that has ended `exit 3`. Emacs' words, so not translated. */
export function statusWords(process: NetworkProcess, core: Pick<NetworkProcesses, 'processExitStatus'>): string {
  const { status } = process;
  return status === 'exit' ? `exit ${core.processExitStatus(process)}` : status;
}

/**
 * `TLS 1.3`, of a server that encrypts what it accepts `TLS`; `not encrypted` where TLS was asked for if possible; null
 * for what is in clear because nothing else was asked for.
 */
export function encryptionWords({ encryption }: NetworkProcess, t: Translate): string | null {
  if (encryption === 'none') return t('not encrypted');
  return encryption?.replace(/^TLS(?=\d)/, 'TLS ') ?? null;
}

/** The same as a sentence. */
export function encryptionSentence(process: NetworkProcess, t: Translate): string | null {
  const words = encryptionWords(process, t);
  if (words === null) return null;
  if (process.encryption === 'none') return t('This connection is not encrypted: everybody on the way can read it.');
  return process.isServer ? t('Encrypts what it accepts: {0}', words) : t('Encrypted: {0}', words);
}
