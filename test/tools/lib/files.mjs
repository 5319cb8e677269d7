import { readdirSync } from 'node:fs';
import { root } from './paths.mjs';

/** Files below `folder` (relative to the project) whose relative path matches, sorted. */
export function globSync(folder, pattern) {
  return readdirSync(`${root}/${folder}`, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => `${e.parentPath}/${e.name}`.slice(root.length + 1))
    .filter((f) => pattern.test(f))
    .sort();
}
