/** Socket options that were chosen for a process that is still to be made. */
import { isNetworkProcessError } from '../../core';
import { typeOf, type AddressKind } from '../open/addressKind';
import type { AddressRole } from '../open/parseAddress';
import type { Translate } from '../translate';
import { socketOptions, valueText } from './socketOption';
import { isTlsParameter, tlsOptions } from './tlsOption';

/** Keywords of `makeNetworkProcess`, and names of `tlsOptions`, with their values; the others are left to the system. */
export type ChosenOptions = Readonly<Record<string, unknown>>;

/** Keywords of servers that listen. */
const listeningKeywords = ['server', 'useExternalSocket'];

/** Those that sockets of this kind have: another kind may have been typed since they were chosen. */
export function fittingOptions(
  chosen: ChosenOptions,
  kind: AddressKind,
  role: AddressRole,
  t: Translate,
): ChosenOptions {
  const isListening = role === 'server' && typeOf(kind) !== 'datagram';
  const options = [...socketOptions(kind, role, t), ...tlsOptions(kind, role, t)];
  const names = [...options.map(({ name }) => name), ...(isListening ? listeningKeywords : [])];
  return Object.fromEntries(Object.entries(chosen).filter(([name]) => names.includes(name)));
}

/** Those of a socket, and what belongs into `tlsParameters`. What is neither is of the stream. */
export function partsOf(
  chosen: ChosenOptions,
  kind: AddressKind,
  role: AddressRole,
): { readonly socket: ChosenOptions; readonly tls: ChosenOptions } {
  const named = tlsOptions(kind, role, (m) => m);
  const ofTls = named.filter(isTlsParameter).map(({ name }) => name);
  const pick = (fits: (name: string) => boolean): ChosenOptions =>
    Object.fromEntries(Object.entries(chosen).filter(([name]) => fits(name)));
  return {
    socket: pick((name) => !named.some((option) => option.name === name)),
    tls: pick((name) => ofTls.includes(name)),
  };
}

/** `keepalive, linger 3 s`; empty when nothing was chosen that this kind has. */
export function optionsText(chosen: ChosenOptions, kind: AddressKind, role: AddressRole, t: Translate): string {
  const options = [...socketOptions(kind, role, t), ...tlsOptions(kind, role, t)];
  const parts = Object.entries(fittingOptions(chosen, kind, role, t)).map(([name, value]) => {
    if (name === 'server') return t('backlog {0}', String(value));
    if (name === 'useExternalSocket') return t('socket handed over');
    const { form = 'flag', none, label = name } = options.find((option) => option.name === name) ?? {};
    return form === 'flag' && value === true ? label : `${label} ${valueText({ form, none }, value, t)}`;
  });
  return parts.join(', ');
}

/** A socket that was handed over is there once; that a connection may be in clear is said each time. */
const passing: ReadonlySet<string> = new Set(['useExternalSocket', 'ifOffered']);

/** Those that may be chosen again another time. */
export function lastingOptions(chosen: ChosenOptions): ChosenOptions {
  return Object.fromEntries(Object.entries(chosen).filter(([name]) => !passing.has(name)));
}

/** Which of the chosen options the system refused; null when it failed for another reason. */
export function refusedOption(error: unknown, chosen: ChosenOptions): string | null {
  if (!isNetworkProcessError(error) || !/^NP_(OPTION_|UNSUPPORTED)/.test(error.code)) return null;
  return Object.keys(chosen).find((name) => new RegExp(`:${name}\\b`).test(error.message)) ?? null;
}
