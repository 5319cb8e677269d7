import * as vscode from 'vscode';
import type { NetworkAddress, NetworkProcess, NetworkProcesses } from '../../core';
import { showFailure } from '../errors';
import { showPeerText } from '../peerText';
import { addressText, datagramPeer } from '../rows/contactText';
import { askForFirstPeer } from './datagramPeer';

/** Who will get what is sent. */
export interface Receiver {
  readonly process: NetworkProcess;
  /** Harmless to show. */
  readonly name: string;
  /** Null for a stream, which has one peer. */
  readonly address: NetworkAddress | null;
}

/**
 * A datagram goes to an address, the present peer's or one that the user gives now. Undefined when the user gives none.
 */
export async function askReceiver(process: NetworkProcess, core: NetworkProcesses): Promise<Receiver | undefined> {
  if (!process.isDatagram) return { process, name: showPeerText(process.name), address: null };
  const present = datagramPeer(process, core) === null ? null : core.processDatagramAddress(process);
  const address = present ?? (await askForFirstPeer(process, core));
  return address ? { process, name: showPeerText(addressText(address)), address } : undefined;
}

/** Lets the process send to the address that the user was shown, whoever has written meanwhile; or says why not. */
export function aim({ process, address }: Receiver, core: NetworkProcesses): boolean {
  const isPresent = addressText(core.processDatagramAddress(process)) === addressText(address);
  if (address === null || isPresent || core.setProcessDatagramAddress(process, address) !== null) return true;
  const name = showPeerText(process.name);
  showFailure(vscode.l10n.t('{0} can’t send there: give an address of its own family.', name));
  return false;
}
