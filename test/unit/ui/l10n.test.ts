import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { bundlePath, uiMessages } from '../../tools/l10n.mjs';

describe('l10n/', () => {
  it('has every message of the UI and no other; else run node test/tools/l10n.mjs', () => {
    const bundle = Object.keys(JSON.parse(readFileSync(bundlePath, 'utf8')) as Record<string, string>);
    assert.deepEqual(bundle, uiMessages());
  });
});
