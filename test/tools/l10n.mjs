// Collects the messages that the UI translates. Run by itself it writes them to l10n/, for translators to start from.
import { readFileSync, writeFileSync } from 'node:fs';
import { globSync } from './lib/files.mjs';
import { root } from './lib/paths.mjs';

export const bundlePath = `${root}/l10n/bundle.l10n.json`;

/** Every text given to `t(…)` below src, sorted. Throws where it is neither written out in the call nor passed on. */
export function uiMessages() {
  const messages = globSync('src', /\.ts$/).flatMap((file) =>
    messagesIn(file, readFileSync(`${root}/${file}`, 'utf8')),
  );
  return [...new Set(messages)].sort();
}

function messagesIn(file, source) {
  return [...source.matchAll(/(?<![\w$])t\((?!\w+, \.\.\.)\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")?/g)].map(
    (call) => {
      if (call[1] === undefined) {
        const line = source.slice(0, call.index).split('\n').length;
        throw new Error(`${file}:${line}: a message for translation has to be written out where t is called`);
      }
      return Function(`return ${call[1]}`)();
    },
  );
}

if (process.argv[1]?.endsWith('l10n.mjs')) {
  const bundle = Object.fromEntries(uiMessages().map((message) => [message, message]));
  writeFileSync(bundlePath, `${JSON.stringify(bundle, null, 2)}\n`);
}
