/**
 * The parameters of `openNetworkStream`, checked before anything is connected.
 *
 * @see Emacs Lisp manual, "Network Connections"
 */
import type { StreamParameters } from '../api';
import { isNil, symbolName } from '../base/nil';
import { NetworkProcessError, wrongType } from '../errors';
import { asBuffer } from '../coding/utf8';
import { dialogs } from './dialogs';
import type { Dialog, Finder } from './negotiation';
import { Pattern } from './patterns';

export type StreamType = 'plain' | 'network' | 'starttls' | 'tls' | 'shell';

/** Bytes to the text that a user's function is given. */
type Decode = (bytes: Buffer) => string;
type Encode = (text: string) => Buffer;

/** @throws NP_STREAM_TYPE, with Emacs' text */
export function streamType(type: unknown): StreamType {
  if (isNil(type)) return 'network';
  const name = symbolName(type);
  if (name === 'ssl') return 'tls';
  if (name === 'plain' || name === 'network' || name === 'starttls' || name === 'tls' || name === 'shell') return name;
  throw new NetworkProcessError('NP_STREAM_TYPE', 'error', [`Invalid connection type ${name ?? JSON.stringify(type)}`]);
}

/**
 * How a stream is spoken: what a dialog that was picked says, and what the parameters say in its place.
 *
 * @throws NP_STREAM_PARAMETERS, NP_PATTERN, NP_WRONG_TYPE
 */
export function dialogOf(given: StreamParameters, budgetMs: () => number, decode: Decode, encode: Encode): Dialog {
  const known = knownDialog(given.dialog);
  const endOfCommand = finder(given.endOfCommand, 'endOfCommand', budgetMs);
  const endOfCapability = finder(given.endOfCapability, 'endOfCapability', budgetMs) ?? endOfCommand;
  const success = isNil(given.success) ? null : new Pattern(patternOf(given.success, 'success'), 'success', budgetMs);
  const { capabilityCommand, starttlsFunction } = given;
  if (!isNil(starttlsFunction) && typeof starttlsFunction !== 'function')
    throw wrongType('functionp', starttlsFunction);
  const text = (bytes: Buffer | null): string | null => (bytes === null ? null : decode(bytes));
  const command = (value: unknown, option: string): Buffer | null => {
    if (isNil(value)) return null;
    if (typeof value === 'string') return encode(value);
    if (value instanceof Uint8Array) return asBuffer(value);
    throw wrong(option, 'gives a text, or null');
  };
  return {
    greeting: endOfCommand ?? known?.greeting ?? null,
    capabilities: endOfCapability ?? known?.capabilities ?? null,
    capabilityCommand: (greeting, host) => {
      if (isNil(capabilityCommand)) return known?.capabilityCommand(greeting, host) ?? null;
      const asked: unknown =
        typeof capabilityCommand === 'function' ? capabilityCommand(text(greeting)) : capabilityCommand;
      return command(asked, 'capabilityCommand');
    },
    starttlsCommand: (capabilities, greeting) => {
      if (isNil(starttlsFunction)) return known?.starttlsCommand(capabilities, greeting) ?? null;
      // As Emacs: without capabilities or a sign of success there is nothing to decide.
      if (capabilities === null || (!success && !known)) return null;
      return command(starttlsFunction(text(capabilities)), 'starttlsFunction');
    },
    starttlsReply: endOfCommand ?? known?.starttlsReply ?? null,
    isConsent: (reply) => (success ? success.matches(reply) : (known?.isConsent(reply) ?? false)),
    tellsAgain: isNil(capabilityCommand) && (known?.tellsAgain ?? false),
  };
}

function knownDialog(name: unknown): Dialog | null {
  if (isNil(name)) return null;
  const known = typeof name === 'string' ? dialogs.get(name.toLowerCase()) : undefined;
  if (known) return known.dialog;
  throw wrong('dialog', `is one of ${[...dialogs.keys()].join(', ')}`);
}

function finder(pattern: unknown, option: string, budgetMs: () => number): Finder | null {
  if (isNil(pattern)) return null;
  const compiled = new Pattern(patternOf(pattern, option), option, budgetMs);
  return (bytes, searched) => compiled.endOfMatch(bytes, searched);
}

function patternOf(value: unknown, option: string): string | RegExp {
  if (typeof value === 'string' || value instanceof RegExp) return value;
  throw wrong(option, 'is a pattern');
}

function wrong(option: string, what: string): NetworkProcessError {
  return new NetworkProcessError('NP_STREAM_PARAMETERS', 'error', [`openNetworkStream: ${option} ${what}`]);
}

/** Key and certificate file that were given; `true` for stored ones; null for none. @throws NP_STREAM_PARAMETERS */
export function clientCertificateOf(value: unknown, isDefault: boolean): readonly [string, string] | true | null {
  if (value === undefined) return isDefault ? true : null;
  if (isNil(value)) return null;
  if (value === true) return true;
  const [key, certificate, ...rest] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof key === 'string' && typeof certificate === 'string' && rest.length === 0) return [key, certificate];
  throw wrong('clientCertificate', 'is [key file, certificate file], or true for a stored one');
}

/**
 * The command of a shell connection. The host is never quoted: what could mean anything to a shell is refused.
 *
 * @throws NP_SHELL_HOST, NP_SHELL_COMMAND
 * @see format-spec
 */
export function shellCommand(template: unknown, host: unknown, service: unknown): string {
  if (typeof template !== 'string') {
    throw new NetworkProcessError('NP_SHELL_COMMAND', 'error', ['A shell connection needs a shellCommand']);
  }
  const name = String(host);
  const port = String(service);
  const isHost = typeof host === 'string' && /^[A-Za-z0-9.:][A-Za-z0-9.:-]*$/.test(name);
  const isPort = ['string', 'number'].includes(typeof service) && /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(port);
  if (!isHost || !isPort) {
    const text = `${isHost ? 'The service' : 'The host'} of a shell connection has characters that a shell could take otherwise`;
    throw new NetworkProcessError('NP_SHELL_HOST', 'error', [text], JSON.stringify(isHost ? port : name).slice(0, 200));
  }
  return template.replace(/%([^]?)/g, (_, letter: string) => {
    if (letter === 's') return name;
    if (letter === 'p') return port;
    if (letter === '%') return '%';
    throw new NetworkProcessError('NP_SHELL_COMMAND', 'error', [`Invalid format character: ‘%${letter}’`]);
  });
}
