// What the pictures of `npm run screenshots` show.

/** Files of the workspace that the scenes are played in. */
export const files = { 'hello.txt': 'Hello, whoever is listening.\n' };

/**
 * Scenes in their order, one after another in the same workbench. `run` brings the workbench to what the picture
 * should show; the picture is taken when it returns.
 *
 * @type {{name: string, run(workbench: import('./lib/workbench.d.mts').Workbench, demo: object): Promise<void>}[]}
 */
export const scenes = [
  {
    name: 'panel',
    async run(workbench) {
      await workbench.showPanel('Network Processes');
    },
  },
];
