import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
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

  it('lists every setting with its default', () => {
    for (const [key, { default: value }] of Object.entries(manifest.contributes.configuration.properties)) {
      const row = new RegExp(`^\\| \`${key}\`\\s+\\| \`?${String(value)}\`?\\s`, 'm');
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
