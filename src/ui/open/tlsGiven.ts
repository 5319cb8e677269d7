import { hostname, networkInterfaces } from 'node:os';
import { NetworkProcessError, type NetworkProcesses } from '../../core';
import type { ChosenOptions } from '../options/chosenOptions';
import type { KeySecret } from './clientKey';

type Keylist = readonly (readonly [key: string, certificate: string])[];

/**
 * The `tlsParameters` that what was chosen comes to. A passphrase is behind a getter: the contact has these parameters,
 * and whoever prints it does not print that.
 *
 * @param unlock Asks for the passphrase of a key file.
 * @throws NP_CANCELLED when it is not said
 */
export async function tlsGiven(
  chosen: ChosenOptions,
  keylist: Keylist | null,
  unlock: (keyFile: string) => Promise<KeySecret>,
): Promise<Record<string, unknown>> {
  const given: Record<string, unknown> = { ...chosen, ...(keylist && { keylist }) };
  const file = keylist?.[0]?.[0];
  if (file === undefined) return given;
  const secret = await unlock(file);
  if (secret === 'left') throw new NetworkProcessError('NP_CANCELLED', 'quit', ['The passphrase was not given'], file);
  const { passphrase } = secret;
  if (passphrase !== null) Object.defineProperty(given, 'passphrase', { enumerable: true, get: () => passphrase });
  return given;
}

/**
 * The key and certificate that were chosen, or else are stored for the host of a client, if those are to be used.
 *
 * @param client Null for a server.
 */
export async function keylistOf(
  chosen: ChosenOptions,
  client: { readonly host?: unknown; readonly service?: unknown } | null,
  { useClientCertificates, clientCertificateFor }: NetworkProcesses['options'],
): Promise<Keylist | null> {
  const own = chosen.keylist as Keylist | undefined;
  if (own) return own;
  if (!client || !useClientCertificates || !clientCertificateFor) return null;
  const stored = await clientCertificateFor(String(client.host), String(client.service));
  return stored && [stored];
}

/** What a server without a certificate is given: a throw-away one for all the names that it may be reached by. */
export function throwaway(isLoopback: boolean): Record<string, unknown> {
  if (isLoopback) return { selfSigned: true };
  const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  return { selfSigned: [...new Set(['localhost', hostname(), ...addresses])] };
}
