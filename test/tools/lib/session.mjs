// The extension in a workbench that a script drives: server, browser and page in one.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { launchBrowser } from './browser.mjs';
import { root } from './paths.mjs';
import { startServer } from './server.mjs';
import { openWorkbench } from './workbench.mjs';

/**
 * Starts it. What the options of startServer and openWorkbench say goes for it too, and
 *
 * @param {object} [options]
 * @param {Record<string, string>} [options.files] texts of a workspace made for it, by path
 * @param {string} [options.workspace] a folder that exists, instead
 * @returns {Promise<object>} {workbench, server, browser, workspace, reopen(), close()}
 */
export async function startSession(options = {}) {
  const made = options.workspace ? undefined : makeWorkspace(options.files ?? {});
  const workspace = options.workspace ?? made;
  let server, browser;
  const close = async () => {
    await browser?.close();
    await server?.stop();
    if (made) rmSync(dirname(made), { recursive: true, force: true });
  };
  try {
    server = await startServer({ extensionPath: root, ...options, workspace });
    browser = await launchBrowser();
    const workbench = await openWorkbench(browser, server.url(), options);
    const reopen = () => openWorkbench(browser, server.url(), options);
    return { workbench, server, browser, workspace, reopen, close };
  } catch (e) {
    await close();
    throw e;
  }
}

function makeWorkspace(files) {
  // The last part is what the window shows.
  const folder = `${mkdtempSync(`${tmpdir()}/netproc-`)}/demo`;
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    writeFileSync(`${folder}/${path}`, text);
  }
  return folder;
}
