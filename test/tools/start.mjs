// `npm start`: VS Code with the extension in it, and something to try it on.
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter } from 'node:path';
import { parseArgs } from 'node:util';
import { startDemo } from './lib/demo.mjs';
import { cache, root } from './lib/paths.mjs';
import { startServer } from './lib/server.mjs';
import { installPackages } from './lib/setup.mjs';

const usage = `npm start [-- OPTIONS]
  --code PATH  the VS Code to start (default: code on PATH, else VS Code in a browser)
  --browser    VS Code in a browser even where there is code on PATH
  --port N     where VS Code in a browser is served (default: any free port)
  --check      start it, try it, end it: exit code 0 if all went well
  --help`;

const options = {
  code: { type: 'string' },
  browser: { type: 'boolean' },
  port: { type: 'string', default: '0' },
  check: { type: 'boolean' },
  help: { type: 'boolean' },
};

process.exitCode = await main();

async function main() {
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (e) {
    console.error(`${e.message}\n${usage}`);
    return 2;
  }
  if (values.help) {
    console.log(usage);
    return 0;
  }
  installPackages();
  // Only now: it imports what has just been installed.
  const { buildExtension } = await import('./build.mjs');
  // A check of another build leaves ours alone.
  if (!process.env.NETPROC_CHECK_EXTENSION) await buildExtension();
  const demo = await startDemo();
  try {
    if (values.check) return await check(demo);
    const code = values.code ?? (values.browser ? undefined : codeOnPath());
    return code ? await runDesktop(code, demo) : await runInBrowser(Number(values.port), demo);
  } finally {
    await demo.stop();
  }
}

function codeOnPath() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders
    .map((folder) => `${folder}/code`)
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Desktop VS Code in a window of its own, until that is closed. */
async function runDesktop(code, demo) {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [
    `--extensionDevelopmentPath=${root}`,
    `--user-data-dir=${cache}/desktop-data`,
    '--new-window',
    '--wait',
  ];
  console.log(`Starting ${code}`);
  tell(demo);
  const child = spawn(code, [...args, ...asRoot, demo.folder], { stdio: 'inherit' });
  const stop = () => child.kill();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (exitCode, signal) => resolve(signal ? 0 : exitCode));
  });
}

/** VS Code as a page, until Ctrl+C. All in it is as a user has it, toasts too. */
async function runInBrowser(port, demo) {
  const server = await startServer({
    workspace: demo.folder,
    extensionPath: root,
    smokeDriver: false,
    userSettings: { 'workbench.startupEditor': 'readme' },
    port,
  });
  try {
    tell(demo);
    console.log(`\nOpen ${server.url()} in a browser; Ctrl+C here ends it.`);
    await Promise.race([asked(), server.ended()]);
    return server.running ? 0 : 1;
  } finally {
    await server.stop();
  }
}

function tell(demo) {
  console.log(`To connect to: TCP echo at ${demo.host}:${demo.tcpPort}, UDP echo at ${demo.host}:${demo.udpPort}`);
}

/** Resolves when the user wants an end. Ctrl+C may arrive twice, from npm too: the second must not cut the end short. */
function asked() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
  });
}

async function check(demo) {
  const { checkMainJob } = await import('./check/mainJob.mjs');
  return (await checkMainJob(demo)) ? 0 : 1;
}
