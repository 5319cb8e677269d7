/** How a property's value is typed: as JSON, or as it is. Knows nothing of VS Code. */

/** JSON when it is JSON, else the text. */
export function parseProperty(typed: string): unknown {
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return typed;
  }
}

/** What `parseProperty` reads as this value; null when there is no such text. */
export function propertyText(value: unknown): string | null {
  if (typeof value === 'string') return parseProperty(value) === value ? value : JSON.stringify(value);
  if (!isPlain(value)) return null;
  return JSON.stringify(value);
}

/** Made of what JSON has; getters and objects of other kinds are not asked anything. */
function isPlain(value: unknown): boolean {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (![Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value) as object)) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(
    ({ value: own, enumerable, get }) => !get && (!enumerable || isPlain(own)),
  );
}
