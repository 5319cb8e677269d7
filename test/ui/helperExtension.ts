import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { root } from '../tools/lib/paths.mjs';

/**
 * Makes a package of another extension, which uses our API, and returns its file.
 *
 * @param folder Where it is made.
 * @param commands Its commands by title; their ids are `helper.` and the title in small letters.
 * @param main Its program.
 */
export function packHelper(folder: string, commands: readonly string[], main: string): string {
  const home = `${folder}/helper`;
  mkdirSync(home);
  const manifest = {
    name: 'helper',
    publisher: 'test',
    version: '1.0.0',
    engines: { vscode: '^1.100.0' },
    activationEvents: [],
    main: './main.js',
    files: ['main.js'],
    extensionKind: ['workspace'],
    contributes: {
      commands: commands.map((title) => ({ command: `helper.${title.toLowerCase()}`, title, category: 'Helper' })),
    },
  };
  writeFileSync(`${home}/package.json`, JSON.stringify(manifest));
  writeFileSync(`${home}/main.js`, main);
  const file = `${folder}/helper.vsix`;
  const flags = ['--allow-missing-repository', '--skip-license', '--no-dependencies', '--out', file];
  execFileSync(process.execPath, [`${root}/node_modules/@vscode/vsce/vsce`, 'package', ...flags], { cwd: home });
  return file;
}
