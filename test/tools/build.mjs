// Bundles the extension, and with --tests also the test suites, into dist/.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { globSync } from './lib/files.mjs';
import { root } from './lib/paths.mjs';

/**
 * Files of their own, read when something first needs them, so that activation does not pay for them: the charsets'
 * tables are 480 KB, more than the rest together. Each has copies of what it shares with others.
 */
const apart = {
  charsetTables: 'src/core/coding/charsetTables.ts',
  streamParts: 'src/core/stream/streamParts.ts',
  openParts: 'src/ui/open/openParts.ts',
  terminalParts: 'src/ui/terminal/terminalParts.ts',
  tlsParts: 'src/ui/trust/tlsParts.ts',
};

/** Leaves those out of a bundle, which finds them in a folder. */
const leftApart = (folder) => ({
  name: 'left-apart',
  setup(b) {
    const filter = new RegExp(`/(${Object.keys(apart).join('|')})$`);
    b.onResolve({ filter }, ({ path }) => ({ path: `${folder}/${path.split('/').at(-1)}.js`, external: true }));
  },
});

/** Tests may import these tools: bundled, they must still know where they are. */
const toolsInPlace = {
  name: 'tools-in-place',
  setup(b) {
    b.onLoad({ filter: /[\\/]test[\\/]tools[\\/].*\.mjs$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'js',
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  logLevel: 'warning',
};

/** Builds, and puts each file in place as a whole: a VS Code that another test runs may just be reading it. */
async function buildInPlace(options) {
  const { outputFiles, metafile } = await build({ ...options, write: false });
  for (const { path, contents } of outputFiles) {
    const part = `${path}.${process.pid}.part`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(part, contents);
    renameSync(part, path);
  }
  return { metafile };
}

/** Builds the files that all bundles read, to dist/ unless said otherwise. `plugins` see the sources first. */
export function buildTables(minify, { outdir = 'dist', plugins = [] } = {}) {
  return buildInPlace({
    ...common,
    minify,
    sourcemap: false,
    metafile: true,
    entryPoints: apart,
    outdir,
    external: ['vscode'],
    plugins: [...plugins, leftApart('.')],
  });
}

/** Builds dist/ for people: extension.js and its tables, minified. Returns esbuild's metafile. */
export async function buildExtension({ minify = true } = {}) {
  const tables = await buildTables(minify);
  const main = await buildInPlace({
    ...common,
    minify,
    metafile: true,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    external: ['vscode'],
    plugins: [leftApart('.')],
  });
  return { main: main.metafile, tables: tables.metafile };
}

/**
 * Builds the core alone (dist/core.js) with nothing external but Node, so an import of 'vscode' anywhere below
 * src/core fails the build.
 */
export async function buildCore() {
  await build({ ...common, entryPoints: { core: 'src/core/index.ts' }, outdir: 'dist', plugins: [leftApart('.')] });
}

/** Builds the conformance driver (dist/conformance/driver.js), which loads dist/core.js and its tables, built before. */
export async function buildDriver() {
  await build({
    ...common,
    entryPoints: { driver: 'test/conformance/driver.ts' },
    outdir: 'dist/conformance',
    plugins: [
      {
        name: 'core-apart',
        setup(b) {
          b.onResolve({ filter: /\/src\/core$/ }, () => ({ path: '../core.js', external: true }));
        },
      },
    ],
  });
}

/** Builds and loads dist/codings.js: the program's own code for coding systems, and what compares it with Emacs. */
export async function bundleCodings() {
  await buildTables(false);
  const from = ['test/codings/repertoire', 'test/codings/detection', 'src/core/coding/textDecoder'];
  from.push('src/core/coding/encoder', 'src/core/coding/codingSystem');
  const contents = from.map((file) => `export * from './${file}';`).join('\n');
  const outfile = `${root}/dist/codings.js`;
  await build({ ...common, stdin: { contents, resolveDir: root, loader: 'ts' }, outfile, plugins: [leftApart('.')] });
  return createRequire(import.meta.url)(outfile);
}

const testFiles = () =>
  globSync('test', /\.test\.ts$/).concat(globSync('test', /\/(driver|hostMain|benchMain|benchExtension)\.ts$/));

/**
 * Builds test suites, by default all, each file by itself. They read the tables in dist/; with `plugins`, which see all
 * sources first, those that are built beside them.
 */
export async function buildTests(files = testFiles(), { outdir = 'dist/test', plugins = [] } = {}) {
  const tables = plugins.length === 0 ? `${root}/dist` : resolve(root, outdir);
  if (plugins.length > 0) await buildTables(false, { outdir, plugins });
  await build({
    ...common,
    entryPoints: files,
    outdir,
    outbase: 'test',
    external: ['vscode', 'mocha', 'playwright-core'],
    plugins: [...plugins, toolsInPlace, leftApart(tables)],
  });
}

if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith('build.mjs')) {
  if (existsSync(`${root}/src/extension.ts`)) await buildExtension({ minify: !process.argv.includes('--dev') });
  await buildCore();
  await buildDriver();
  if (process.argv.includes('--tests')) await buildTests();
}
