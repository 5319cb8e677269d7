/** Memory of packed texts that are gone, for the next ones: by the bytes of a unit. */
export interface Spare {
  readonly narrow: Buffer[];
  readonly wide: Buffer[];
}

/** Packed texts that may wait for the next ones: as many as a stream's largest read drops at once. */
const mostSpare = 8;

const wideUnit = /[^\x00-\xff]/;

/**
 * Text outside of JavaScript's heap, in memory that is used again. Strings that live as long as a buffer holds them
 * would all become old before they go, and only a full collection takes old ones: a stream's would be hundreds of MB.
 */
export class PackedText {
  private constructor(
    private readonly memory: Buffer,
    private readonly isWide: boolean,
    private readonly bytes: number,
  ) {}

  /** Packs at most `most` units, in spare memory where there is some. All packed texts of one `spare` have one `most`. */
  static of(text: string, most: number, spare: Spare): PackedText {
    const isWide = wideUnit.test(text);
    const memory = (isWide ? spare.wide : spare.narrow).pop() ?? Buffer.allocUnsafeSlow(isWide ? 2 * most : most);
    return new PackedText(memory, isWide, memory.write(text, isWide ? 'utf16le' : 'latin1'));
  }

  toString(): string {
    return this.memory.toString(this.isWide ? 'utf16le' : 'latin1', 0, this.bytes);
  }

  /** Gives its memory back: nobody may read it any more. */
  giveTo(spare: Spare): void {
    const memories = this.isWide ? spare.wide : spare.narrow;
    if (memories.length < mostSpare) memories.push(this.memory);
  }
}
