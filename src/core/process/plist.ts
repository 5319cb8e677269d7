import { isNil } from '../base/nil';
import { wrongType } from '../errors';

/**
 * A plist of our own from what was given.
 *
 * @throws NP_WRONG_TYPE naming `predicate`
 */
export function plistMap(plist: unknown, predicate: 'listp' | 'sequencep'): Map<string, unknown> {
  if (isNil(plist)) return new Map();
  if (plist instanceof Map) return new Map(plist as Map<string, unknown>);
  if (typeof plist === 'object' && !Array.isArray(plist)) return new Map(Object.entries(plist));
  throw wrongType(predicate, plist);
}
