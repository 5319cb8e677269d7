// `npm run native`: compiles the native sockets (src/native) for this computer, `-- --all` also for the others that a
// compiler is found for. What it writes is committed: nobody compiles anything who only uses the extension.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { globSync } from './lib/files.mjs';
import { ensureNodePackage } from './lib/nodePackage.mjs';
import { root } from './lib/paths.mjs';
import { runToEnd } from './lib/processes.mjs';

const folder = 'src/native';
const common = ['-O2', '-std=c11', '-fPIC', '-fvisibility=hidden', '-Wall', '-Wextra'];

/**
 * Without libraries, start-up code and helpers of a compiler's the one file serves glibc and musl: what it uses of libc
 * it finds in the Node that loads it.
 */
const linux = [
  ...['-shared', '-nostdlib', '-s', '-fno-stack-protector', '-U_FORTIFY_SOURCE'],
  '-Wl,-z,now,-z,noseparate-code,--build-id=none,--hash-style=gnu',
];
const darwin = ['-bundle', '-undefined', 'dynamic_lookup', '-Wl,-x'];

/** By platform: the compilers that may be there, the first is the one of that platform itself; and its flags. */
const targets = {
  'linux-x64': { compilers: ['cc', 'x86_64-linux-gnu-gcc'], flags: linux },
  'linux-arm64': { compilers: ['cc', 'aarch64-linux-gnu-gcc'], flags: [...linux, '-mno-outline-atomics'] },
  'darwin-x64': { compilers: ['cc'], flags: [...darwin, '-arch', 'x86_64'] },
  'darwin-arm64': { compilers: ['cc'], flags: [...darwin, '-arch', 'arm64'] },
};

export const here = `${process.platform}-${process.arch}`;
export const platforms = Object.keys(targets);

/** Where a platform's compiled file is, and beside it the hashes of what it was compiled from and of the file. */
export const compiledFile = (platform) => `${root}/${folder}/prebuilds/${platform}/netproc.node`;
export const hashFile = (platform) => compiledFile(platform).replace(/\.node$/, '.sha256');

/** SHA-256 of a platform's file itself, in hex. */
export const ownHash = (platform) =>
  createHash('sha256')
    .update(readFileSync(compiledFile(platform)))
    .digest('hex');

/** SHA-256 over the sources and flags of a platform's file, in hex. */
export function sourceHash(platform) {
  const hash = createHash('sha256').update([...common, ...targets[platform].flags].join(' '));
  for (const file of globSync(folder, /\.[ch]$/)) hash.update(`\n${file}\n`).update(readFileSync(`${root}/${file}`));
  return hash.digest('hex');
}

/** The compiler for a platform that this computer has, if any. */
export function compilerFor(platform) {
  const [own, ...others] = targets[platform]?.compilers ?? [];
  const candidates = platform === here ? [own] : others;
  return candidates.find((name) => name && spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
}

/** Compiles for a platform into a file, with more flags where given. */
export async function compile(platform, out, moreFlags = []) {
  const compiler = compilerFor(platform);
  if (!compiler) throw new Error(`No compiler for ${platform}: ${targets[platform].compilers.join(', ')}`);
  const headers = `-I${await ensureNodePackage()}/include/node`;
  const sources = globSync(folder, /\.c$/).map((file) => file.slice(folder.length + 1));
  const args = [...common, ...targets[platform].flags, ...moreFlags, headers, ...sources, '-o', out];
  runToEnd(compiler, args, { cwd: `${root}/${folder}` });
}

async function refresh(platform) {
  const file = compiledFile(platform);
  mkdirSync(file.replace(/\/[^/]*$/, ''), { recursive: true });
  await compile(platform, file);
  writeFileSync(hashFile(platform), `${sourceHash(platform)} sources\n${ownHash(platform)} netproc.node\n`);
  chmodSync(file, 0o644);
  console.log(`${file.slice(root.length + 1)} (${(statSync(file).size / 1024).toFixed(1)} KB)`);
}

async function main(all) {
  if (!targets[here]) throw new Error(`There are no native sockets for ${here}, only for ${platforms.join(', ')}.`);
  const wanted = all ? platforms.filter((platform) => platform === here || compilerFor(platform)) : [here];
  for (const platform of wanted) await refresh(platform);
}

if (process.argv[1]?.endsWith('native.mjs')) main(process.argv.includes('--all'));
