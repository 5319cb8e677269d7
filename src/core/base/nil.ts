/** Emacs' nil. */
export function isNil(value: unknown): value is null | undefined | false {
  return value === null || value === undefined || value === false;
}
