import * as vscode from 'vscode';
import type { Capture, Options } from '../../core';
import { showPeerText } from '../peerText';

/** The first line of a document that does not have all its text, and the part of it that leads to the capture. */
export interface Headline {
  readonly line: string;
  readonly link?: { readonly start: number; readonly end: number };
}

/** @param trimmed Characters before the ones shown. */
export function headline(trimmed: number, capture: Capture | null): Headline {
  const line = vscode.l10n.t('{0} characters trimmed', trimmed.toLocaleString());
  if (!capture || capture.state === 'off') return { line: `${line} — ${vscode.l10n.t('there is no capture')}` };
  if (capture.state === 'discarded') return { line: `${line} — ${vscode.l10n.t('their capture was discarded')}` };
  const open =
    capture.state === 'open'
      ? vscode.l10n.t('open the whole capture')
      : vscode.l10n.t('open the capture of the first {0} bytes', capture.size.toLocaleString());
  const start = `${line} — `.length;
  return { line: `${line} — ${open}`, link: { start, end: start + open.length } };
}

/** @param name Of the process. */
export function captureStopLine(name: string, capture: Capture, options: Options): string {
  const bytes = capture.size.toLocaleString();
  return vscode.l10n.t('capture of {0} stopped at {1} bytes: {2}', showPeerText(name), bytes, reason(capture, options));
}

function reason({ state, size, error }: Capture, options: Options): string {
  if (state === 'failed') return showPeerText(error?.message ?? '');
  if (size < options.captureBytes) {
    return vscode.l10n.t('all captures together may take {0} bytes', options.captureTotalBytes.toLocaleString());
  }
  return vscode.l10n.t('a capture may take {0} bytes', options.captureBytes.toLocaleString());
}
