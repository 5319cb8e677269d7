import net from 'node:net';
import tls from 'node:tls';
import { keyPair } from './tlsSupport';

/** How one protocol is spoken by a server that may be hostile. */
export interface Speech {
  readonly dialog: string;
  readonly greeting: string;
  readonly preauth: string;
  /** Commands and what answers them. */
  readonly ask: RegExp;
  readonly offers: string;
  readonly offersNot: string;
  readonly refusesToTell: string;
  readonly start: RegExp;
  readonly ok: string;
  readonly no: readonly string[];
  readonly injected: string;
  /** The list under TLS. */
  readonly secured: string;
}

export const speeches: readonly Speech[] = [
  {
    dialog: 'imap',
    greeting: '* OK ready\r\n',
    preauth: '* PREAUTH welcome back\r\n',
    ask: /^1 CAPABILITY\r\n/,
    offers: '* CAPABILITY IMAP4rev1 STARTTLS LOGIN-IN-CLEAR\r\n1 OK done\r\n',
    offersNot: '* CAPABILITY IMAP4rev1 LOGIN-IN-CLEAR\r\n1 OK done\r\n',
    refusesToTell: '1 BAD what?\r\n',
    start: /^2 STARTTLS\r\n/,
    ok: '2 OK go\r\n',
    no: ['2 NO later\r\n', '2 BAD what?\r\n', '+ go on\r\n2 NO\r\n', '2 NO but OK later\r\n'],
    injected: '* CAPABILITY INJECTED\r\n1 OK INJECTED\r\n',
    secured: '* CAPABILITY IMAP4rev1 AUTH=SAFE\r\n1 OK done\r\n',
  },
  {
    dialog: 'smtp',
    greeting: '220 mail ready\r\n',
    preauth: '220 mail ready\r\n',
    ask: /^EHLO localhost\r\n/,
    offers: '250-mail\r\n250-STARTTLS\r\n250 LOGIN-IN-CLEAR\r\n',
    offersNot: '250-mail\r\n250 LOGIN-IN-CLEAR\r\n',
    refusesToTell: '502 what?\r\n',
    start: /^STARTTLS\r\n/,
    ok: '220 go\r\n',
    no: ['454 later\r\n', '502 what?\r\n', '354 go on\r\n', '250 220 OK\r\n'],
    injected: '250 INJECTED\r\n',
    secured: '250-mail\r\n250 AUTH SAFE\r\n',
  },
  {
    dialog: 'pop3',
    greeting: '+OK ready\r\n',
    preauth: '+OK ready\r\n',
    ask: /^CAPA\r\n/,
    offers: '+OK\r\nSTLS\r\nLOGIN-IN-CLEAR\r\n.\r\n',
    offersNot: '+OK\r\nLOGIN-IN-CLEAR\r\n.\r\n',
    refusesToTell: '-ERR what?\r\n',
    start: /^STLS\r\n/,
    ok: '+OK go\r\n',
    no: ['-ERR later\r\n', '-ERR what?\r\n', '+ go on\r\n', '-ERR +OK\r\n'],
    injected: '+OK INJECTED\r\n.\r\n',
    secured: '+OK\r\nSASL SAFE\r\n.\r\n',
  },
];

/** What a hostile server does, besides being an honest one. */
export interface Malice {
  greeting?: string | null;
  capabilities?: string | null;
  /** In place of the consent; null: silence. */
  reply?: string | null;
  /** Together with the consent, before or after it. */
  before?: string;
  after?: string;
  /** After the consent, in a segment of its own, and nothing of TLS. */
  later?: string | Buffer;
  /** As `later`, but put there by somebody in between: the server itself begins TLS as it should. */
  between?: string;
  /** After the consent. */
  then?: 'close' | 'reset' | 'silence';
  certificate?: string;
  /** Null: never answered. */
  secured?: string | null;
  bytewise?: boolean;
  /** Goes on for ever with this text. */
  endlessly?: { at: 'greeting' | 'capabilities'; text: string };
}

export interface HostileServer {
  readonly port: number;
  /** All that came in clear, of every connection. */
  clear(): string;
  /** All that came under TLS. */
  secret(): string;
  connections(): number;
  /** Connections that the client has ended. */
  ended(): number;
  /** Ends all connections, and goes on listening. */
  drop(): void;
  close(): void;
}

/** @param given Of each connection, or of the first, the second and so on; the last is that of all that follow. */
export async function hostileServer(speech: Speech, given: Malice | readonly Malice[]): Promise<HostileServer> {
  const malices = 'length' in given ? given : [given];
  let clear = '';
  let secret = '';
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    const malice = malices[Math.min(sockets.length, malices.length) - 1]!;
    socket.on('error', () => undefined).unref();
    const say = (text: string): void => {
      if (malice.bytewise) for (const c of text) socket.write(c, 'latin1');
      else socket.write(text, 'latin1');
    };
    const flood = (text: string): void => {
      while (!socket.destroyed && socket.write(text)) continue;
      if (!socket.destroyed) socket.once('drain', () => flood(text));
    };
    const { greeting = speech.greeting, capabilities = speech.offers } = malice;
    if (malice.endlessly?.at === 'greeting') flood(malice.endlessly.text);
    else if (greeting !== null) say(greeting);
    socket.on('data', (bytes) => {
      clear += bytes.toString('latin1');
      const text = bytes.toString('latin1');
      if (speech.ask.test(text)) {
        if (malice.endlessly?.at === 'capabilities') flood(malice.endlessly.text);
        else if (capabilities !== null) say(capabilities);
      } else if (speech.start.test(text)) consent(socket, malice, say);
    });
  });
  const consent = (socket: net.Socket, malice: Malice, say: (text: string) => void): void => {
    const { reply = speech.ok, before = '', after = '', later, between, then } = malice;
    if (reply === null) return;
    say(before + reply + after);
    if (reply !== speech.ok) return;
    if (later) setTimeout(() => socket.write(later), 30).unref();
    if (then === 'close') socket.end();
    if (then === 'reset') setTimeout(() => socket.resetAndDestroy(), 20).unref();
    if (then || later) return;
    socket.removeAllListeners('data');
    if (!between) return encrypt(socket, malice);
    socket.once('data', (hello) => {
      socket.write(between);
      socket.pause().unshift(hello);
      encrypt(socket, malice);
    });
  };
  const encrypt = (socket: net.Socket, malice: Malice): void => {
    const secureContext = tls.createSecureContext(keyPair(malice.certificate ?? 'good'));
    const secured = new tls.TLSSocket(socket, { isServer: true, secureContext });
    secured.on('error', () => undefined).on('_tlsError', () => undefined);
    secured.on('data', (bytes: Buffer) => {
      secret += bytes.toString('latin1');
      const { secured: list = speech.secured } = malice;
      if (list !== null && speech.ask.test(bytes.toString('latin1'))) secured.write(list);
    });
  };
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const drop = (): void => sockets.forEach((socket) => void socket.destroy());
  return {
    port: (server.address() as net.AddressInfo).port,
    clear: () => clear,
    secret: () => secret,
    connections: () => sockets.length,
    ended: () => sockets.filter(({ closed }) => closed).length,
    drop,
    close: () => {
      drop();
      server.close();
    },
  };
}
