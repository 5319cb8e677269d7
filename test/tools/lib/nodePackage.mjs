// Node as the npm registry has it: the executable of a platform, and the headers that addons are compiled with.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { withLock } from './lock.mjs';
import { cache } from './paths.mjs';
import { runAsync } from './processes.mjs';

const version = '20.20.2';

/**
 * The folder of the package node-PLATFORM (by default linux-x64, whose headers are every platform's), which is fetched
 * into the cache unless it is there. Below it are bin/node and include/node.
 */
export async function ensureNodePackage(platform = 'linux-x64') {
  const name = `node-${platform}`;
  const home = `${cache}/${name}-${version}`;
  const stamp = `${home}/.complete`;
  if (!existsSync(stamp)) {
    mkdirSync(cache, { recursive: true });
    await withLock(`${home}.lock`, async () => {
      if (!existsSync(stamp)) await fetchInto(home, `${name}@${version}`);
      writeFileSync(stamp, '');
    });
  }
  return `${home}/package`;
}

async function fetchInto(home, spec) {
  console.log(`Getting ${spec} (once, 45 MB)…`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  // Packed, for another computer's package npm does not install.
  await run('npm', ['pack', spec, '--silent'], home);
  const packed = `${spec.replace('@', '-')}.tgz`;
  await run('tar', ['xzf', packed, 'package/bin', 'package/include'], home);
  rmSync(`${home}/${packed}`);
}

async function run(file, args, cwd) {
  const { code, output } = await runAsync(file, args, { cwd, timeout: 5 * 60_000 });
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${output.slice(-2000)}`);
}
