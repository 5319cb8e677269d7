import type { BufferDesignator, Event, TextBuffer } from '../api';
import { Emitter, type ErrorSink } from '../base/event';
import { NetworkProcessError, wrongType } from '../errors';
import { Buffer } from './buffer';

/**
 * The live buffers by name.
 *
 * @see Emacs Lisp manual, "Buffer List", "Creating Buffers", "Killing Buffers"
 */
export class BufferList {
  private readonly byName = new Map<string, Buffer>();
  private readonly created: Emitter<TextBuffer>;
  private readonly killed: Emitter<TextBuffer>;
  private lastId = 0;

  constructor(
    private readonly limit: () => number,
    private readonly onError: ErrorSink,
  ) {
    this.created = new Emitter(onError);
    this.killed = new Emitter(onError);
  }

  get onDidCreate(): Event<TextBuffer> {
    return this.created.event;
  }

  get onDidKill(): Event<TextBuffer> {
    return this.killed.event;
  }

  all(): Buffer[] {
    return [...this.byName.values()];
  }

  get(buffer: BufferDesignator): Buffer | null {
    if (typeof buffer === 'string') return this.byName.get(buffer) ?? null;
    if (buffer instanceof Buffer) return buffer;
    throw wrongType('stringp', buffer);
  }

  /** @throws NP_BUFFER_NAME for an empty name, NP_WRONG_TYPE for what is neither name nor buffer */
  getOrCreate(buffer: BufferDesignator): Buffer {
    const found = this.get(buffer);
    if (found) return found;
    const name = buffer as string;
    if (name === '') {
      throw new NetworkProcessError('NP_BUFFER_NAME', 'error', ['Empty string for buffer name is not allowed']);
    }
    const made = new Buffer(++this.lastId, name, this.limit, this.onError);
    this.byName.set(name, made);
    this.created.fire(made);
    return made;
  }

  /** Takes a buffer out and ends it. Its processes are the caller's business, before. */
  kill(buffer: Buffer): void {
    if (buffer.name === null) return;
    this.byName.delete(buffer.name);
    buffer.kill();
    this.killed.fire(buffer);
  }

  dispose(): void {
    this.created.dispose();
    this.killed.dispose();
  }
}
