import type { Disposable } from '../../core';
import { optionsSummary } from '../terminal/optionsBox';
import type { Terminals } from '../terminal/terminals';
import type { StatusSource, StatusTarget } from './statusSource';

/** The process whose terminal is active. */
export class TerminalStatus implements StatusSource {
  constructor(private readonly terminals: Terminals) {}

  active(): StatusTarget | undefined {
    const terminal = this.terminals.active();
    return (
      terminal && {
        row: terminal.row,
        trimmed: 0,
        view: { kind: 'terminal', options: optionsSummary(terminal.options) },
      }
    );
  }

  onDidChange(listener: (turnedTo: boolean) => void): Disposable {
    return this.terminals.onDidChangeActive(listener);
  }
}
