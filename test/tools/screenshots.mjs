// `npm run screenshots [-- SCENE…]`: the pictures of the documentation, in a light and a dark theme.
import { mkdirSync } from 'node:fs';
import { startDemo } from './lib/demo.mjs';
import { cache, root } from './lib/paths.mjs';
import { startSession } from './lib/session.mjs';
import { installPackages } from './lib/setup.mjs';
import { files, scenes } from './scenes.mjs';

const folder = `${root}/media/screenshots`;
const size = { width: 1200, height: 750, scale: 2 };

installPackages();
const { buildExtension } = await import('./build.mjs');
await buildExtension();
mkdirSync(folder, { recursive: true });
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
      // The mouse would leave a hover on what it touched last.
      await session.workbench.page.mouse.move(600, 200);
      await session.workbench.page.waitForTimeout(300);
      if (names.length && !names.includes(name)) continue;
      console.log(await session.workbench.screenshot(`${folder}/${name}-${theme}.png`));
    }
  } finally {
    await session.close();
    await demo.stop();
  }
}
