// Makes a clean clone ready: packages (again only when the lock file changed). Uses nothing but Node.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { root } from './paths.mjs';

/** Installs the project's packages if the lock file is not the one installed last. */
export function installPackages() {
  const want = createHash('sha256')
    .update(readFileSync(`${root}/package-lock.json`))
    .digest('hex');
  const stamp = `${root}/node_modules/.installed`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want) return;
  console.log('Installing packages (npm ci)…');
  const r = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: root, stdio: 'inherit' });
  if (r.status !== 0) throw new Error(`npm ci ended with ${r.status}`);
  writeFileSync(stamp, want);
}
