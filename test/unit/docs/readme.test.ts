import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hints } from '../../../src/core';

const root = resolve(__dirname, '../../../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  contributes: {
    commands: { title: string }[];
    configuration: { properties: Record<string, { default: unknown }> };
  };
  scripts: Record<string, string>;
};
const titles = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;

describe('README', () => {
  it('lists every error with its hint, and no other', () => {
    const rows = [...readme.matchAll(/^\| `(NP_\w+)`\s+\| (.*?)\s*\|$/gm)].map(([, code, hint]) => [code, hint]);
    assert.deepEqual(rows, Object.entries(hints));
  });

  it('tells every difference from Emacs that a scenario shows', () => {
    const folder = join(root, 'test/conformance/scenarios');
    const numbers = readdirSync(folder).flatMap((file) => {
      const { deviates } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { deviates?: string };
      return deviates ?? [];
    });
    assert.ok(numbers.length > 10);
    const told = [...readme.matchAll(/^\| ([\w -]+?)\s+\|.*\|.*\|.*\|$/gm)].flatMap((row) => row[1]!.split(' '));
    assert.deepEqual(numbers.filter((number) => !told.includes(number)), []); // prettier-ignore
  });

  it('lists every setting with its default', () => {
    for (const [key, { default: value }] of Object.entries(manifest.contributes.configuration.properties)) {
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
      const row = new RegExp(`^\\| \`${key}\`\\s+\\| \`?${text.replace(/[[\]{}]/g, '\\$&')}\`?\\s`, 'm');
      assert.match(readme, row, key);
    }
  });

  it('names every command', () => {
    for (const { title } of manifest.contributes.commands) {
      const text = titles[title.replaceAll('%', '')]!;
      assert.ok(readme.includes(text), text);
    }
  });

  it('names only scripts and pictures that exist', () => {
    for (const [, script] of readme.matchAll(/npm run (\w+)/g)) assert.ok(manifest.scripts[script!], script);
    for (const [, file] of readme.matchAll(/!\[.*?\]\((.*?)\)/g)) assert.ok(existsSync(join(root, file!)), file);
  });
});
