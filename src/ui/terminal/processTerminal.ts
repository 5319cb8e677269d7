import * as vscode from 'vscode';
import {
  TextDecoder,
  type ByteLogEntry,
  type Disposable,
  type NetworkProcess,
  type NetworkProcesses,
} from '../../core';
import { errorText } from '../errors';
import { commands } from '../ids';
import { showPeerText } from '../peerText';
import { formatCount } from '../rows/amounts';
import { systemTimers } from '../rows/refreshQueue';
import type { Row } from '../rows/row';
import type { RowModel } from '../rows/rowModel';
import { statusWords } from '../rows/stateWords';
import type { LargeSends } from '../send/largeSends';
import { mustStillSend } from '../send/sendCommands';
import { lineEndings } from '../settings';
import { controlName } from './controlCharacters';
import type { Key } from './keys';
import type { FlowTimers, OutputFlow, OutputItem, OutputSink } from './outputFlow';
import type { OutputFilter, Screen } from './screen';
import type { TerminalOptions } from './terminalOptions';
import type * as Parts from './terminalParts';

let loaded: typeof Parts | null = null;

/** Read when there is a first terminal: activation does not pay for them. */
function parts(): typeof Parts {
  // A synchronous load in the middle of a call, which has to answer at once.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  loaded ??= require('./terminalParts') as typeof Parts;
  return loaded;
}

/** Bytes received before it was opened that a terminal shows. */
const replayBytes = 256 * 1024;
const usualColumns = 80;

/**
 * A row's process in a terminal: shows what it receives and sends what is typed. It outlives its process, goes on with
 * the one that reconnecting makes, and closing it touches neither.
 */
export class ProcessTerminal implements vscode.Pseudoterminal, OutputSink {
  private readonly writes = new vscode.EventEmitter<string>();
  private readonly names = new vscode.EventEmitter<string>();
  readonly onDidWrite = this.writes.event;
  readonly onDidChangeName = this.names.event;
  private readonly flow: OutputFlow;
  private readonly line = new (parts().LineEditor)();
  private screen: Screen;
  /** Asked by nobody else: only we know it. */
  private readonly nonce = 100_000_000 + Math.floor(Math.random() * 900_000_000);
  private shownName: string | null = null;
  private process: NetworkProcess;
  private decoder: TextDecoder;
  private received: Disposable | null = null;
  private held: Disposable | null = null;
  /** The last words of the process that were shown. */
  private told: string | null = null;
  /** Its coding system when last looked at. */
  private coding: string | null;
  /** It came by reconnecting and was not open so far. */
  private isNew = false;
  /** Its output was ended. */
  private hasEnded = false;

  /**
   * @param large Knows when nothing must come in between.
   * @param user Told of what the user does with it, and when VS Code shows it: what is written earlier is lost.
   */
  constructor(
    readonly row: Row,
    private current: TerminalOptions,
    private readonly core: NetworkProcesses,
    private readonly rows: RowModel,
    private readonly large: Pick<LargeSends, 'refusal'>,
    private readonly user: { opened(): void; typed(): void; closed(): void },
  ) {
    this.process = row.process;
    this.coding = core.processCodingSystem(row.process).decode;
    this.decoder = new TextDecoder(this.coding);
    this.screen = this.newScreen(usualColumns);
    this.flow = new (parts().OutputFlow)(this, timers, this.whenBehind());
  }

  /** `echo — open` */
  get name(): string {
    const state = this.rows.has(this.row) ? statusWords(this.row.process, this.core) : vscode.l10n.t('deleted');
    return `${showPeerText(this.row.process.name)} — ${state}`;
  }

  get options(): TerminalOptions {
    return this.current;
  }

  setOptions(options: TerminalOptions): void {
    const before = this.current;
    this.current = options;
    this.flow.setWhenBehind(this.whenBehind());
    if (options.escapes !== before.escapes) {
      this.writes.fire(
        this.screen.setFilter(newFilter(options.escapes)) + this.ownLineNow(escapesText(options.escapes)),
      );
    }
    if (options.input === 'character') {
      this.line.edit('end');
      this.line.edit('deleteToStart');
      this.writes.fire(this.screen.redraw());
    }
  }

  // ------------------------------------------------------------ the terminal's side

  open(dimensions: vscode.TerminalDimensions | undefined): void {
    if (dimensions) this.screen = this.newScreen(dimensions.columns);
    // The row may have changed since it was asked for.
    this.process = this.row.process;
    this.decodeWith(this.core.processCodingSystem(this.process).decode);
    if (!this.isOver) this.told = this.process.lastMessage;
    this.user.opened();
    this.replay();
    this.listen();
    this.update();
    if (!this.rows.has(this.row)) this.rowRemoved();
  }

  close(): void {
    this.received?.dispose();
    this.flow.dispose();
    this.user.closed();
  }

  setDimensions({ columns }: vscode.TerminalDimensions): void {
    this.writes.fire(this.screen.resize(columns));
  }

  handleInput(data: string): void {
    for (const number of parts().drawnNumbers(data, this.nonce)) this.flow.drawn(number);
    const typed = parts().withoutReports(data);
    if (typed === '') return;
    this.flow.typed();
    this.user.typed();
    if (this.isOver) {
      if (typed.includes('\r')) this.reconnect();
    } else if (this.current.input === 'line') this.edit(typed);
    else this.typeThrough(typed);
  }

  /** Sends a control character. */
  sendControl(byte: number): void {
    this.send(Uint8Array.of(byte));
    if (this.current.localEcho) this.writes.fire(this.ownLineNow(controlName(byte)));
  }

  /** Line by line: whole lines go out, the rest waits in the editor. */
  private edit(typed: string): void {
    const { line, screen } = this;
    let shown = '';
    const lines: string[] = [];
    for (const key of parts().readKeys(typed)) {
      switch (key.kind) {
        case 'text':
          line.insert(key.text);
          break;
        case 'edit':
          line.edit(key.edit);
          break;
        case 'enter': {
          const taken = line.take();
          // Without a line end, an empty line is nothing to send.
          if (taken + this.lineEnd === '') break;
          lines.push(taken + this.lineEnd);
          shown += this.current.localEcho ? screen.echo(taken, '\r\n') : screen.redraw();
          break;
        }
        case 'clear':
          shown += screen.clear();
          break;
        case 'control':
          this.sendLines(lines.splice(0));
          this.send(Uint8Array.of(key.byte));
          if (this.current.localEcho) shown += this.ownLineNow(controlName(key.byte));
      }
    }
    this.sendLines(lines);
    this.writes.fire(shown + screen.redraw());
  }

  /** A stream takes them as one text, however many were pasted; of datagrams and packets each is one. */
  private sendLines(lines: readonly string[]): void {
    for (const text of this.process.socketType !== 'stream' ? lines : [lines.join('')]) this.send(text);
  }

  /** Key by key. */
  private typeThrough(typed: string): void {
    this.send(typed.replaceAll('\r', this.lineEnd));
    if (!this.current.localEcho) return;
    let shown = '';
    for (const key of parts().readKeys(typed)) shown += this.echoOf(key);
    this.writes.fire(shown);
  }

  private echoOf(key: Key): string {
    if (key.kind === 'text') return this.screen.echo(key.text, '');
    if (key.kind === 'enter') return this.screen.echo('', '\r\n');
    if (key.kind === 'control') return this.screen.echo(String.fromCharCode(key.byte), '');
    return key.kind === 'edit' && key.edit === 'deleteLeft' ? this.screen.echoBackspace() : '';
  }

  private get lineEnd(): string {
    return lineEndings[this.current.lineEnding];
  }

  private send(text: string | Uint8Array): void {
    if (text.length === 0) return;
    const refusal = this.large.refusal(this.process);
    if (refusal !== null) return this.writes.fire(this.ownLineNow(refusal));
    this.sendNow(text).catch((error) => this.writes.fire(this.ownLineNow(errorText(error))));
  }

  private async sendNow(text: string | Uint8Array): Promise<void> {
    const { core, process } = this;
    mustStillSend(process);
    await (typeof text === 'string' ? core.processSendString(process, text) : core.processSendBytes(process, text));
  }

  private reconnect(): void {
    if (!this.rows.has(this.row) || this.rows.isReconnecting(this.row)) return;
    if (this.row.traits.has('reconnectable')) void vscode.commands.executeCommand(commands.reconnect, this.row);
  }

  /** A line of our own about what the user just did; it does not wait for output that does. */
  private ownLineNow(line: string): string {
    const { screen } = this;
    return screen.erase() + screen.ownLine(line) + screen.draw();
  }

  // ------------------------------------------------------------------ OutputSink

  paint(next: (length: number) => OutputItem | undefined): string {
    const { screen } = this;
    let piece = screen.erase();
    for (let item = next(piece.length); item; item = next(piece.length)) piece += this.paintItem(item);
    return piece + screen.draw();
  }

  write(piece: string, number: number): void {
    this.writes.fire(piece + parts().drawnQuery(this.nonce, number));
  }

  hold(held: boolean): void {
    this.held?.dispose();
    this.held = held ? this.core.holdReading(this.process) : null;
  }

  private paintItem(item: OutputItem): string {
    if (item.kind === 'text') return this.screen.output(item.text);
    if (item.kind === 'line') return this.screen.ownLine(item.line);
    if (item.kind === 'end') return this.screen.calm();
    return this.screen.calm() + this.screen.ownLine(this.skippedLine(item.bytes));
  }

  private skippedLine(bytes: number): string {
    const amount = formatCount(bytes);
    return this.process.byteLog.capture.state === 'open'
      ? vscode.l10n.t('{0} bytes came too fast and were skipped here; the capture has them.', amount)
      : vscode.l10n.t('{0} bytes came too fast and were skipped here.', amount);
  }

  // ----------------------------------------------------------------- the row's side

  /** The row, or its process, has changed. */
  update(): void {
    if (this.row.process !== this.process) this.follow();
    const { process } = this;
    const { decode } = this.core.processCodingSystem(process);
    if (decode !== this.coding) this.decodeWith(decode);
    if (process.lastMessage !== this.told) this.sentinelSaid();
    else if (this.isNew && (process.status === 'open' || process.status === 'run')) {
      this.isNew = false;
      this.flow.addLine(vscode.l10n.t('Connected again.'));
    }
    this.showName();
  }

  /** The row is gone; the text stays. */
  rowRemoved(): void {
    this.received?.dispose();
    this.flow.addLine(vscode.l10n.t('No longer in the list; this text stays until the terminal is closed.'));
    this.showName();
  }

  private get isOver(): boolean {
    return !this.rows.has(this.row) || this.row.traits.has('finished');
  }

  /** What came before the terminal did. */
  private replay(): void {
    const { byteLog } = this.process;
    const entries = byteLog.entries.filter(({ direction }) => direction === 'received');
    let room = replayBytes;
    const first = entries.findLastIndex(({ bytes }) => (room -= bytes.length) < 0) + 1;
    const bytesOf = (some: readonly ByteLogEntry[]): number => some.reduce((sum, { bytes }) => sum + bytes.length, 0);
    // The log may have dropped some, and counts what was sent with it.
    const dropped = byteLog.bytesDropped > 0 ? this.process.traffic.bytesReceived - bytesOf(entries) : 0;
    const before = bytesOf(entries.slice(0, first)) + Math.max(dropped, 0);
    if (before > 0) {
      this.flow.addLine(vscode.l10n.t('{0} bytes of earlier traffic are not shown here.', formatCount(before)));
    }
    for (const entry of entries.slice(first)) this.add(entry);
  }

  /** The row has got another process: one that reconnecting makes, or the old one back when that failed. */
  private follow(): void {
    const isHeld = this.held !== null;
    this.hold(false);
    if (!this.hasEnded) this.endOutput();
    this.process = this.row.process;
    this.told = this.process.lastMessage;
    this.isNew = !this.isOver;
    this.hasEnded = this.isOver;
    this.decodeWith(this.core.processCodingSystem(this.process).decode);
    // First the hold that the flow knows of: it may let go of it.
    if (isHeld) this.hold(true);
    this.flow.setWhenBehind(this.whenBehind());
    this.listen();
    if (this.isOver) this.tellHowToGoOn();
  }

  private listen(): void {
    this.received?.dispose();
    this.received = this.process.byteLog.onDidAppend((entry) => {
      if (entry.direction === 'received') this.add(entry);
    });
  }

  private add({ bytes }: ByteLogEntry): void {
    const { itemBytes } = parts();
    for (let at = 0; at < bytes.length; at += itemBytes) {
      const part = bytes.subarray(at, at + itemBytes);
      this.flow.add(this.decoder.decode(part), part.length);
    }
    // A datagram is whole.
    if (this.process.isDatagram) this.flow.add(this.decoder.flush(), 0);
  }

  private decodeWith(coding: string | null): void {
    this.coding = coding;
    // It may have found the same out by itself.
    if (coding !== this.decoder.coding) this.decoder = new TextDecoder(coding, this.decoder);
  }

  private sentinelSaid(): void {
    this.told = this.process.lastMessage;
    this.isNew = false;
    if (this.isOver) this.endOutput();
    this.flow.addLine(showPeerText((this.told ?? '').trim()));
    // One that is being deleted is gone from the list in a moment.
    if (this.isOver) timers.soon(() => this.tellHowToGoOn());
  }

  /** Whoever sends next goes on with nothing of this: half a character, half a sequence, a style, a mode. */
  private endOutput(): void {
    this.hasEnded = true;
    this.flow.add(this.decoder.flush(), 0);
    this.flow.addEnd();
  }

  private tellHowToGoOn(): void {
    if (!this.isOver || !this.rows.has(this.row)) return;
    if (this.row.traits.has('reconnectable')) this.flow.addLine(vscode.l10n.t('Press Enter to reconnect.'));
    else this.flow.addLine(vscode.l10n.t('Only its peer can connect again.'));
  }

  private showName(): void {
    if (this.name === this.shownName) return;
    this.shownName = this.name;
    this.names.fire(this.name);
  }

  /** Datagrams cannot be held back. */
  private whenBehind(): TerminalOptions['whenBehind'] {
    return this.process.isDatagram ? 'skip' : this.current.whenBehind;
  }

  private newScreen(columns: number): Screen {
    const notice = vscode.l10n.t('Escape sequences that could act on this terminal are left out.');
    return new (parts().Screen)(columns, newFilter(this.current.escapes), this.line, notice);
  }
}

function escapesText(escapes: TerminalOptions['escapes']): string {
  return escapes === 'raw'
    ? vscode.l10n.t('Raw: the peer controls this terminal.')
    : vscode.l10n.t('Safe: the peer no longer controls this terminal.');
}

const timers: FlowTimers = {
  ...systemTimers,
  soon(run) {
    const turn = setImmediate(run);
    return { dispose: () => clearImmediate(turn) };
  },
};

function newFilter(escapes: TerminalOptions['escapes']): OutputFilter {
  return escapes === 'raw' ? new (parts().RawFilter)() : new (parts().EscapeFilter)(timers.now);
}
