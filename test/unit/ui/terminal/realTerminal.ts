import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/headless';

/** The terminal emulator that VS Code has, without a page. */
export class RealTerminal {
  /** What it sent by itself: answers to queries. */
  sent = '';
  bells = 0;
  titles: string[] = [];
  readonly terminal: Terminal;

  constructor(columns = 80, rows = 24) {
    this.terminal = new Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.unicode.activeVersion = '11';
    this.terminal.onData((data) => (this.sent += data));
    this.terminal.onBell(() => (this.bells += 1));
    this.terminal.onTitleChange((title) => this.titles.push(title));
  }

  write(text: string): Promise<void> {
    return new Promise((resolve) => this.terminal.write(text, resolve));
  }

  resize(columns: number): void {
    this.terminal.resize(columns, this.terminal.rows);
  }

  get column(): number {
    return this.terminal.buffer.active.cursorX;
  }

  /** All rows with text, scrolled away ones too, without the spaces at their ends. */
  get rows(): string[] {
    const { active } = this.terminal.buffer;
    const rows = Array.from(
      { length: active.length },
      (_, i) => active.getLine(i)?.translateToString().trimEnd() ?? '',
    );
    return rows.slice(0, rows.findLastIndex((row) => row !== '') + 1);
  }

  /** The row with the cursor. */
  get row(): string {
    const { active } = this.terminal.buffer;
    return (
      active
        .getLine(active.baseY + active.cursorY)
        ?.translateToString()
        .trimEnd() ?? ''
    );
  }

  /** The number of a character's colour, -1 for the default one. */
  color(row: number, column: number): number | undefined {
    return this.terminal.buffer.active.getLine(row)?.getCell(column)?.getFgColor();
  }

  dispose(): void {
    this.terminal.dispose();
  }
}
