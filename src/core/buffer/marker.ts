import type { Marker } from '../api';
import type { Buffer } from './buffer';

/** A position that moves with the text of its buffer. Null in no buffer, or once its buffer was killed. */
export class TextMarker implements Marker {
  private home: Buffer | null = null;
  private at = 1;

  /** @param advances Text inserted exactly at the marker goes before it. */
  constructor(readonly advances: boolean) {}

  get buffer(): Buffer | null {
    return this.home;
  }

  get position(): number | null {
    return this.home ? this.at : null;
  }

  set(buffer: Buffer | null, position = 1): void {
    if (buffer !== this.home) {
      this.home?.markers.delete(this);
      this.home = buffer;
      buffer?.markers.add(this);
    }
    this.at = buffer ? Math.min(Math.max(position, 1), buffer.size + 1) : 1;
  }

  /** @param before The text goes before every marker at that place. */
  inserted(position: number, chars: number, before: boolean): void {
    if (this.at > position || (this.at === position && (this.advances || before))) this.at += chars;
  }

  deleted(start: number, end: number): void {
    if (this.at >= end) this.at -= end - start;
    else if (this.at > start) this.at = start;
  }
}
