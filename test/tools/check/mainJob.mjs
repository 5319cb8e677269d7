// `npm start -- --check`: does what the extension is for, in a real VS Code, and says how it went.
import { mkdirSync } from 'node:fs';
import { cache } from '../lib/paths.mjs';
import { startSession } from '../lib/session.mjs';

const pictures = `${cache}/check`;

/** The steps, in their order: what is tried, and how. Each throws if it does not work out. */
const steps = [
  ['the workbench comes up', async (workbench) => workbench.statusItem('status.notifications')],
  ['the panel shows the processes', async (workbench) => workbench.showPanel('Network Processes')],
  ['the demo folder is open', async (workbench) => workbench.openFile('hello.txt')],
];

/** Runs the steps on the demo's folder and servers. Resolves to whether all went well; leaves pictures in the cache. */
export async function checkMainJob(demo) {
  mkdirSync(pictures, { recursive: true });
  const session = await startSession({ workspace: demo.folder, failureFolder: pictures });
  try {
    for (const [what, step] of steps) {
      await step(session.workbench, demo);
      console.log(`✔ ${what}`);
    }
    console.log(`Picture: ${await session.workbench.screenshot(`${pictures}/end.png`)}`);
    return true;
  } catch (e) {
    console.error(e);
    return false;
  } finally {
    await session.close();
  }
}
