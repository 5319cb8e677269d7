// `npm start -- --check`: does what the extension is for, in a real VS Code, and says how it went.
import { mkdirSync } from 'node:fs';
import { launchBrowser } from '../lib/browser.mjs';
import { cache, root } from '../lib/paths.mjs';
import { startServer } from '../lib/server.mjs';
import { openWorkbench } from '../lib/workbench.mjs';

const pictures = `${cache}/check`;

/** The steps, in their order: what is tried, and how. Each throws if it does not work out. */
const steps = [
  ['the workbench comes up', async (workbench) => workbench.statusItem('status.notifications')],
  ['the demo folder is open', async (workbench) => workbench.openFile('hello.txt')],
];

/** Runs the steps on the demo's folder and servers. Resolves to whether all went well; leaves pictures in the cache. */
export async function checkMainJob(demo) {
  mkdirSync(pictures, { recursive: true });
  const server = await startServer({ workspace: demo.folder, extensionPath: root });
  const browser = await launchBrowser();
  try {
    const workbench = await openWorkbench(browser, server.url(), { failureFolder: pictures });
    for (const [what, step] of steps) {
      await step(workbench, demo);
      console.log(`✔ ${what}`);
    }
    console.log(`Picture: ${await workbench.screenshot(`${pictures}/end.png`)}`);
    return true;
  } catch (e) {
    console.error(e);
    return false;
  } finally {
    await browser.close();
    await server.stop();
  }
}
