import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Addon } from './addon';

let loaded: { readonly addon: Addon | null; readonly problem: string | null } | null = null;

/** The addon, loaded when it is first asked for; null when there is none for this computer. */
export function loadAddon(): Addon | null {
  return load().addon;
}

/** Why there is no addon: one sentence; null when there is one. */
export function addonProblem(): string | null {
  return load().problem;
}

function load(): NonNullable<typeof loaded> {
  return (loaded ??= tryToLoad());
}

function tryToLoad(): NonNullable<typeof loaded> {
  if (process.env.NETPROC_ADDON === 'off') return { addon: null, problem: 'Native sockets are off (NETPROC_ADDON)' };
  const kind = `${process.platform}-${process.arch}`;
  try {
    const file = find(join('src', 'native', 'prebuilds', kind, 'netproc.node'));
    if (!file) return { addon: null, problem: `There are no native sockets for ${kind}` };
    return { addon: createRequire(__filename)(file) as Addon, problem: null };
  } catch (error) {
    return { addon: null, problem: `Native sockets can’t be loaded: ${(error as Error).message}` };
  }
}

/**
 * A file of this program, whose bundles lie in folders of different depth. Above its own folder nothing is looked for:
 * there others could put what would run here.
 */
function find(path: string): string | null {
  for (let folder = __dirname, up = dirname(folder); up !== folder; folder = up, up = dirname(folder)) {
    if (!isOurs(join(folder, 'package.json'))) continue;
    return existsSync(join(folder, path)) ? join(folder, path) : null;
  }
  return null;
}

function isOurs(manifest: string): boolean {
  if (!existsSync(manifest)) return false;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown }).name === 'network-processes';
}
