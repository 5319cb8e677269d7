// `npm run screenshots [-- SCENE…]`: pictures of what the extension looks like, in a light and a dark theme, in
// .vscode-test/screenshots; those that README shows are copied to where it has them.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { startDemo } from './lib/demo.mjs';
import { cache, root } from './lib/paths.mjs';
import { startSession } from './lib/session.mjs';
import { installPackages } from './lib/setup.mjs';
import { files, scenes } from './scenes.mjs';

const folder = `${cache}/screenshots`;
const inReadme = 'media/screenshots';
const size = { width: 1000, height: 625, scale: 1.5 };
const readme = readFileSync(`${root}/README.md`, 'utf8');

installPackages();
const { buildExtension } = await import('./build.mjs');
await buildExtension();
for (const each of [folder, `${root}/${inReadme}`]) mkdirSync(each, { recursive: true });
for (const theme of ['light', 'dark']) await play(theme, process.argv.slice(2));

/** Plays all scenes, or those named, in a workbench of their own. */
async function play(theme, names) {
  const demo = await startDemo(`${cache}/screenshots-demo`);
  // As a user has it: with toasts, and without "[Extension Development Host]".
  const userSettings = { 'window.title': '${activeEditorShort}${separator}${rootName}' };
  const looks = { smokeDriver: false, userSettings, ...size };
  const session = await startSession({ files, ...looks, failureFolder: `${cache}/failures` });
  try {
    await session.workbench.setTheme(theme);
    for (const { name, run } of scenes) {
      await run(session.workbench, demo);
      // The mouse would leave a hover on what it touched last: to the activity bar, where nothing is.
      await session.workbench.page.mouse.move(25, 420);
      await session.workbench.page.waitForTimeout(300);
      if (names.length && !names.includes(name)) continue;
      const file = `${name}-${theme}.png`;
      console.log(await session.workbench.screenshot(`${folder}/${file}`));
      if (readme.includes(`${inReadme}/${file}`)) copyFileSync(`${folder}/${file}`, `${root}/${inReadme}/${file}`);
    }
  } finally {
    await session.close();
    await demo.stop();
  }
}
