import { isAscii } from 'node:buffer';
import type { NetworkAddress, Text } from '../api';
import { formatNetworkAddress } from '../address/address';
import { isUnibyte, rawTextOf, type CodingSystem } from '../coding/codingSystem';
import { Encoder } from '../coding/encoder';
import { fileError, NetworkProcessError, systemCode } from '../errors';
import type { TrafficLog } from '../log/trafficLog';
import type { DatagramTransport, Sent, StreamTransport } from '../transport/transport';
import { SendQueue, type Write } from './sendQueue';

/** Of a stream, written at once. */
const pieceBytes = 256 * 1024;

/** What sending needs to know of its process. */
export interface Sender {
  readonly name: string;
  readonly isDatagram: boolean;
  readonly isClosed: boolean;
  /** Whether it has a socket that is open, will have one, or neither. */
  readonly sendState: 'open' | 'later' | 'no';
  readonly encode: CodingSystem | null;
  readonly textEncoder: CodingSystem | null;
  readonly peer: NetworkAddress | null;
  readonly byteLog: TrafficLog;
}

export interface SendingPort {
  /** Bytes that may wait. */
  queueLimit(): number;
  changed(kind: 'state' | 'traffic'): void;
  /** Something was encoded by this system. */
  encodedBy(system: CodingSystem | null): void;
  /** A write found that the peer of a stream is gone. */
  peerGone(): void;
}

/**
 * Gives a stream one piece after another. Node would put all that waits together and tell of it when all has gone: of a
 * large text that breaks off nobody would know how much went.
 */
class PieceWriter {
  private waiting: { readonly bytes: Uint8Array | null; readonly sent: Sent }[] = [];
  private isBusy = false;

  constructor(private readonly stream: StreamTransport) {}

  write(bytes: Uint8Array, sent: Sent): void {
    this.waiting.push({ bytes, sent });
    this.next();
  }

  end(sent: Sent): void {
    this.waiting.push({ bytes: null, sent });
    this.next();
  }

  /** One piece after another, without recursion: a socket may have taken each before `write` returns. */
  private next(): void {
    if (this.isBusy) return;
    this.isBusy = true;
    for (let piece = this.waiting.shift(); piece; piece = this.waiting.shift()) {
      if (!this.hand(piece)) return;
    }
    this.isBusy = false;
  }

  /** @returns Whether it has been taken already. */
  private hand({ bytes, sent }: { readonly bytes: Uint8Array | null; readonly sent: Sent }): boolean {
    let isOver = false;
    let isLater = false;
    const done: Sent = (error) => {
      isOver = true;
      sent(error);
      if (!isLater) return;
      this.isBusy = false;
      this.next();
    };
    if (bytes) this.stream.write(bytes, done);
    else this.stream.end(done);
    isLater = !isOver;
    return isOver;
  }
}

/** The sending half of a process: text to bytes, their queue, and what became of them. */
export class Sending {
  bytes = 0;
  messages = 0;
  /** True once the end of file was asked for. */
  ended = false;
  private readonly queue = new SendQueue();
  private encoder: Encoder | null = null;
  private write: Write | null = null;

  constructor(
    private readonly process: Sender,
    private readonly port: SendingPort,
  ) {}

  /** Bytes that wait. */
  get queued(): number {
    return this.queue.queued;
  }

  /** From now on there is a stream; `begin` sends what waited for it. */
  useStream(stream: StreamTransport): void {
    const { byteLog } = this.process;
    // Packets are whole in any case.
    const pieces = stream.hasPackets ? stream : new PieceWriter(stream);
    this.write = (bytes, took, done) => {
      if (bytes.length === 0) return pieces.end((error) => done(error ? this.lost(0) : null));
      const most = stream.hasPackets ? bytes.length : pieceBytes;
      for (let at = 0; at < bytes.length; at += most) {
        const piece = bytes.subarray(at, at + most);
        const isWhole = piece.length === bytes.length;
        const isLast = at + most >= bytes.length;
        pieces.write(piece, (error) => {
          if (error) return done(this.streamError(error, bytes));
          // A copy: what the log keeps must not keep the rest of a large text.
          const logged = isWhole ? piece : Buffer.from(piece);
          byteLog.append({ time: Date.now(), direction: 'sent', peer: null, bytes: logged });
          took(piece.length);
          this.count(piece, isLast);
          // A sender that waits for its bytes waits for the disk, too.
          if (isLast) byteLog.capture.whenRoom(() => done(null));
        });
      }
    };
  }

  /** From now on there is a datagram socket; `begin` sends what waited for it. */
  useDatagrams(socket: DatagramTransport): void {
    const { byteLog } = this.process;
    this.write = (bytes, took, done) => {
      const peer = this.process.peer!;
      socket.send(bytes, peer, (error) => {
        // Only now: one that is too long never went.
        if (error) return done(this.datagramError(error));
        byteLog.append({ time: Date.now(), direction: 'sent', peer, bytes });
        took(bytes.length);
        this.count(bytes, true);
        done(null);
      });
    };
  }

  begin(): void {
    this.queue.open(this.write!);
  }

  /** @throws as a rejection: NP_SEND_NOT_RUNNING, NP_SEND_NO_PEER, NP_SEND_QUEUE_FULL, NP_SEND_LOST, NP_SEND_… */
  send(text: Text): Promise<void> {
    // The caller's bytes may change before they are sent.
    return this.add(text.length, () =>
      typeof text === 'string'
        ? this.encode(this.process.textEncoder, text)
        : this.encode(this.process.encode, Buffer.from(text)),
    );
  }

  /** As `send`, past the coding system. */
  sendRaw(bytes: Uint8Array): Promise<void> {
    return this.add(bytes.length, () => Buffer.from(bytes));
  }

  /** Shuts the sending half once everything before has gone. */
  async sendEof(): Promise<void> {
    const { sendState, isDatagram } = this.process;
    if (sendState === 'no') throw this.notRunning();
    if (isDatagram || this.ended) return;
    this.ended = true;
    this.port.changed('state');
    await this.queue.sendEof(sendState === 'open' ? this.write : null);
  }

  /** Begins anew with the coding system, with its mark and without shifts. */
  reset(): void {
    this.encoder = null;
  }

  /** The connection never came up: whoever sent is told. */
  refuse(): void {
    this.queue.fail(() => this.notRunning());
  }

  /** The process is over: what was not taken is lost. Returns how many bytes. */
  lose(): number {
    const { queued } = this.queue;
    this.queue.fail((bytes) => this.lost(bytes));
    return queued;
  }

  private encode(system: CodingSystem | null, text: Text): Uint8Array {
    // A datagram is read by itself: it begins with all that is needed for that.
    if (this.encoder?.system !== system || this.process.isDatagram) this.encoder = new Encoder(system);
    const bytes = this.encoder.encode(text);
    // Bytes pass as they are, unless they could as well be text.
    const isText = typeof text === 'string' || isUnibyte(system) || isAscii(text);
    this.port.encodedBy(isText ? system : rawTextOf(null));
    return bytes;
  }

  private add(length: number, encode: () => Uint8Array): Promise<void> {
    const { sendState, isDatagram, peer, name } = this.process;
    if (sendState === 'no') return Promise.reject(this.notRunning());
    if (length === 0 || this.ended) return Promise.resolve();
    if (isDatagram && !peer && sendState === 'open') return Promise.reject(this.noPeer());
    const sent = this.queue.send(name, encode(), this.port.queueLimit(), sendState === 'open' ? this.write : null);
    this.port.changed('traffic');
    return sent;
  }

  /** Counts what has gone. */
  count(bytes: Uint8Array, isWhole: boolean): void {
    this.bytes += bytes.length;
    if (isWhole) this.messages += 1;
    this.port.changed('traffic');
  }

  private streamError(error: unknown, bytes: Uint8Array): NetworkProcessError {
    const { process } = this;
    if (process.isClosed) return this.lost(bytes.length);
    // A stream that Node destroyed has had its reset: to write there is to write into a broken pipe.
    const gone = systemCode(error) === 'EPIPE' || systemCode(error) === 'ERR_STREAM_DESTROYED';
    if (!gone) return fileError('write', error, process.name, process);
    this.port.peerGone();
    const text = `process ${process.name} no longer connected to pipe; closed it`;
    return new NetworkProcessError('NP_SEND_PEER_GONE', 'error', [text]);
  }

  private datagramError(error: unknown): NetworkProcessError {
    const { peer, name } = this.process;
    const doing = systemCode(error) === 'EMSGSIZE' ? 'datagram' : 'write';
    return fileError(doing, error, formatNetworkAddress(peer) ?? name, this.process);
  }

  private noPeer(): NetworkProcessError {
    const data = ['Writing to process', 'Invalid argument', this.process];
    return new NetworkProcessError('NP_SEND_NO_PEER', 'file-error', data, this.process.name);
  }

  private notRunning(): NetworkProcessError {
    return new NetworkProcessError('NP_SEND_NOT_RUNNING', 'error', [`Process ${this.process.name} not running`]);
  }

  private lost(bytes: number): NetworkProcessError {
    const text = `Output file descriptor of ${this.process.name} is closed`;
    return new NetworkProcessError('NP_SEND_LOST', 'error', [text], `${bytes} bytes not sent`);
  }
}
