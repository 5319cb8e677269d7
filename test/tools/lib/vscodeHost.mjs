// The VS Code that extension tests run in: desktop where it can be had, else the npm registry's.
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './browser.mjs';
import { cache, root } from './paths.mjs';
import { currentVersion, ensureRegistryVscode } from './registryVscode.mjs';

const updateServer = 'https://update.code.visualstudio.com/api/releases/stable';

/**
 * Decides on the host, getting it if need be. NETPROC_CODE names an executable of VS Code; NETPROC_HOST may say
 * `desktop` or `registry`; NETPROC_VSCODE picks the registry's version.
 * Returns {kind: 'desktop' | 'registry', executable, label}.
 */
export async function hostKind({ code = process.env.NETPROC_CODE } = {}) {
  if (code) return { kind: 'desktop', executable: code, label: `VS Code at ${code}` };
  if (process.env.NETPROC_HOST === 'desktop' || (process.env.NETPROC_HOST !== 'registry' && (await canDownload()))) {
    const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
    const executable = await downloadAndUnzipVSCode({ version: currentVersion, cachePath: cache });
    return { kind: 'desktop', executable, label: `VS Code ${currentVersion} (desktop)` };
  }
  return registryHost();
}

/**
 * Runs extension tests in the host, by @vscode/test-electron's runTests. Resolves to whether they passed.
 *
 * @param {object} options
 * @param {string} options.testsPath a file that exports run()
 * @param {string} options.workspace folder to open
 * @param {string} [options.extensionPath] the project's, if absent
 * @param {string[]} [options.launchArgs] flags of VS Code's
 * @param {Record<string, string>} [options.env] for the extension host
 */
export async function runHostTests({ testsPath, workspace, extensionPath = root, launchArgs = [], env = {} }) {
  const host = await hostKind();
  console.log(`Extension host: ${host.label}`);
  const { runTests } = await import('@vscode/test-electron');
  try {
    await runTests({
      vscodeExecutablePath: host.executable,
      extensionDevelopmentPath: extensionPath,
      extensionTestsPath: testsPath,
      launchArgs: [workspace, '--disable-extensions', '--disable-telemetry', ...launchArgs],
      extensionTestsEnv: env,
    });
    return true;
  } catch (e) {
    if (e?.name !== 'TestRunFailedError' && !/Test run (failed|terminated)/.test(e?.message)) console.error(e);
    return false;
  }
}

async function registryHost() {
  const { version, nodeVersion } = await ensureRegistryVscode();
  const browser = await launchBrowser();
  const browserVersion = browser.version().split('.')[0];
  await browser.close();
  return {
    kind: 'registry',
    executable: fileURLToPath(new URL('../hostLauncher.mjs', import.meta.url)),
    label: `VS Code ${version} (registry build, Node ${nodeVersion}, Chromium ${browserVersion})`,
  };
}

/** Desktop VS Code wants a display, and the server that has it must answer at once. */
async function canDownload() {
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasDisplay) return false;
  try {
    return (await fetch(updateServer, { signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false;
  }
}
