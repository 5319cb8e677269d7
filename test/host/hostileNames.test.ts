import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { NetworkProcesses } from '../../src/core';
import { clear, command, getCore, makeServer, showBuffer, textOf, until } from './support';

const names = [
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  'a/b\\c',
  'nul\0inside',
  'line\nfeed\r\ttab',
  'query?a=b#fragment',
  '%',
  '%00%zz',
  'x'.repeat(4096),
  '__proto__',
  'constructor',
  'toString',
  'abc\u202etxt.exe\u2066\u200b\ufeff',
  '[click](command:workbench.action.closeWindow)',
  '$(trash) $(bug)',
  '<img src=x onerror=alert(1)>',
  '\ud800 lone \udcff',
  ' ',
  '.',
  '..',
  'netproc:/1/x',
];

/** What a tab, a row or a table may never show as it is. */
const harmful = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]|\]\(|\$\(/u;

describe('Hostile names', () => {
  let core: NetworkProcesses;

  before(async () => {
    core = await getCore();
  });

  afterEach(() => clear(core));

  for (const name of names) {
    it(`are only names: ${JSON.stringify(name.slice(0, 40))}`, async () => {
      const before = Object.getOwnPropertyDescriptors(Object.prototype);
      const server = await makeServer(core, { name, buffer: name, plist: { [name]: name } });
      assert.equal(core.processName(server), name);
      assert.equal(core.getProcess(name), server);
      assert.equal(core.processGet(server, name), name);
      const { buffer } = server;
      assert.ok(buffer);
      buffer.insert('its own text');

      const { document } = await showBuffer(buffer);
      await until('its text', () => textOf(document.uri) === 'its own text');
      assert.match(document.uri.toString(), /^netproc:\/[^/]+\/[^/]+$/);
      const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
      assert.ok(tab && (tab.label.trim() !== '' || name.trim() === ''), `a tab ${JSON.stringify(tab?.label)}`);
      assert.ok(!harmful.test(tab.label), tab.label);
      assert.ok(tab.label.length < 250, `${tab.label.length} characters`);

      await command('listProcesses');
      const table = vscode.window.activeTextEditor?.document;
      assert.equal(table?.uri.scheme, 'netproc-list');
      await until('the table', () => table?.getText().includes('listen'));
      assert.ok(!/[\p{Cf}\p{Cs}\0\u2028\u2029]/u.test(table.getText()), table.getText());

      await command('copyContact', document.uri);
      await command('stop', document.uri);
      assert.equal(server.status, 'stop');
      assert.deepEqual(Object.getOwnPropertyDescriptors(Object.prototype), before);
    });
  }

  it('do not find one another: equal to the eye, different to the core', async () => {
    const [a, b] = [await makeServer(core, { name: 'a\u200b' }), await makeServer(core, { name: 'a' })];
    assert.notEqual(a, b);
    assert.equal(core.getProcess('a'), b);
    assert.equal(core.getProcess('a\u200b'), a);
  });
});
