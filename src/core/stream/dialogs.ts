/**
 * How protocols are spoken until they are encrypted. The patterns here see what strangers send, without a budget: each must
 * be linear.
 */
import type { Dialog, Finder } from './negotiation';

/** A protocol that a user can pick by name. */
export interface KnownDialog {
  readonly title: string;
  /** The port where it starts in clear, and the one where it is encrypted from the start, if there is one. */
  readonly port: number;
  readonly tlsPort: number | null;
  readonly dialog: Dialog;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const none = (): null => null;

/**
 * An answer up to the end of the first line that is one: no line is looked at twice, however much there is.
 *
 * @param isLast Is given a line, and all that was heard.
 */
function lineThat(isLast: (line: string, heard: Buffer) => boolean): Finder {
  return (heard, searched) => {
    let end = heard.indexOf(0x0a, searched);
    let from = end <= 0 ? 0 : heard.lastIndexOf(0x0a, end - 1) + 1;
    for (; end >= 0; end = heard.indexOf(0x0a, from)) {
      if (isLast(heard.toString('latin1', from, end).replace(/\r$/, ''), heard)) return end + 1;
      from = end + 1;
    }
    return null;
  };
}

/** What begins with `220-` goes on until a line is `220` or begins with `220 `. @see RFC 959, section 4.2; RFC 5321, 4.2.1 */
const replyLine = lineThat((line, heard) => {
  if (!/^\d{3}( |$)/.test(line)) return false;
  const code = /^\d{3}(?=-)/.exec(heard.toString('latin1', 0, 4))?.[0] ?? '';
  return line.startsWith(code);
});
const anyLine = lineThat(() => true);
const has = (heard: Buffer | null, pattern: RegExp): boolean =>
  heard !== null && pattern.test(heard.toString('latin1'));

/** A dialog of lines that asks, sees a word in the answer, and asks for TLS. */
function lines(of: {
  greeting: Finder | null;
  ask: (greeting: Buffer | null) => string | null;
  answer: Finder;
  offered: RegExp;
  start: string;
  reply: Finder;
  consent: RegExp;
  tellsAgain?: boolean;
}): Dialog {
  return {
    greeting: of.greeting,
    capabilityCommand: (greeting) => {
      const asked = of.ask(greeting);
      return asked === null ? null : bytes(asked);
    },
    capabilities: of.answer,
    starttlsCommand: (capabilities) => (has(capabilities, of.offered) ? bytes(of.start) : null),
    starttlsReply: of.reply,
    isConsent: (reply) => of.consent.test(reply.toString('latin1')),
    tellsAgain: of.tellsAgain ?? false,
  };
}

/** @see RFC 3207 */
const smtp = lines({
  greeting: replyLine,
  ask: () => 'EHLO localhost\r\n',
  answer: replyLine,
  offered: /^250[ -]STARTTLS[ \t]*$/im,
  start: 'STARTTLS\r\n',
  reply: replyLine,
  consent: /^220([ \r\n]|-[^]*\n220[ \r\n])/,
});

/** @see RFC 2033 */
const lmtp: Dialog = { ...smtp, capabilityCommand: () => bytes('LHLO localhost\r\n') };

/** A server that says it knows us already gets no TLS any more, and counts as not offering it. @see RFC 9051 */
const imapLines = lines({
  greeting: anyLine,
  ask: () => '1 CAPABILITY\r\n',
  answer: lineThat((line) => /^1 /.test(line)),
  offered: /^\* CAPABILITY\b.*\bSTARTTLS\b/im,
  start: '2 STARTTLS\r\n',
  reply: lineThat((line) => /^2 /.test(line)),
  consent: /^2 OK\b/im,
});
const imap: Dialog = {
  ...imapLines,
  starttlsCommand: (capabilities, greeting) =>
    has(greeting, /^\* PREAUTH\b/i) ? null : imapLines.starttlsCommand(capabilities, greeting),
};

/** @see RFC 2595, section 4; RFC 2449 */
const pop3 = lines({
  greeting: anyLine,
  ask: () => 'CAPA\r\n',
  answer: lineThat((line) => line === '.' || line.startsWith('-ERR')),
  offered: /^STLS[ \t]*$/im,
  start: 'STLS\r\n',
  reply: anyLine,
  consent: /^\+OK\b/,
});

/** @see RFC 4642 */
const nntp = lines({
  greeting: anyLine,
  ask: () => 'CAPABILITIES\r\n',
  answer: lineThat((line) => line === '.' || /^[45]\d\d/.test(line)),
  offered: /^STARTTLS[ \t]*$/im,
  start: 'STARTTLS\r\n',
  reply: anyLine,
  consent: /^382\b/,
});

/** @see RFC 4217 */
const ftp = lines({
  greeting: replyLine,
  ask: () => 'FEAT\r\n',
  answer: replyLine,
  offered: /^[ \t]*AUTH\b.*\bTLS\b/im,
  start: 'AUTH TLS\r\n',
  reply: replyLine,
  consent: /^234([ \r\n]|-[^]*\n234[ \r\n])/,
});

/** The greeting is the list of capabilities, and comes again under TLS. @see RFC 5804 */
const sieveList = lineThat((line) => /^(OK|NO|BYE)\b/i.test(line));
const managesieve: Dialog = {
  ...lines({
    greeting: sieveList,
    ask: () => null,
    answer: sieveList,
    offered: /^"STARTTLS"/im,
    start: 'STARTTLS\r\n',
    reply: sieveList,
    consent: /^OK\b/im,
    tellsAgain: true,
  }),
  starttlsCommand: (_, greeting) => (has(greeting, /^"STARTTLS"/im) ? bytes('STARTTLS\r\n') : null),
};

const tag =
  (pattern: RegExp): Finder =>
  (heard) => {
    const found = pattern.exec(heard.toString('latin1'));
    return found ? found.index + found[0].length : null;
  };

/** @see RFC 6120, sections 4.7.2 and 5 */
const xmpp: Dialog = {
  greeting: null,
  // The server has to be told whom of its hosts is meant; what is no host's letter means something to XML.
  capabilityCommand: (_, host) =>
    bytes(
      `<?xml version='1.0'?><stream:stream to='${host.replace(/[^\w.:-]/g, '')}' xmlns='jabber:client' ` +
        "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
    ),
  capabilities: tag(/<\/stream:features\s*>|<stream:features\s*\/>/),
  starttlsCommand: (capabilities) =>
    has(capabilities, /<starttls\b/) ? bytes("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>") : null,
  starttlsReply: tag(/<(?:proceed|failure)\b[^<>]*\/>|<\/(?:proceed|failure)\s*>/),
  isConsent: (reply) => /^\s*<proceed\b/.test(reply.toString('latin1')),
};

/** StartTLS as an extended operation. @see RFC 4511, section 4.14 */
const ldap: Dialog = {
  greeting: null,
  capabilityCommand: none,
  capabilities: null,
  starttlsCommand: () =>
    Buffer.from(`301d02010177188016${Buffer.from('1.3.6.1.4.1.1466.20037').toString('hex')}`, 'hex'),
  starttlsReply: berMessage,
  // A message, an extended response, and success in it.
  isConsent: (reply) =>
    /^30(?:[0-7].|8.(?:..){1,4}?)020101(?:78)(?:[0-7].|8.(?:..){1,4}?)0a0100/.test(reply.toString('hex')),
};

function berMessage(heard: Buffer): number | null {
  if (heard.length < 2) return null;
  const short = heard[1]!;
  const count = short < 0x80 ? 0 : short & 0x7f;
  // What is no length ends the wait; it is no consent either.
  if (count > 4) return heard.length;
  if (heard.length < 2 + count) return null;
  const end = 2 + count + (count === 0 ? short : heard.readUIntBE(2, count));
  return heard.length >= end ? end : null;
}

/** SSLRequest. @see PostgreSQL documentation, "Message Flow", "SSL Session Encryption" */
const postgresql: Dialog = {
  greeting: null,
  capabilityCommand: none,
  capabilities: null,
  starttlsCommand: () => Buffer.from('0000000804d2162f', 'hex'),
  starttlsReply: (heard) => (heard.length >= 1 ? 1 : null),
  isConsent: (reply) => reply[0] === 0x53,
};

const mysqlSsl = 0x0800;

/** SSLRequest, after which TLS begins without a reply. @see MySQL internals, "Connection Phase" */
const mysql: Dialog = {
  greeting: (heard) => {
    const end = heard.length < 4 ? null : 4 + heard.readUIntLE(0, 3);
    return end !== null && heard.length >= end ? end : null;
  },
  capabilityCommand: none,
  capabilities: null,
  starttlsCommand: (_, greeting) => {
    // Version 10, a text, a number, eight bytes, a zero, and then the lower half of the flags.
    const zero = greeting === null ? -1 : greeting.indexOf(0, 5);
    const at = zero + 1 + 4 + 8 + 1;
    if (!greeting || greeting[4] !== 10 || zero < 0 || at + 2 > greeting.length) return null;
    if ((greeting.readUInt16LE(at) & mysqlSsl) === 0) return null;
    const request = Buffer.alloc(36);
    request.writeUIntLE(32, 0, 3);
    request[3] = 1;
    // Protocol 4.1, secure connection, TLS.
    request.writeUInt32LE(0x8000 | 0x0200 | mysqlSsl, 4);
    request.writeUInt32LE(16 * 1024 * 1024, 8);
    request[12] = 45;
    return request;
  },
  starttlsReply: null,
  isConsent: () => true,
};

/** @see IRCv3, "tls" */
const irc: Dialog = {
  ...lines({
    greeting: null,
    ask: () => 'CAP LS 302\r\n',
    answer: lineThat((line) => /^(?:@\S+ )?(?::\S+ )?(?:CAP \S+ LS (?!\*)|421 )/.test(line)),
    offered: /^(?:@\S+ )?(?::\S+ )?CAP \S+ LS .*\btls\b/im,
    start: 'STARTTLS\r\n',
    reply: lineThat((line) => /^\S+ (?:670|691|421|451) /.test(line)),
    consent: /^\S+ 670 /m,
  }),
};

/** By the names that `openNetworkStream` takes as `dialog`. */
export const dialogs: ReadonlyMap<string, KnownDialog> = new Map([
  ['smtp', { title: 'SMTP', port: 25, tlsPort: 465, dialog: smtp }],
  ['lmtp', { title: 'LMTP', port: 24, tlsPort: null, dialog: lmtp }],
  ['imap', { title: 'IMAP', port: 143, tlsPort: 993, dialog: imap }],
  ['pop3', { title: 'POP3', port: 110, tlsPort: 995, dialog: pop3 }],
  ['nntp', { title: 'NNTP', port: 119, tlsPort: 563, dialog: nntp }],
  ['ftp', { title: 'FTP', port: 21, tlsPort: 990, dialog: ftp }],
  ['managesieve', { title: 'ManageSieve', port: 4190, tlsPort: null, dialog: managesieve }],
  ['xmpp', { title: 'XMPP', port: 5222, tlsPort: 5223, dialog: xmpp }],
  ['ldap', { title: 'LDAP', port: 389, tlsPort: 636, dialog: ldap }],
  ['postgresql', { title: 'PostgreSQL', port: 5432, tlsPort: null, dialog: postgresql }],
  ['mysql', { title: 'MySQL', port: 3306, tlsPort: null, dialog: mysql }],
  ['irc', { title: 'IRC', port: 6667, tlsPort: 6697, dialog: irc }],
]);
