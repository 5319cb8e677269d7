import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as read from './read.mjs';
import { at } from './selectors.mjs';

const isMac = process.platform === 'darwin';

/** The page as such: opening it, waiting on it, keys, pictures. The other parts of Workbench build on it. */
export class Surface {
  /** Milliseconds that a step may take unless the step says otherwise. */
  timeout = 30_000;
  /** Errors that the page itself threw. */
  pageErrors = [];
  /** What its console was told as errors, the newest ones: they may explain a failure. */
  #consoleErrors = [];
  #failures = 0;

  /**
   * @param page Playwright's Page
   * @param {{failureFolder?: string, timeout?: number}} [options] failureFolder gets a picture of each failed step
   */
  constructor(page, { failureFolder, timeout } = {}) {
    this.page = page;
    this.failureFolder = failureFolder ?? process.env.NETPROC_FAILURES;
    if (timeout) this.timeout = timeout;
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (e) => this.pageErrors.push(String(e?.stack ?? e)));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      this.#consoleErrors = [...this.#consoleErrors, message.text().slice(0, 500)].slice(-5);
    });
  }

  /** Goes to a page of the server and waits until its workbench is up. */
  async open(url) {
    await this.page.goto(url, { timeout: 60_000 });
    await this.until(
      'the workbench to come up',
      async () => {
        await this.page.evaluate(() => globalThis.driver?.whenWorkbenchRestored?.());
        return this.page.locator(at.bell).isVisible();
      },
      60_000,
    );
  }

  /**
   * Waits until `probe` returns something true and returns that. `probe` may throw while it is too early.
   * Throws an Error telling what was expected and what was on the page instead.
   */
  async until(expected, probe, timeout = this.timeout) {
    let lastError;
    for (const end = Date.now() + timeout; ; await sleep(40)) {
      try {
        const value = await probe();
        if (value) return value;
        lastError = undefined;
      } catch (e) {
        lastError = e;
      }
      if (Date.now() >= end || this.page.isClosed()) break;
    }
    throw await this.failure(`Expected ${expected}, within ${timeout} ms`, lastError);
  }

  /** Waits until `probe` returns something false. */
  async untilNot(expected, probe, timeout) {
    await this.until(expected, async () => !(await probe()), timeout);
  }

  /** An Error with what can be seen now; saves a picture if there is a folder for that. */
  async failure(message, cause) {
    const seen = await this.seen().catch((e) => `(the page can't be read: ${e.message})`);
    let picture = '';
    if (this.failureFolder && !this.page.isClosed()) {
      mkdirSync(this.failureFolder, { recursive: true });
      const path = `${this.failureFolder}/${process.pid}-${++this.#failures}.png`;
      picture = await this.page.screenshot({ path }).then(
        () => `\nPicture: ${path}`,
        () => '',
      );
    }
    const why = cause ? `\nLast: ${String(cause.message ?? cause).split('\n')[0]}` : '';
    return new Error(`${message}.\nOn the page: ${seen}${why}${picture}`, { cause });
  }

  /** One text of what can be seen: for failures. */
  async seen() {
    const quick = await this.read(read.readQuickInput);
    const parts = {
      dialog: await this.read(read.readDialog),
      quickInput: quick && { ...quick, items: quick.items.slice(0, 15).map((item) => item.label) },
      notifications: await this.read(read.readNotifications),
      tabs: (await this.read(read.readTabs)).map(
        (tab) => tab.title + (tab.dirty ? ' ●' : '') + (tab.active ? ' ←' : ''),
      ),
      panes: await this.read(read.readPanes),
      rows: await this.page.locator(`${at.pane} ${at.listRow}`).evaluateAll((l) => l.map((r) => r.ariaLabel)),
      consoleErrors: this.#consoleErrors,
    };
    return JSON.stringify(parts, null, 1);
  }

  /** Runs one of read.mjs in the page. */
  read(reader) {
    return this.page.evaluate(reader, at);
  }

  /** Presses a key or chord as Playwright names it; several, one after another. Mod is Control or Command. */
  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key.replace('Mod', isMac ? 'Meta' : 'Control'));
  }

  /** Saves a picture of the page. */
  async screenshot(path) {
    await this.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    return path;
  }

  /** Makes the page that many pixels large. */
  async resize(width, height) {
    await this.page.setViewportSize({ width, height });
    await sleep(200);
  }
}
