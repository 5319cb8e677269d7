import type { Piece } from './pump';

/** UTF-16 units of a piece. */
export const pieceUnits = 64 * 1024;

/** The most that a UTF-16 unit becomes in any coding system: four bytes in GB18030. */
const unitBytes = 4;

/** A text in pieces; no character is cut. Sizes are UTF-16 units. */
export async function* textPieces(text: string, send: (piece: string) => Promise<void>): AsyncGenerator<Piece> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + pieceUnits, text.length);
    if (isInside(text, end)) end -= 1;
    const piece = text.slice(start, end);
    yield { size: piece.length, bytes: unitBytes * piece.length, send: () => send(piece) };
    start = end;
  }
}

/** Whether a position is within a surrogate pair, or between a carriage return and its line feed. */
function isInside(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  const isPair = before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
  return isPair || (before === 0x0d && after === 0x0a);
}
