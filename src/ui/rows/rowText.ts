import type { NetworkProcess } from '../../core';
import { showPeerText } from '../peerText';
import { kindName, kindOf } from '../open/addressKind';
import type { Translate } from '../translate';
import { formatBytes, formatCount, formatTime } from './amounts';
import { contactText, datagramPeer, reachOf, type ContactCore } from './contactText';
import type { Row } from './row';
import { encryptionSentence, encryptionWords, statusWords } from './stateWords';

/** What a row says. States are always words; colours only repeat them. */
export class RowText {
  constructor(
    private readonly core: ContactCore,
    private readonly t: Translate,
  ) {}

  label(row: Row): string {
    return showPeerText(row.process.name);
  }

  /** `open · TLS 1.3 · 127.0.0.1:6379 · 1.2 kB in`. */
  description(row: Row): string {
    return [statusWords(row.process, this.core), ...this.facts(row)].join(' · ');
  }

  /** One sentence for screen readers, which do not hear changes of a description. */
  accessibleLabel(row: Row): string {
    return [this.label(row), this.kind(row), statusWords(row.process, this.core), ...this.facts(row)].join(', ');
  }

  /** Plain text, several lines. */
  tooltip(row: Row): string {
    const { process } = row;
    const encryption = encryptionSentence(process, this.t);
    const buffer = process.buffer?.live ? showPeerText(process.buffer.name ?? '') : this.t('none');
    return [
      `${this.label(row)} (${this.kind(row)})`,
      this.description(row),
      ...(encryption === null ? [] : [encryption]),
      this.t('Process buffer: {0}', buffer),
      this.t('Traffic: {0}', this.traffic(process)),
      this.t('Times: {0}', this.times(process)),
    ].join('\n');
  }

  /** `TCP server`, `Unix socket client`… */
  kind(row: Row): string {
    const { process } = row;
    if (this.core.processType(process) === 'real') return this.t('Shell connection');
    const transport = kindName(kindOf(this.core, process), this.t);
    if (process.isServer) return this.t('{0} server', transport);
    return process.server ? this.t('{0} client of a server', transport) : this.t('{0} connection', transport);
  }

  /** `1.2 kB in, 40 B out` and whatever was lost or waits. */
  traffic(process: NetworkProcess): string {
    // A listening socket carries nothing.
    if (process.isServer && !process.isDatagram) return this.t('that of its clients');
    const { bytesReceived, bytesSent, messagesReceived, messagesSent, bytesQueued } = process.traffic;
    const parts = process.isDatagram
      ? [
          this.t('{0} in ({1} datagrams)', formatBytes(bytesReceived), formatCount(messagesReceived)),
          this.t('{0} out ({1} datagrams)', formatBytes(bytesSent), formatCount(messagesSent)),
        ]
      : [this.t('{0} in', formatBytes(bytesReceived)), this.t('{0} out', formatBytes(bytesSent))];
    if (bytesQueued > 0) parts.push(this.t('{0} waiting to be sent', formatBytes(bytesQueued)));
    return [...parts, ...this.lostDatagrams(process)].join(', ');
  }

  times(process: NetworkProcess): string {
    const { created, opened, ended } = process.times;
    const parts = [this.t('created {0}', formatTime(created))];
    if (opened !== null) parts.push(this.t('open {0}', formatTime(opened)));
    if (ended !== null) parts.push(this.t('ended {0}', formatTime(ended)));
    return parts.join(', ');
  }

  /** What follows the status: whether it is encrypted, the contact, then what is worth knowing now. */
  private facts(row: Row): string[] {
    const { process } = row;
    const encryption = row.traits.has('finished') ? null : encryptionWords(process, this.t);
    const facts = [encryption ?? '', showPeerText(contactText(process, this.core)), ...this.state(row)];
    const { bytesReceived, bytesSent, bytesQueued } = process.traffic;
    if (bytesReceived > 0) facts.push(this.t('{0} in', formatBytes(bytesReceived)));
    if (bytesSent > 0) facts.push(this.t('{0} out', formatBytes(bytesSent)));
    if (bytesQueued > 0) facts.push(this.t('{0} waiting', formatBytes(bytesQueued)));
    return facts.filter((fact) => fact !== '');
  }

  private state(row: Row): string[] {
    const { process } = row;
    // `exit 3` says what the last message says in more words.
    if (process.status === 'exit') return [];
    if (row.traits.has('finished')) return [endReason(process)];
    if (process.isServer) return [...this.reach(process), ...this.serverState(process)];
    return process.isDatagram ? [this.peer(process)] : process.sentEof ? [this.t('sent EOF')] : [];
  }

  private serverState(server: NetworkProcess): string[] {
    if (server.isDatagram) return [this.peer(server)];
    const { count, atLimit } = server.clients;
    const clients = count === 1 ? this.t('1 client') : this.t('{0} clients', formatCount(count));
    if (atLimit) return [this.t('{0}: not accepting', clients)];
    return count > 0 ? [clients] : [];
  }

  private reach(server: NetworkProcess): string[] {
    switch (reachOf(server, this.core)) {
      case 'this computer':
        return [];
      case 'all interfaces':
        return [this.t('all interfaces')];
      case 'other computers':
        return [this.t('not only this computer')];
    }
  }

  private peer(process: NetworkProcess): string {
    const peer = datagramPeer(process, this.core);
    if (peer === null) return this.t('no peer yet');
    const shown = showPeerText(peer);
    return shown === showPeerText(contactText(process, this.core)) ? '' : this.t('peer {0}', shown);
  }

  private lostDatagrams({ traffic }: NetworkProcess): string[] {
    const parts: string[] = [];
    if (traffic.emptyDatagrams > 0) parts.push(this.t('{0} empty datagrams', formatCount(traffic.emptyDatagrams)));
    if (traffic.datagramsDropped > 0) {
      parts.push(this.t('{0} datagrams dropped', formatCount(traffic.datagramsDropped)));
    }
    return parts;
  }
}

/** The last words of a process, e.g. `connection broken by remote peer`; Emacs' text, so not translated. */
function endReason(process: NetworkProcess): string {
  return showPeerText((process.lastMessage ?? '').trim());
}
