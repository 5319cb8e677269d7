// `npm run package [-- --out FILE]`: builds network-processes-VERSION.vsix, a file that any VS Code installs.
import { readFileSync, statSync } from 'node:fs';
import { root } from './lib/paths.mjs';
import { runAsync } from './lib/processes.mjs';
import { installPackages } from './lib/setup.mjs';

/** Builds the extension and packs it into the file `out`, by default in the project's folder. Returns its path. */
export async function packageExtension(out) {
  const { buildExtension } = await import('./build.mjs');
  await buildExtension();
  const { name, version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
  const file = out ?? `${root}/${name}-${version}.vsix`;
  // All that runs is bundled: there are no packages to take along, nor is there a repository to link to.
  const flags = ['--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository', '--out', file];
  const args = [`${root}/node_modules/@vscode/vsce/vsce`, 'package', ...flags];
  const { code, output } = await runAsync(process.execPath, args, { cwd: root, timeout: 3 * 60_000 });
  if (code !== 0) throw new Error(`vsce package ended with ${code}:\n${output}`);
  return file;
}

if (process.argv[1]?.endsWith('package.mjs')) {
  installPackages();
  const out = process.argv.indexOf('--out');
  const file = await packageExtension(out > 0 ? process.argv[out + 1] : undefined);
  console.log(`${file} (${Math.round(statSync(file).size / 1024)} KB)`);
}
