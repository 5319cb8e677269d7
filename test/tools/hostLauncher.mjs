#!/usr/bin/env node
// Stands in for the executable of VS Code: takes the flags that @vscode/test-electron gives to it, runs the tests in
// the extension host of the registry's VS Code with a browser as its window, and ends with their outcome.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { format } from 'node:util';
import { launchBrowser } from './lib/browser.mjs';
import { startServer } from './lib/server.mjs';

const flag = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
/** What test/host/hostMain.ts prints first. */
const testsBegin = '-- tests begin --';

const limit = Number(process.env.NETPROC_HOST_TIMEOUT ?? 10 * 60_000);

async function main() {
  const dataDir = mkdtempSync(`${tmpdir()}/netproc-host-`);
  const server = await startServer({
    workspace: process.argv.slice(2).find((arg) => !arg.startsWith('-')),
    extensionPath: flag('extensionDevelopmentPath'),
    extensionsDir: flag('extensions-dir'),
    trust: process.argv.includes('--disable-workspace-trust'),
    dataDir,
  });
  const browser = await launchBrowser();
  try {
    const code = await runTests(browser, server);
    printEarly();
    return begun ? code : 1;
  } catch (e) {
    printEarly();
    console.error(e);
    return 1;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function runTests(browser, server) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The tests did not end within ${limit} ms`)), limit);
    const settle = (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? 0 : 1);
    };
    open(page, server, settle).catch(reject);
    server.ended().then(() => reject(new Error(`VS Code's server ended:\n${server.output.slice(-2000)}`)));
    page.on('crash', () => reject(new Error('The page crashed')));
  });
}

async function open(page, server, settle) {
  await page.exposeFunction('codeAutomationLog', (type, args) => print(type, args));
  await page.exposeFunction('codeAutomationExit', (code) => settle(code));
  await page.goto(server.url(undefined, [['extensionTestsPath', flag('extensionTestsPath')]]), { timeout: 60_000 });
}

/**
 * Prints what the tests print. Before them, and in between, the workbench tells of itself on the same console: that is
 * kept back, and shown only if the tests never begin.
 */
const early = [];
let begun = false;

function print(type, args) {
  const text = format(...args);
  if (text.includes(testsBegin)) begun = true;
  else if (!begun) early.push(text);
  else if (!/\/workbench\.js:\d+|^\[\w+(:\w+)?\] /.test(text)) (type === 'error' ? console.error : console.log)(text);
}

function printEarly() {
  if (!begun) console.error(`The tests did not begin. The workbench's console:\n${early.join('\n')}`);
}

process.exitCode = await main();
