import { codingSystem } from './codingSystem';
import { Decoder } from './decoder';
import { bytesToText } from './utf8';

/** Bytes to text for those who look at a process's traffic, as the process itself decodes it. */
export class TextDecoder {
  private readonly decoder: Decoder;

  /**
   * @param coding A coding system as `processCodingSystem` names it; null gives one character a byte.
   * @param before The decoder that it follows in the same stream: an unfinished character goes over.
   * @throws NP_CODING_UNKNOWN
   */
  constructor(coding: string | null, before?: TextDecoder) {
    this.decoder = new Decoder(codingSystem(coding), () => undefined, before?.decoder.pending);
  }

  /** The coding system in force, as far as the bytes have shown it. */
  get coding(): string | null {
    return this.decoder.system?.name ?? null;
  }

  /** Text of the bytes so far, as far as complete; bytes that do not decode are U+DC80…U+DCFF. */
  decode(bytes: Uint8Array): string {
    return asText(this.decoder.decode(bytes));
  }

  /** What is left at the end. Starts afresh afterwards. */
  flush(): string {
    return asText(this.decoder.flush());
  }
}

function asText(text: string | Uint8Array): string {
  return typeof text === 'string' ? text : bytesToText(text);
}
