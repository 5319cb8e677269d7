import type { NetworkProcess, PeerStatus } from '../../core';
import { escapeInvisible, showPeerText } from '../peerText';
import { formatTime } from '../rows/amounts';
import { contactText, type ContactCore } from '../rows/contactText';
import { statusWords } from '../rows/stateWords';
import type { Translate } from '../translate';
import { certificateFacts, connectionFacts, type Fact } from './tlsFacts';

/** What is known of an encrypted process, for reading: the connection, each certificate, and at the end their PEM. */
export function tlsText(process: NetworkProcess, status: PeerStatus, core: ContactCore, t: Translate): string {
  const { certificates } = status;
  const { opened, ended } = process.times;
  const about: Fact[] = [
    [t('Process'), showPeerText(process.name)],
    [t('Status'), statusWords(process, core)],
    [t('Contact'), showPeerText(contactText(process, core))],
    ...(opened === null ? [] : [[t('Open'), formatTime(opened)] as const]),
    ...(ended === null ? [] : [[t('Ended'), formatTime(ended)] as const]),
  ];
  const sections = [
    section(t('TLS Details'), about),
    section(t('Connection'), connectionFacts(status, t)),
    ...certificates.map((one, i) =>
      section(t('Certificate {0} of {1}', i + 1, certificates.length), certificateFacts(one, t).map(namesApart)),
    ),
    ...(certificates.length === 0 ? [t('The peer gave no certificate.')] : []),
    ...certificates.map(({ pem }) => pem.trimEnd()),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Names of hosts stand in one text, of which a certificate may have a thousand. */
function namesApart([label, text]: Fact): Fact {
  return [label, text.replace(/, (?=[A-Z][\w ]*:)/g, '\n')];
}

/** A title, and a line for each fact, their texts below each other. */
function section(title: string, facts: readonly Fact[]): string {
  const width = Math.max(...facts.map(([label]) => label.length)) + 2;
  const lines = facts.map(([label, text]) => {
    const shown = escapeInvisible(text).replaceAll('\n', `\n${' '.repeat(width + 2)}`);
    return `  ${`${label}:`.padEnd(width)}${shown}`;
  });
  return [title, ...lines].join('\n');
}
