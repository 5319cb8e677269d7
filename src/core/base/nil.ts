/** Emacs' nil. */
export function isNil(value: unknown): value is null | undefined | false {
  return value === null || value === undefined || value === false;
}

/** A symbol's name where Emacs takes a symbol: a string here, or a real symbol. */
export function symbolName(value: unknown): string | null {
  if (typeof value === 'symbol') return value.description ?? null;
  return typeof value === 'string' ? value : null;
}
