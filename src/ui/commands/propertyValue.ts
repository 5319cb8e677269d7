/** How a property's value is typed: as JSON, or as it is. Knows nothing of VS Code. */

/** JSON when it is JSON, else the text. So is a number that would become another one. */
export function parseProperty(typed: string): unknown {
  try {
    const value = JSON.parse(typed) as unknown;
    const isOther = typeof value === 'number' && !Number.isSafeInteger(value) && /^\s*-?\d+\s*$/.test(typed);
    return isOther ? typed : value;
  } catch {
    return typed;
  }
}

/** What `parseProperty` reads as this value, on one line and harmless to show; null when there is no such text. */
export function propertyText(value: unknown): string | null {
  if (typeof value === 'string' && !unshown.test(value) && parseProperty(value) === value) return value;
  if (!isPlain(value)) return null;
  return JSON.stringify(value).replace(
    new RegExp(unshown, 'g'),
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Controls, what turns the direction of text or breaks lines, and halves of characters. */
const unshown =
  /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

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
