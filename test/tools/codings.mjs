// `npm run codings`: every coding system of ours over its whole repertoire, compared with Emacs. See --help.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './lib/paths.mjs';
import { installPackages } from './lib/setup.mjs';

const usage = `usage: npm run codings -- [--record] [--recorded] [--detection] [NAME...]
  --record    keep what Emacs does as test/codings/emacs.json
  --recorded  compare with what was kept, without Emacs
  --detection only what detection finds out, in every chunking`;

const folder = join(root, 'test/codings');
const recordFile = join(folder, 'emacs.json');
const detectionFile = join(folder, 'detection.json');

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  const names = args.filter((arg) => !arg.startsWith('--'));
  if (args.some((arg) => arg.startsWith('--') && !['--record', '--recorded', '--detection'].includes(arg))) {
    console.log(usage);
    return args.includes('--help') ? 0 : 2;
  }
  installPackages();
  const { bundleCodings } = await import('./build.mjs');
  const ours = await bundleCodings();
  const temporary = mkdtempSync(join(tmpdir(), 'netproc-codings-'));
  try {
    const wrongTables = args.includes('--detection') ? 0 : compare(ours, names, args, temporary);
    return names.length ? wrongTables : compareDetection(ours, args, temporary) || wrongTables;
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function compare({ compared, codingNames, rowsOf, decoded, encoded, digest }, names, args, temporary) {
  const isAsked = ({ base, aliases }) => !names.length || [base, ...aliases].some((name) => names.includes(name));
  const codings = compared().filter(isAsked);
  const hasEmacs = !args.includes('--recorded') && isEmacs();
  const recorded = JSON.parse(readFileSync(recordFile, 'utf8'));
  const { differences, missing } = JSON.parse(readFileSync(join(folder, 'differences.json'), 'utf8'));
  const emacs = hasEmacs ? askEmacs(codings, rowsOf, temporary) : recorded;
  const wrong = [];
  const print = (...cells) => console.log(cells.map((cell, i) => cell.padEnd([28, 16, 16][i] ?? 0)).join(' '));
  print('coding system', 'decodes', 'encodes', 'same as Emacs');
  for (const coding of codings) {
    const { base } = coding;
    const mine = { decode: decoded(base, rowsOf(coding)), encode: encoded(base) };
    const verdicts = ['decode', 'encode'].map((way) => {
      const own = digest(mine[way]);
      if (own === emacs.digests[base]?.[way]) return { cell: 'yes', isListed: true };
      const listed = differences[base]?.[way];
      if (!hasEmacs)
        return {
          cell: listed?.ours === own ? `${listed.count} differ` : 'not the same',
          isListed: listed?.ours === own,
        };
      const count = countDifferences(mine[way], theirs(coding, way, rowsOf, temporary));
      const isListed = listed?.ours === own && listed.count === count;
      if (!isListed) console.log(`  not listed: ${base} ${way} ${JSON.stringify({ count, ours: own })}`);
      return { cell: `${count} differ`, isListed };
    });
    if (!verdicts.every(({ isListed }) => isListed)) wrong.push(base);
    const isSame = verdicts.every(({ cell }) => cell === 'yes');
    print(base, ...verdicts.map(({ cell }) => cell), isSame ? 'yes' : (differences[base]?.reason ?? 'NO'));
  }
  if (!names.length) wrong.push(...compareNames(emacs.names, codingNames(), missing));
  const against = hasEmacs ? 'a live Emacs' : 'what Emacs 28.2 was recorded to do (no Emacs here)';
  console.log(`\n${codings.length} coding systems compared with ${against}.`);
  if (wrong.length) console.log(`Differ in ways not listed in differences.json: ${wrong.join(', ')}`);
  if (hasEmacs && args.includes('--record')) {
    const digests = { ...recorded.digests, ...emacs.digests };
    writeFileSync(recordFile, `${JSON.stringify({ names: emacs.names, digests }, null, 2)}\n`);
  }
  return wrong.length ? 1 : 0;
}

/** Compares what detection finds out in each chunking; differences must be in differences.json. */
function compareDetection({ cases, verdict }, args, temporary) {
  const kept = JSON.parse(readFileSync(detectionFile, 'utf8'));
  const { detection } = JSON.parse(readFileSync(join(folder, 'differences.json'), 'utf8'));
  const all = cases(kept.seed, kept.count).flatMap(({ coding, chunkings }, i) =>
    Object.entries(chunkings).map(([chunking, chunks]) => ({ id: `${i} ${chunking}`, coding, chunks })),
  );
  const hasEmacs = !args.includes('--recorded') && isEmacs();
  const emacs = hasEmacs ? askDetection(all, temporary) : kept.verdicts;
  let wrong = 0;
  all.forEach(({ id, coding, chunks }, i) => {
    const own = verdict(coding, chunks);
    if (own === emacs[i]) return;
    const reason = detection[id];
    if (!reason) wrong += 1;
    const wire = chunks.map((chunk) => chunk.toString('hex')).join(' ');
    console.log(`${reason ?? 'NOT LISTED'}: ${id}: ${coding} ${wire}: ours ${own}, Emacs ${emacs[i]}`);
  });
  const against = hasEmacs ? 'a live Emacs' : 'what Emacs 28.2 was recorded to do';
  console.log(`\nDetection (seed ${kept.seed}): ${kept.count} strings in 3 chunkings compared with ${against}.`);
  console.log(`${Object.keys(detection).length} differences listed, ${wrong} not listed.`);
  if (hasEmacs && args.includes('--record')) {
    writeFileSync(detectionFile, `${JSON.stringify({ ...kept, verdicts: emacs }, null, 2)}\n`);
  }
  return wrong ? 1 : 0;
}

function askDetection(all, temporary) {
  const [file, result] = ['cases', 'verdicts'].map((name) => join(temporary, name));
  const lines = all.map(({ coding, chunks }) => [coding, ...chunks.map((chunk) => chunk.toString('hex'))].join(' '));
  writeFileSync(file, `${lines.join('\n')}\n`);
  runEmacs('detection.el', file, result);
  return readFileSync(result, 'utf8').trimEnd().split('\n');
}

function runEmacs(script, ...args) {
  const { status, stderr } = spawnSync('emacs', ['-Q', '--batch', '-l', join(folder, script), ...args], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  if (status !== 0) throw new Error(`emacs ended with ${status}: ${stderr}`);
}

/** Prints the systems of Emacs that are not ours; returns names that differ with no reason given. */
function compareNames(theirs, ours, missing) {
  console.log('\nNot here:');
  const wrong = [];
  for (const [base, aliases] of Object.entries(theirs)) {
    const own = ours.find((coding) => coding.base === base);
    if (own && own.aliases.join() === aliases.join()) continue;
    if (own) wrong.push(`${base}: aliases ${own.aliases.join()}, not ${aliases.join()}`);
    else if (missing[base]) console.log(`${base.padEnd(28)} ${missing[base]}`);
    else wrong.push(`${base} is missing`);
  }
  for (const { base } of ours) if (!theirs[base]) wrong.push(`${base} is none of Emacs'`);
  return wrong;
}

function askEmacs(codings, rowsOf, temporary, dump) {
  const plan = codings.map((coding) => {
    const rows = join(temporary, `${coding.base}.rows`);
    const parts = rowsOf(coding).flatMap((row) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(row.length);
      return [size, row];
    });
    writeFileSync(rows, Buffer.concat(parts));
    return `${coding.base} ${rows}`;
  });
  const [planFile, result] = ['plan', 'result'].map((name) => join(temporary, name));
  writeFileSync(planFile, `${plan.join('\n')}\n`);
  runEmacs('repertoire.el', planFile, result, ...(dump ? [temporary] : []));
  const answer = { names: {}, digests: {} };
  for (const line of readFileSync(result, 'utf8').trim().split('\n')) {
    const [kind, name, ...rest] = line.split(' ');
    if (kind === 'name') answer.names[name] = rest;
    else answer.digests[name] = { decode: rest[0], encode: rest[1] };
  }
  return answer;
}

/** What Emacs makes of it, in full. */
function theirs(coding, way, rowsOf, temporary) {
  askEmacs([coding], rowsOf, temporary, true);
  return readFileSync(join(temporary, `${coding.base}.${way}`));
}

/** Lines that differ; the first of them are printed. */
function countDifferences(ours, emacs) {
  const [a, b] = [ours, emacs].map((bytes) => bytes.toString('latin1').split('\n'));
  const hex = (line) => Buffer.from(line ?? '', 'latin1').toString('hex');
  let count = 0;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i] === b[i]) continue;
    if (count < 5) console.log(`    line ${i}: ours ${hex(a[i])}, Emacs ${hex(b[i])}`);
    count += 1;
  }
  return count;
}

/** Whether the Emacs is here that all is compared with; another one is named and left alone. */
function isEmacs() {
  const { stdout } = spawnSync('emacs', ['--version'], { encoding: 'utf8' });
  const version = /^GNU Emacs ([\d.]+)/.exec(stdout ?? '')?.[1];
  if (version && version !== '28.2') console.log(`Emacs ${version} is not 28.2: compared with what was recorded`);
  return version === '28.2';
}
