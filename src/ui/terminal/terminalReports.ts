/**
 * What a terminal sends by itself: answers to queries about its kind, state, colours, size and cursor, and reports of
 * focus and mouse. F3 with Shift, Alt or Ctrl (`CSI 1;2R` and others) looks like one for the cursor, and is lost.
 */
const reports = new RegExp(
  [
    String.raw`\x1b\[[?>=]?[\d;:]*\$?[cnRtxy]`,
    String.raw`\x1b\[\?\d*u`,
    String.raw`\x1b\[[IO]`,
    String.raw`\x1b\[<[\d;]*[Mm]`,
    String.raw`\x1b\[\d+;\d+;\d+M`,
    String.raw`\x1b\[M[^]{3}`,
    String.raw`\x1b[P\]X^_][^\x07\x1b]*(?:\x07|\x1b\\)`,
  ].join('|'),
  'g',
);

/** What a user typed or pasted: all that a terminal sent, without its own reports. */
export function withoutReports(data: string): string {
  return data.includes('\x1b') ? data.replace(reports, '') : data;
}

/**
 * A query that a terminal answers once it has drawn what was written before.
 *
 * @param nonce Tells its answers from others.
 * @param number Tells them apart: the mode that is asked for is both together, and none that there is.
 */
export function drawnQuery(nonce: number, number: number): string {
  return `\x1b[?${nonce + number}$p`;
}

/** The numbers of the queries that are answered in what a terminal sent; of others' queries, numbers that nobody gave. */
export function drawnNumbers(data: string, nonce: number): number[] {
  return Array.from(data.matchAll(/\x1b\[\?(\d+);0\$y/g), ([, mode]) => Number(mode) - nonce);
}
