// Drives VS Code's page the way a person does: keys, clicks, and reading what is there.
import { Editors } from './workbench/editors.mjs';
import { Messages } from './workbench/messages.mjs';
import { QuickInput } from './workbench/quickInput.mjs';
import { at } from './workbench/selectors.mjs';
import { Surface } from './workbench/surface.mjs';
import { Terminals } from './workbench/terminals.mjs';
import { Views } from './workbench/views.mjs';

/**
 * VS Code in a Playwright page. Every method waits for what it needs, up to `timeout`, and throws an Error that says
 * what was expected and what was on the page instead. The signatures are in workbench.d.mts.
 */
export class Workbench extends Terminals(Editors(Views(Messages(QuickInput(Surface))))) {
  /** Changes to the default light or dark theme, through the theme picker. */
  async setTheme(kind) {
    const isDark = async () => (await this.page.locator(at.workbench).getAttribute('class')).includes('vs-dark');
    const wanted = kind === 'dark';
    if ((await isDark()) === wanted) return;
    const name = wanted ? 'Dark' : 'Light';
    // The defaults' names change between versions: the newest first.
    const themes = [`${name} 2026`, `${name} Modern`, `Default ${name} Modern`];
    const theme = await this.until(`one of the themes ${themes}`, () => this.#offeredTheme(themes), 20_000);
    await this.pickQuick(theme);
    await this.until(`the ${kind} theme`, async () => (await isDark()) === wanted);
  }

  /** Opens the theme picker. Right after the start it knows no themes yet, and an open one learns of none. */
  async #offeredTheme(themes) {
    await this.command('Preferences: Color Theme');
    await this.page.waitForTimeout(300);
    const labels = (await this.quickItems()).map(({ label }) => label);
    const theme = themes.find((candidate) => labels.includes(candidate));
    if (!theme) await this.cancelQuick();
    return theme;
  }
}

/**
 * Opens a page of a server in a new window of a browser.
 *
 * @param browser from launchBrowser()
 * @param {string} url from the server's url()
 * @param {{width?: number, height?: number, scale?: number, failureFolder?: string, timeout?: number}} [options]
 * @returns {Promise<Workbench>} close it with `workbench.page.context().close()`
 */
export async function openWorkbench(browser, url, options = {}) {
  const { width = 1280, height = 800, scale = 1 } = options;
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, locale: 'en-US' });
  const workbench = new Workbench(await context.newPage(), options);
  await workbench.open(url);
  return workbench;
}
