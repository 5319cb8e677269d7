/** Lines remembered. */
const historyLimit = 200;
/** Characters looked at for the end of a word or grapheme; longer ones are taken in parts. */
const reach = 256;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/** What keys do to the line. */
export type Edit =
  | 'left'
  | 'right'
  | 'wordLeft'
  | 'wordRight'
  | 'start'
  | 'end'
  | 'deleteLeft'
  | 'deleteRight'
  | 'deleteWordLeft'
  | 'deleteWordRight'
  | 'deleteToStart'
  | 'deleteToEnd'
  | 'older'
  | 'newer';

/** The line being typed, and those that were sent. Positions are UTF-16 units and stand between graphemes. */
export class LineEditor {
  private line = '';
  private position = 0;
  /** The oldest first. */
  private readonly history: string[] = [];
  /** Which of the history is shown; its length for the line that is being written. */
  private shown = 0;
  private draft = '';

  get text(): string {
    return this.line;
  }

  get cursor(): number {
    return this.position;
  }

  insert(text: string): void {
    this.replace(this.position, this.position, text);
  }

  /** Takes the line as it is, remembers it and begins a new one. */
  take(): string {
    const { line, history } = this;
    if (line !== '' && history.at(-1) !== line) history.push(line);
    if (history.length > historyLimit) history.shift();
    this.shown = history.length;
    this.draft = '';
    this.show('');
    return line;
  }

  edit(edit: Edit): void {
    switch (edit) {
      case 'left':
      case 'right':
      case 'wordLeft':
      case 'wordRight':
        this.position = this.neighbor(edit);
        return;
      case 'start':
        this.position = 0;
        return;
      case 'end':
        this.position = this.line.length;
        return;
      case 'deleteLeft':
        return this.replace(this.neighbor('left'), this.position, '');
      case 'deleteRight':
        return this.replace(this.position, this.neighbor('right'), '');
      case 'deleteWordLeft':
        return this.replace(this.neighbor('wordLeft'), this.position, '');
      case 'deleteWordRight':
        return this.replace(this.position, this.neighbor('wordRight'), '');
      case 'deleteToStart':
        return this.replace(0, this.position, '');
      case 'deleteToEnd':
        return this.replace(this.position, this.line.length, '');
      case 'older':
        return this.recall(this.shown - 1);
      case 'newer':
        return this.recall(this.shown + 1);
    }
  }

  private recall(index: number): void {
    if (index < 0 || index > this.history.length) return;
    if (this.shown === this.history.length) this.draft = this.line;
    this.shown = index;
    this.show(this.history[index] ?? this.draft);
  }

  private show(line: string): void {
    this.line = line;
    this.position = line.length;
  }

  private replace(start: number, end: number, text: string): void {
    this.line = this.line.slice(0, start) + text + this.line.slice(end);
    this.position = start + text.length;
  }

  private neighbor(where: 'left' | 'right' | 'wordLeft' | 'wordRight'): number {
    const { line, position } = this;
    const before = line.slice(Math.max(0, position - reach), position);
    const after = line.slice(position, position + reach);
    switch (where) {
      case 'left':
        return position - ([...graphemes.segment(before)].at(-1)?.segment.length ?? 0);
      case 'right':
        return position + ([...graphemes.segment(after)][0]?.segment.length ?? 0);
      case 'wordLeft': {
        const word = [...words.segment(before)].findLast((s) => s.isWordLike);
        return position - before.length + (word?.index ?? 0);
      }
      case 'wordRight': {
        const word = [...words.segment(after)].find((s) => s.isWordLike);
        return position + (word ? word.index + word.segment.length : after.length);
      }
    }
  }
}
