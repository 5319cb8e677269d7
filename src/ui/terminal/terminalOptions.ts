import type { LineEnding } from '../settings';
import type { WhenBehind } from './outputFlow';

/** How a terminal behaves; chosen for each by itself. */
export interface TerminalOptions {
  /** `line`: sent when Enter is pressed, edited here until then. `character`: every key goes out at once. */
  readonly input: 'line' | 'character';
  readonly lineEnding: LineEnding;
  /** Whether what was typed stays in the terminal, for peers that do not send it back. */
  readonly localEcho: boolean;
  readonly whenBehind: WhenBehind;
  /** `raw`: whatever the peer sends acts on the terminal. Goes with `character` only. */
  readonly escapes: 'safe' | 'raw';
}

/** The options with one changed, and those that hang on it. */
export function withOption(
  options: TerminalOptions,
  change: Partial<TerminalOptions>,
  localEcho: boolean,
): TerminalOptions {
  const next = { ...options, ...change };
  // Full-screen programs take keys, and nothing of ours may stand between what they draw.
  if (change.escapes === 'raw') return withInput(next, 'character', localEcho);
  if (change.input === 'line') return { ...withInput(next, 'line', localEcho), escapes: 'safe' };
  return change.input ? withInput(next, change.input, localEcho) : next;
}

/** Key by key, peers mostly echo themselves. */
function withInput(options: TerminalOptions, input: TerminalOptions['input'], localEcho: boolean): TerminalOptions {
  return { ...options, input, localEcho: input === 'line' && localEcho };
}
