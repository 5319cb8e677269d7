import { isIP } from 'node:net';
import * as vscode from 'vscode';
import type { NetworkAddress, NetworkProcess, NetworkProcesses } from '../../core';
import { showFailure } from '../errors';
import { openParts } from '../open/loadParts';
import type { Targets } from '../commands/targets';
import { showPeerText } from '../peerText';
import { datagramPeer } from '../rows/contactText';

/** Sets where datagram processes send to. @see Emacs Lisp manual, "Datagrams" (set-process-datagram-address) */
export class DatagramPeer {
  constructor(
    private readonly core: NetworkProcesses,
    private readonly targets: Targets,
  ) {}

  async set(...args: unknown[]): Promise<void> {
    const title = vscode.l10n.t('Set Datagram Peer');
    const process = (await this.targets.findOne(args, 'retargetable', title))?.process;
    if (!process) return;
    const name = showPeerText(process.name);
    if (this.core.processContact(process, 'connected')) {
      return showFailure(vscode.l10n.t('{0} hears one peer only and keeps it: open another connection.', name));
    }
    const present = datagramPeer(process, this.core) ?? '';
    const peer = await askForPeer(process, this.core, {
      title: `${title}: ${name}`,
      prompt: vscode.l10n.t('What {0} sends goes there from now on', name),
      value: present,
    });
    // It may have ended while the box was open.
    if (peer === undefined || this.core.setProcessDatagramAddress(process, peer)) return;
    showFailure(vscode.l10n.t('{0} has ended.', name));
  }
}

/** Asks where a datagram process without a peer shall send to. Undefined: cancelled or told. */
export function askForFirstPeer(process: NetworkProcess, core: NetworkProcesses): Promise<NetworkAddress | undefined> {
  return askForPeer(process, core, {
    title: vscode.l10n.t('Send to…'),
    prompt: vscode.l10n.t('{0} has no peer yet: type the address to send to', showPeerText(process.name)),
  });
}

async function askForPeer(
  process: NetworkProcess,
  core: NetworkProcesses,
  texts: Pick<vscode.InputBoxOptions, 'title' | 'prompt' | 'value'>,
): Promise<NetworkAddress | undefined> {
  const local = core.processContact(process, 'local');
  if (typeof local === 'string') return askForPath(texts);
  const family = Array.isArray(local) && local.length === 9 ? 6 : 4;
  const typed = await vscode.window.showInputBox({
    ...texts,
    placeHolder: family === 6 ? '[::1]:5000' : '127.0.0.1:5000',
    ignoreFocusOut: true,
    validateInput: (text) => problemOf(text, family),
  });
  if (typed === undefined) return undefined;
  const parsed = openParts().parseAddress(typed, 'udp', 'client', vscode.l10n.t);
  if (!parsed.ok) return undefined;
  const { host, service } = parsed.spec;
  const name = typeof host === 'string' ? host : loopback[family];
  const [found] = (await core.networkLookupAddressInfo(name, `ipv${family}`)) ?? [];
  if (Array.isArray(found)) return [...(found as number[]).slice(0, -1), Number(service)];
  // Whatever the resolver says comes down to this.
  showFailure(vscode.l10n.t('{0} has no address of that kind. Check its spelling.', showPeerText(name)));
  return undefined;
}

async function askForPath(
  texts: Pick<vscode.InputBoxOptions, 'title' | 'prompt' | 'value'>,
): Promise<NetworkAddress | undefined> {
  const parse = (text: string) => openParts().parseAddress(text, 'unix-dgram', 'client', vscode.l10n.t);
  const typed = await vscode.window.showInputBox({
    ...texts,
    placeHolder: '/tmp/my.sock',
    ignoreFocusOut: true,
    validateInput: (text) => {
      const parsed = parse(text);
      if (!parsed.ok) return `${showPeerText(parsed.problem)}: ${showPeerText(parsed.advice)}`;
      const isDatagram = parsed.kind === 'unix-dgram';
      return isDatagram ? undefined : vscode.l10n.t('Type the path of a Unix datagram socket.');
    },
  });
  const parsed = typed === undefined ? undefined : parse(typed);
  return parsed?.ok ? String(parsed.spec.service) : undefined;
}

const loopback = { 4: '127.0.0.1', 6: '::1' } as const;

function problemOf(typed: string, family: 4 | 6): string | undefined {
  const parsed = openParts().parseAddress(typed, 'udp', 'client', vscode.l10n.t);
  if (!parsed.ok) return `${showPeerText(parsed.problem)}: ${showPeerText(parsed.advice)}`;
  if (parsed.kind !== 'udp') return vscode.l10n.t('Type a UDP address, such as 127.0.0.1:5000.');
  const named = { ipv4: 4, ipv6: 6 }[String(parsed.spec.family)];
  const other = isIP(String(parsed.spec.host)) || named;
  if (other && other !== family)
    return vscode.l10n.t('This socket is for IPv{0}: type an address of that kind.', family);
  const isNumber = /^\d+$/.test(String(parsed.spec.service));
  return isNumber ? undefined : vscode.l10n.t('Type the port as a number.');
}
