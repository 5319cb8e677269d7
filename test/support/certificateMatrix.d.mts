/** Makes every certificate of the matrix in a folder; returns their names. */
export function makeMatrix(folder: string): string[];
