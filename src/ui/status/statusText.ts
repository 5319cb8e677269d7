import type { NetworkProcesses } from '../../core';
import { commands } from '../ids';
import type { statusItems } from '../ids';
import { showPeerText } from '../peerText';
import { formatBytes, formatCount } from '../rows/amounts';
import { encryptionSentence, encryptionWords, statusWords } from '../rows/stateWords';
import type { Translate } from '../translate';
import type { StatusTarget } from './statusSource';

/** One item. */
export interface StatusText {
  readonly text: string;
  /** Plain text; also what screen readers say. */
  readonly tooltip: string;
  readonly command: string;
}

/** What the items say; null for one that has nothing to say. */
export type StatusTexts = Readonly<Record<keyof typeof statusItems, StatusText | null>>;

type StatusCore = Pick<NetworkProcesses, 'processCodingSystem' | 'processExitStatus'>;

const nameCharacters = 30;

/** @param rate Bytes a second, both directions. */
export function statusTexts(target: StatusTarget, rate: number, core: StatusCore, t: Translate): StatusTexts {
  const { process } = target.row;
  const isEncrypted = target.row.traits.has('encrypted');
  const status = statusWords(process, core);
  const state = [status, encryptionWords(process, t)].filter((words) => words !== null).join(' · ');
  const sentence = encryptionSentence(process, t);
  const carries = target.row.traits.has('transfers');
  const whole = showPeerText(process.name);
  const name = whole.length > nameCharacters ? `${whole.slice(0, nameCharacters - 1)}…` : whole;
  return {
    state: {
      text: `$(${isEncrypted ? 'lock' : 'plug'}) ${name}: ${state}`,
      tooltip: [t('Process {0} is {1}: choose what to do', whole, status), sentence ?? ''].join('\n').trim(),
      command: commands.processActions,
    },
    view: view(target, t),
    coding: coding(target, core, t),
    traffic: carries ? traffic(target, rate, t) : null,
  };
}

function view({ view: shown }: StatusTarget, t: Translate): StatusText {
  if (shown.kind === 'terminal') {
    const { options } = shown;
    return { text: options, tooltip: t('Terminal: {0}', options), command: commands.terminalOptions };
  }
  const { following, newBytes } = shown;
  const command = commands.follow;
  if (following) return { text: t('following'), tooltip: t('Following the end of what comes'), command };
  const text = newBytes > 0 ? t('frozen · {0} new', formatBytes(newBytes)) : t('frozen');
  return { text, tooltip: t('The view stands still: {0} have come since', formatBytes(newBytes)), command };
}

function coding({ row }: StatusTarget, core: Pick<NetworkProcesses, 'processCodingSystem'>, t: Translate): StatusText {
  const none = t('none');
  const { decode, encode } = core.processCodingSystem(row.process);
  return {
    text: decode === encode ? (decode ?? none) : `${decode ?? none}/${encode ?? none}`,
    tooltip: t('Coding system: decodes {0}, encodes {1}', decode ?? none, encode ?? none),
    command: commands.setCoding,
  };
}

function traffic({ row, trimmed }: StatusTarget, rate: number, t: Translate): StatusText {
  const { bytesReceived, bytesSent, bytesQueued } = row.process.traffic;
  const parts = [t('{0} in', formatBytes(bytesReceived)), t('{0} out', formatBytes(bytesSent))];
  if (bytesQueued > 0) parts.push(t('{0} waiting', formatBytes(bytesQueued)));
  if (trimmed > 0) parts.push(t('{0} characters trimmed', shortCount(trimmed)));
  if (rate >= 1) parts.push(t('{0}/s', formatBytes(Math.round(rate))));
  const text = parts.join(' · ');
  return { text, tooltip: t('Traffic: {0}', text.replaceAll(' · ', ', ')), command: commands.trafficActions };
}

/** `12`, `3.4 k`, `5.6 M`: as sizes, without their unit. */
function shortCount(count: number): string {
  return count < 1000 ? formatCount(count) : formatBytes(count).replace(/B$/, '');
}
