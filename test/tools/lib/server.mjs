// The registry's VS Code as a server of its workbench, on a free port of loopback and with a data folder of its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { killTree, runAsync, waitGone } from './processes.mjs';
import { ensureRegistryVscode } from './registryVscode.mjs';

/** What a test or a screenshot can't use: greetings, chat, updates, sounds, guesses about ports. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'remote.autoForwardPorts': false,
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'window.commandCenter': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'security.workspace.trust.untrustedFiles': 'open',
  'security.workspace.trust.banner': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'files.autoSave': 'off',
  'editor.accessibilitySupport': 'off',
  'accessibility.signalOptions.volume': 0,
};

/**
 * What is typed is what stands there, a read editor shows no more than its text, and where nothing is selected nothing
 * is copied. Terminals are drawn as wherever there is no graphics card: this browser would emulate one, which takes
 * 40 ms for each frame.
 */
const drivenPage = {
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  'editor.autoIndent': 'none',
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'editor.suggestOnTriggerCharacters': false,
  'editor.acceptSuggestionOnEnter': 'off',
  'editor.wordBasedSuggestions': 'off',
  'editor.renderWhitespace': 'none',
  'editor.stickyScroll.enabled': false,
  'editor.emptySelectionClipboard': false,
  'terminal.integrated.gpuAcceleration': 'off',
  'workbench.editor.empty.hint': 'hidden',
  'workbench.editor.untitled.labelFormat': 'name',
};

/**
 * Starts the server and waits until it answers.
 *
 * @param {object} options
 * @param {string} [options.extensionPath] folder of an extension under development, loaded by the pages of `url()`;
 *   without the smoke test driver it is linked among the installed ones instead
 * @param {string} options.workspace folder that the pages open
 * @param {string} [options.dataDir] where settings, state and extensions live; a fresh one, removed at the end, if absent
 * @param {string} [options.extensionsDir] installed extensions; below the data folder if absent
 * @param {boolean} [options.trust] whether every folder is trusted (true) or pages start in restricted mode (false)
 * @param {boolean} [options.smokeDriver] whether payloads count, as tests need it; notification toasts are then never
 *   shown. False is for people: toasts and webviews work.
 * @param {object} [options.userSettings] settings on top of the quiet ones
 * @param {object[]} [options.keybindings] the user's key bindings
 * @param {number} [options.port] 0 for any free one
 * @param {string} [options.version] of VS Code
 * @param {(text: string) => void} [options.onOutput] gets what the server prints
 */
export async function startServer(options) {
  const vscode = await ensureRegistryVscode({ version: options.version });
  const dataDir = options.dataDir ?? mkdtempSync(`${tmpdir()}/netproc-vscode-`);
  writeUserData(dataDir, options);
  if (options.smokeDriver === false && options.extensionPath) linkExtension(options.extensionPath, dataDir);
  const server = new Server(vscode, dataDir, options);
  try {
    await server.start();
  } catch (e) {
    await server.stop();
    throw e;
  }
  return server;
}

/** Installs a .vsix file into a data folder, as a person would. */
export async function installExtension(file, dataDir) {
  await manageExtensions(dataDir, ['--install-extension', file]);
}

/** What is installed in a data folder: ["publisher.name@version"]. */
export async function installedExtensions(dataDir) {
  const output = await manageExtensions(dataDir, ['--list-extensions', '--show-versions']);
  return output.split('\n').filter((line) => line.includes('@'));
}

async function manageExtensions(dataDir, action) {
  const { node, folder } = await ensureRegistryVscode();
  const where = ['--server-data-dir', dataDir, '--extensions-dir', `${dataDir}/extensions`];
  const args = [`${folder}/out/server-main.js`, '--accept-server-license-terms', ...where, ...action];
  const { code, output } = await runAsync(node, args, { timeout: 60_000 });
  if (code !== 0) throw new Error(`VS Code ${action.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

class Server {
  #options;
  #child;
  #output = '';
  /** Where stop() is never reached, as when this process dies of an error. */
  #onExit = () => {
    this.#kill();
    this.#removeData();
  };

  constructor(vscode, dataDir, options) {
    this.vscode = vscode;
    this.dataDir = dataDir;
    this.#options = options;
  }

  async start() {
    // A port found free can be taken by another before the server binds it: then try another.
    for (let attempt = 1; ; attempt++) {
      this.port = this.#options.port || (await freePort());
      this.#spawn();
      if (await this.#answers()) return;
      if (attempt === 3 || this.#options.port) throw new Error(`VS Code did not start:\n${this.#output.slice(-3000)}`);
      await this.#end();
    }
  }

  /** The address of a page: the workspace, a folder or nothing at all (null), and the payload's pairs. */
  url(folder = this.#options.workspace, payload = []) {
    const remote = (path) => `vscode-remote://127.0.0.1:${this.port}${path}`;
    const pairs = [['skipWelcome', 'true']];
    if (this.#options.extensionPath) pairs.push(['extensionDevelopmentPath', remote(this.#options.extensionPath)]);
    for (const [key, value] of payload) pairs.push([key, value.startsWith('/') ? remote(value) : value]);
    const query = new URLSearchParams();
    if (folder) query.set('folder', folder);
    else query.set('ew', 'true');
    if (this.#options.smokeDriver !== false) query.set('payload', JSON.stringify(pairs));
    // Readable paths: the page takes them as they are.
    return `http://127.0.0.1:${this.port}/?${query.toString().replaceAll('%2F', '/')}`;
  }

  /** What the server printed so far. */
  get output() {
    return this.#output;
  }

  /** Whether the server process is still running. */
  get running() {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the server process has ended. */
  ended() {
    return new Promise((resolve) => (this.running ? this.#child.once('exit', resolve) : resolve()));
  }

  /** Ends the server and all it started, extension hosts too, and removes a data folder made for this run. */
  async stop() {
    await this.#end();
    process.off('exit', this.#onExit);
    this.#removeData();
  }

  #removeData() {
    if (!this.#options.dataDir) rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }

  #spawn() {
    const { node, folder } = this.vscode;
    this.#output = '';
    // A process group of its own: what outlives its parent is still found by the group.
    this.#child = spawn(node, this.#args(), {
      cwd: folder,
      env: { ...process.env, ...this.#options.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const take = (data) => {
      this.#output = (this.#output + data).slice(-200_000);
      this.#options.onOutput?.(String(data));
    };
    this.#child.stdout.on('data', take);
    this.#child.stderr.on('data', take);
    this.#child.on('error', (e) => take(`${e}\n`));
    process.off('exit', this.#onExit);
    process.on('exit', this.#onExit);
  }

  #args() {
    const isForPerson = this.#options.smokeDriver === false;
    if (isForPerson && this.vscode.hasOuterServer) return this.#outerArgs();
    // A test's page that is closed never comes back: its extension host needn't wait for it three hours.
    const driven = ['--enable-smoke-test-driver', '--reconnection-grace-time', '10'];
    return [...this.#innerArgs(), ...(isForPerson ? [] : driven)];
  }

  /** VS Code's own server. */
  #innerArgs() {
    return [
      ...[`${this.vscode.folder}/out/server-main.js`, '--host', '127.0.0.1', '--port', String(this.port)],
      ...['--without-connection-token', '--accept-server-license-terms', '--server-data-dir', this.dataDir],
      ...this.#commonArgs(),
    ];
  }

  /** The server around it, in whose pages webviews work. */
  #outerArgs() {
    return [
      ...[`${this.vscode.folder}/../../out/node/entry.js`, '--auth', 'none', '--bind-addr', `127.0.0.1:${this.port}`],
      ...['--config', `${this.dataDir}/config.yaml`, '--user-data-dir', `${this.dataDir}/data`],
      ...['--disable-update-check', '--disable-getting-started-override', '--ignore-last-opened'],
      ...this.#commonArgs(),
    ];
  }

  #commonArgs() {
    const { extensionsDir = `${this.dataDir}/extensions`, trust } = this.#options;
    const args = ['--disable-telemetry', '--extensions-dir', extensionsDir];
    return trust === false ? args : [...args, '--disable-workspace-trust'];
  }

  async #answers() {
    for (const end = Date.now() + 60_000; Date.now() < end && this.running; await sleep(50)) {
      try {
        const signal = AbortSignal.timeout(5000);
        const response = await fetch(`http://127.0.0.1:${this.port}/`, { redirect: 'manual', signal });
        if (response.status < 400 && this.running) return true;
      } catch {
        // Not listening yet.
      }
    }
    return false;
  }

  #kill() {
    return this.#child?.pid ? killTree(this.#child.pid) : [];
  }

  async #end() {
    const gone = this.#kill();
    if (!(await waitGone(gone, 3000))) throw new Error(`VS Code's server (pid ${this.#child.pid}) could not be ended`);
  }
}

function writeUserData(dataDir, { userSettings = {}, keybindings, trust, smokeDriver }) {
  const driven = smokeDriver === false ? {} : drivenPage;
  const trustSettings = trust === false ? { 'security.workspace.trust.enabled': true } : {};
  const settings = JSON.stringify({ ...quietSettings, ...driven, ...trustSettings, ...userSettings }, null, 2);
  // The server of this build keeps the user's settings on disk, below User.
  for (const part of ['User', 'Machine']) mkdirSync(`${dataDir}/data/${part}`, { recursive: true });
  writeFileSync(`${dataDir}/data/User/settings.json`, settings);
  // Those of scope "machine" are read there in a window of a server, unless it is quicker than their manifest.
  const own = Object.entries(userSettings).filter(([key]) => key.startsWith('networkProcesses.'));
  writeFileSync(`${dataDir}/data/Machine/settings.json`, JSON.stringify(Object.fromEntries(own), null, 2));
  if (keybindings) writeFileSync(`${dataDir}/data/User/keybindings.json`, JSON.stringify(keybindings, null, 2));
  mkdirSync(`${dataDir}/extensions`, { recursive: true });
}

/** Makes a folder an installed extension of a data folder. */
function linkExtension(path, dataDir) {
  const { publisher, name, version } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'));
  const link = `${dataDir}/extensions/${publisher}.${name}-${version}`;
  if (!existsSync(link)) symlinkSync(path, link, 'junction');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
