// What an extension host runs: every dist/test/host/**/*.test.js, by mocha.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Mocha from 'mocha';

/** Runs the tests; rejects, as VS Code wants it, when one failed. */
export async function run(): Promise<void> {
  // Tells the launcher where the workbench's own lines on this console end.
  console.log('-- tests begin --');
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 120_000,
    color: false,
    reporter: resolve(__dirname, '../../../test/tools/lib/reporter.cjs'),
    ...(process.env.NETPROC_GREP && { grep: new RegExp(process.env.NETPROC_GREP) }),
  });
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.test.js')).sort()) mocha.addFile(join(__dirname, file));
  const failures = await new Promise<number>((done) => mocha.run(done));
  if (failures) throw new Error(`${failures} failed`);
}
