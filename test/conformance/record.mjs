// Transcripts as files: one line for each step and event.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ascii, canonical, differences } from './compare.mjs';

/** Writes FOLDER/ID.json. */
export function writeTranscript(folder, transcript) {
  mkdirSync(folder, { recursive: true });
  const { id, steps, events } = canonical(transcript);
  const logs = Object.keys(events)
    .sort()
    .map((key) => `    ${ascii(key)}: ${rows(events[key], '    ')}`);
  const all = logs.length > 0 ? `{\n${logs.join(',\n')}\n  }` : '{}';
  const text = `{\n  "id": ${ascii(id)},\n  "steps": ${rows(steps, '  ')},\n  "events": ${all}\n}\n`;
  writeFileSync(join(folder, `${id}.json`), text);
}

function rows(items, indent) {
  if (items.length === 0) return '[]';
  return `[\n${items.map((item) => `${indent}  ${spaced(item)}`).join(',\n')}\n${indent}]`;
}

/** On one line, with blanks after commas and colons. */
function spaced(v) {
  if (Array.isArray(v)) return `[${v.map(spaced).join(', ')}]`;
  if (typeof v !== 'object' || v === null) return ascii(v);
  return `{${Object.entries(v)
    .map(([key, x]) => `${ascii(key)}: ${spaced(x)}`)
    .join(', ')}}`;
}

/**
 * Writes the golden transcript that `run` gives, a function that performs the scenario once and resolves to
 * {transcript} or {problems}. It has to be the same `times` times. Returns what is wrong, in lines.
 */
export async function record(folder, run, times = 3) {
  let first;
  for (let i = 1; i <= times; i++) {
    const { transcript, problems } = await run();
    if (problems) return problems;
    first ??= canonical(transcript);
    const lines = differences(first, canonical(transcript));
    if (lines.length > 0) return [`not the same in run ${i}:`, ...lines];
  }
  writeTranscript(folder, first);
  return [];
}
