import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { launchBrowser } from '../tools/lib/browser.mjs';
import { root } from '../tools/lib/paths.mjs';
import { installExtension, installedExtensions, startServer } from '../tools/lib/server.mjs';
import { openWorkbench } from '../tools/lib/workbench.mjs';

/** Names of a zip file's entries, from the directory at its end. */
function zipNames(file: string): string[] {
  const zip = readFileSync(file);
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const names: string[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    names.push(zip.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names.sort();
}

describe('The package', () => {
  let folder: string;
  let file: string;
  const { publisher, name, version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as Record<
    string,
    string
  >;

  before(() => {
    folder = mkdtempSync(`${tmpdir()}/netproc-package-`);
    file = `${folder}/extension.vsix`;
    execFileSync(process.execPath, [`${root}/test/tools/package.mjs`, '--out', file], { cwd: root });
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('holds what is needed, and nothing else', () => {
    const texts = [...readdirSync(root), ...readdirSync(`${root}/l10n`).map((bundle) => `l10n/${bundle}`)];
    const translations = texts.filter((path) => /^package\.nls\..+\.json$|^l10n\/bundle\.l10n.*\.json$/.test(path));
    const files = ['package.json', 'package.nls.json', 'readme.md', 'changelog.md', 'LICENSE.txt'];
    const pictures = ['buffers-dark', 'tree-light', 'terminal-dark', 'capture-light'].map(
      (picture) => `media/screenshots/${picture}.png`,
    );
    const language = ['media/netproc.language.json', 'media/netproc.tmLanguage.json'];
    const native = ['linux-arm64', 'linux-x64'].map((kind) => `src/native/prebuilds/${kind}/netproc.node`);
    const code = [
      'dist/extension.js',
      'dist/charsetTables.js',
      'dist/openParts.js',
      'dist/streamParts.js',
      'dist/terminalParts.js',
      'dist/tlsParts.js',
      'media/networkProcesses.svg',
      ...language,
      ...pictures,
    ];
    const extension = [...files, ...code, ...native, ...translations].map((path) => `extension/${path}`);
    assert.deepEqual(zipNames(file), [...extension, '[Content_Types].xml', 'extension.vsixmanifest'].sort());
  });

  it('is small', () => {
    assert.ok(statSync(file).size < 1_500_000, `${statSync(file).size} bytes`);
  });

  it('reads little when it starts', () => {
    const { size } = statSync(`${root}/dist/extension.js`);
    assert.ok(size < 250_000, `${size} bytes`);
  });

  it('installs into a VS Code that has nothing else, and works there', async () => {
    const dataDir = `${folder}/data`;
    await installExtension(file, dataDir);
    assert.deepEqual(await installedExtensions(dataDir), [`${publisher}.${name}@${version}`]);
    const server = await startServer({ workspace: folder, dataDir });
    const browser = await launchBrowser();
    try {
      const workbench = await openWorkbench(browser, server.url());
      await workbench.showPanel('Network Processes');
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});
