import type { Edit } from './lineEditor';

/** What the user did in the terminal. `control` is a byte that edits nothing; keys that mean nothing here are left out. */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'edit'; readonly edit: Edit }
  | { readonly kind: 'control'; readonly byte: number }
  | { readonly kind: 'enter' | 'clear' };

/** What the terminal sends for keys. */
const edits = new Map<string, Edit>(
  Object.entries({
    '\x01': 'start',
    '\x05': 'end',
    '\x08': 'deleteLeft',
    '\x0b': 'deleteToEnd',
    '\x15': 'deleteToStart',
    '\x17': 'deleteWordLeft',
    '\x7f': 'deleteLeft',
    '\x1b\x7f': 'deleteWordLeft',
    '\x1b\x08': 'deleteWordLeft',
    '\x1bb': 'wordLeft',
    '\x1bf': 'wordRight',
    '\x1bd': 'deleteWordRight',
    '\x1b[A': 'older',
    '\x1b[B': 'newer',
    '\x1b[C': 'right',
    '\x1b[D': 'left',
    '\x1b[H': 'start',
    '\x1b[F': 'end',
    '\x1b[1~': 'start',
    '\x1b[4~': 'end',
    '\x1b[3~': 'deleteRight',
    '\x1b[3;5~': 'deleteWordRight',
    '\x1b[1;3C': 'wordRight',
    '\x1b[1;3D': 'wordLeft',
    '\x1b[1;5C': 'wordRight',
    '\x1b[1;5D': 'wordLeft',
  } satisfies Record<string, Edit>),
);

const tokens = /\x1b(?:\[[\x20-\x3f]*[@-~]|O.|[^[O\x1b])?|\r\n?|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/gsu;

/** Takes apart what a terminal sent: keys, or text that was pasted. */
export function* readKeys(data: string): Generator<Key> {
  for (const [token] of data.matchAll(tokens)) {
    // With application cursor keys an arrow is ESC O A.
    const edit = edits.get(token.replace(/^\x1bO/, '\x1b['));
    if (edit) yield { kind: 'edit', edit };
    else if (token.startsWith('\r') || token === '\n') yield { kind: 'enter' };
    else if (token === '\x0c') yield { kind: 'clear' };
    else if (token === '\t' || (token >= ' ' && token !== '\x7f')) yield { kind: 'text', text: token };
    else if (token.length === 1 && token !== '\x1b') yield { kind: 'control', byte: token.charCodeAt(0) };
  }
}
