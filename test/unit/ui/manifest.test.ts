import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as ids from '../../../src/ui/ids';

type Json = { readonly [key: string]: Json } & readonly Json[] & string;

const read = (file: string): Json => JSON.parse(readFileSync(file, 'utf8')) as Json;
const manifest = read('package.json');
const contributes = manifest['contributes'] as Json;
const nls = read('package.nls.json');
const sorted = (values: Iterable<string>): string[] => [...values].sort();
const menus = Object.values(contributes['menus'] as Json).flat() as unknown as Json[];

/** The commands of ours that a key runs, alone or among others. */
const commandsOf = (key: Json): string[] => {
  if (key['command'] !== 'runCommands') return [key['command'] as string];
  const run = [...(key['args']!['commands'] as Json)].map((c) =>
    typeof c === 'string' ? c : c['command'],
  ) as string[];
  return run.filter((command) => !command.startsWith('list.'));
};

describe('the manifest', () => {
  it('declares the commands that the code registers', () => {
    const declared = [...(contributes['commands'] as Json)].map((c) => c['command'] as string);
    assert.deepEqual(sorted(declared), sorted(Object.values(ids.commands)));
  });

  it('puts only commands that exist into menus, keys and the welcome text', () => {
    const keys = (contributes['keybindings'] as Json).flatMap((key) => commandsOf(key));
    const used = [...menus.map((c) => c['command'] as string), ...keys];
    const linked = [...String(nls['welcome']).matchAll(/\(command:([\w.]+)\)/g)].map((m) => m[1] as string);
    const known = new Set<string>(Object.values(ids.commands));
    assert.deepEqual([...used, ...linked].filter((command) => !known.has(command)), []); // prettier-ignore
  });

  it('declares the view and the settings that the code reads', () => {
    const views = contributes['views'] as Json;
    assert.deepEqual(Object.keys(views), [ids.viewContainer]);
    assert.deepEqual([...views[ids.viewContainer]!].map((v) => v['id']), [ids.processesView]); // prettier-ignore
    const properties = Object.keys(contributes['configuration']!['properties'] as Json);
    const read = Object.values(ids.settings).map((key) => `${ids.settingsSection}.${key}`);
    assert.deepEqual(sorted(properties), sorted(read));
  });

  it('leaves what decides whom to trust to the machine: no workspace can change it', () => {
    const properties = Object.entries(contributes['configuration']!['properties'] as Json);
    const ofTrust = properties.filter(([key]) => /\.(securityLevel|trust\w*|crl\w*|\w*lientCertificates)$/.test(key));
    const scopes = ofTrust.map(([key, { scope }]) => `${key.replace(/^.*\./, '')}: ${String(scope)}`);
    assert.deepEqual(scopes.sort(), [
      'clientCertificates: machine',
      'crlFiles: machine',
      'securityLevel: machine',
      'trustFiles: machine',
      'trustLocalNetwork: machine',
      'useClientCertificates: machine',
    ]);
  });

  it('declares the colour that the code uses', () => {
    const colors = [...(contributes['colors'] as Json)].map((c) => c['id']);
    assert.deepEqual(colors, [ids.finishedColor]);
  });

  it('goes by the context keys that the code sets', () => {
    const clauses = [...menus, ...(contributes['keybindings'] as Json)].map((c) => c['when'] ?? '').join(' ');
    const used = new Set([...clauses.matchAll(/networkProcesses\.\w+/g)].map((m) => m[0]));
    used.delete(ids.processesView);
    assert.deepEqual(sorted(used), sorted([...Object.values(ids.contextKeys), ids.activeTraitsKey, ids.frozenKey]));
  });

  it('has a text for each key and a key for each text', () => {
    const used = new Set([...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map((m) => m[1] as string));
    assert.deepEqual(sorted(used), sorted(Object.keys(nls)));
    assert.deepEqual(Object.values(nls).filter((text) => text === ''), []); // prettier-ignore
  });

  it('activates on nothing but its commands and its view', () => {
    assert.deepEqual(manifest['activationEvents'], []);
  });

  it('offers at most three inline actions for any row', () => {
    const inline = menus.filter((m) => m['group']?.startsWith('inline'));
    const pattern = (m: Json): RegExp => new RegExp((/=~ \/(.*)\//.exec(m['when'] as string) as RegExpExecArray)[1]!);
    const rows = [
      'server stream live stoppable',
      'server stream live stopped',
      'connection datagram live sendable stoppable',
    ];
    rows.push('connection stream live sendable eofable stopped', 'connection stream finished reconnectable');
    for (const traits of rows) {
      assert.ok(inline.filter((m) => pattern(m).test(traits)).length <= 3, traits);
    }
  });
});
