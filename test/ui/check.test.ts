import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { root } from '../tools/lib/paths.mjs';
import { runAsync } from '../tools/lib/processes.mjs';

const limitMs = 100_000;

/** Runs `npm start -- --check`, on another build of the extension if its folder is given. */
async function check(extension?: string): Promise<{ code: number; output: string }> {
  const env = { ...process.env, ...(extension && { NETPROC_CHECK_EXTENSION: extension }) };
  return runAsync(process.execPath, [`${root}/test/tools/start.mjs`, '--check'], { cwd: root, env, timeout: limitMs });
}

/** A copy of the extension as it was built, whose process buffers' documents have no text. */
function copyWithEmptyDocuments(folder: string): void {
  const built = ['extension', 'charsetTables', 'openParts', 'streamParts'].map((name) => `dist/${name}.js`);
  const needed = ['package.json', 'package.nls.json', 'l10n', 'media', ...built];
  for (const path of needed) cpSync(`${root}/${path}`, `${folder}/${path}`, { recursive: true });
  const main = `${folder}/dist/extension.js`;
  const code = readFileSync(main, 'utf8');
  // The providers of captures and TLS details are empty then, too; that of the process list has no parameter.
  const begin = /\bprovideTextDocumentContent\([\w$]+\)\s*\{/g;
  assert.equal(code.match(begin)?.length, 3, 'where process buffers, captures and TLS details become documents');
  writeFileSync(
    main,
    code.replace(begin, (found) => `${found}return "";`),
  );
}

describe('npm start -- --check', () => {
  let folder: string;
  let broken: ReturnType<typeof check>;

  // It waits for what never comes: time for the other.
  before(() => {
    folder = mkdtempSync(`${tmpdir()}/netproc-broken-`);
    copyWithEmptyDocuments(folder);
    broken = check(folder);
    broken.catch(() => undefined);
  });
  after(async () => {
    await broken.catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  it('does the main job', async () => {
    const { code, output } = await check();
    assert.equal(code, 0, output);
    assert.match(output, /✔ a server starts from the palette(?:.*\n)*✔ nothing is left/);
  });

  it('fails when the buffers’ documents stay empty', async () => {
    const { code, output } = await broken;
    assert.notEqual(code, 0, output);
    assert.match(output, /✖ a server starts from the palette.*\n.*the buffer of TCP server/);
  });
});
