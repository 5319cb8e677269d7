// Bundles the extension, and with --tests also the test suites, into dist/.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { globSync } from './lib/files.mjs';
import { root } from './lib/paths.mjs';

/**
 * Files of their own, read when something first needs them, so that activation does not pay for them: the charsets'
 * tables are 480 KB, more than the rest together.
 */
const apart = {
  charsetTables: 'src/core/coding/charsetTables.ts',
  terminalParts: 'src/ui/terminal/terminalParts.ts',
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

/** Builds the files that all bundles read from dist/. */
export function buildTables(minify) {
  return build({
    ...common,
    minify,
    sourcemap: false,
    metafile: true,
    entryPoints: apart,
    outdir: 'dist',
    external: ['vscode'],
  });
}

/** Builds dist/ for people: extension.js and its tables, minified. Returns esbuild's metafile. */
export async function buildExtension({ minify = true } = {}) {
  rmSync(`${root}/dist/extension.js`, { force: true });
  const tables = await buildTables(minify);
  const main = await build({
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

/** Builds the conformance driver (dist/conformance/driver.js), which loads dist/core.js and its tables. */
export async function buildDriver() {
  if (!existsSync(`${root}/dist/charsetTables.js`)) await buildTables(false);
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
 * Builds test suites, by default all, each file apart, with the tables beside each folder that needs them. `plugins`
 * see the sources first.
 */
export async function buildTests(files = testFiles(), { outdir = 'dist/test', plugins = [] } = {}) {
  await build({
    ...common,
    entryPoints: files,
    outdir,
    outbase: 'test',
    external: ['vscode', 'mocha', 'playwright-core'],
    plugins: [...plugins, toolsInPlace, leftApart(`${root}/dist`)],
  });
}

if (process.argv[1] === import.meta.filename || process.argv[1]?.endsWith('build.mjs')) {
  if (existsSync(`${root}/src/extension.ts`)) await buildExtension({ minify: !process.argv.includes('--dev') });
  await buildCore();
  await buildDriver();
  if (process.argv.includes('--tests')) await buildTests();
}
