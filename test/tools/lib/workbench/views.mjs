import { readContainers, readDialog, readPanes, readTreeRows } from './read.mjs';
import { at } from './selectors.mjs';

/** View containers, their panes, and trees in them. A row is named by its label, a RegExp or a test of the row. */
export const Views = (Base) =>
  class extends Base {
    /** Shows a view container of the panel. */
    async showPanel(title) {
      let asked = -Infinity;
      await this.until(`the panel to show ${title}`, async () => {
        if (await this.#isShown(title)) return true;
        // What was opened just before may come late and take the panel: then it is asked for again.
        if (Date.now() - asked < 2000) return false;
        await this.#askForPanel(title);
        asked = Date.now();
        return false;
      });
    }

    async #askForPanel(title) {
      // The panel's other views may be costly to show (a terminal starts a shell), so not by way of them.
      const tab = this.#containerTab(title);
      // A narrow panel has no room for all tabs.
      if ((await this.page.locator(at.panel).isVisible()) && (await tab.isVisible())) await tab.click();
      else await this.command(`View: Toggle ${title}`);
    }

    /** The text of the badge on a container's tab or icon; '' without a badge. */
    async badge(title) {
      const container = await this.until(`a view container ${title}`, () => this.#container(title));
      return container.badge;
    }

    /** Views that can be seen. */
    viewTitles() {
      return this.read(readPanes);
    }

    /** All rows of the tree in a view, from the first to the last, scrolling where it is longer than its pane. */
    async treeRows(view) {
      const drawn = await this.#drawnRows(view);
      if (!drawn.length || isWhole(drawn)) return drawn.map(publicRow);
      return (await this.#allRows(view)).map(publicRow);
    }

    /** Waits for a row and returns it. */
    waitRow(view, row, timeout) {
      return this.until(
        `a row ${row} in ${view}`,
        async () => (await this.treeRows(view)).find((candidate) => fits(row, candidate)),
        timeout,
      );
    }

    /** Waits until no row fits. */
    waitNoRow(view, row, timeout) {
      return this.untilNot(
        `no row ${row} in ${view}`,
        async () => (await this.treeRows(view)).some((candidate) => fits(row, candidate)),
        timeout,
      );
    }

    /** Gives a tree the keyboard, without a click on any row. */
    async focusTree(view) {
      await (await this.#tree(view)).focus();
    }

    /**
     * Clicks a row where it is, as a person does: a row that is drawn anew meanwhile gets another element, and its old
     * one another row. Options: `button`, `modifier`.
     */
    async clickRow(view, row, { button, modifier } = {}) {
      const { x, y } = await this.until(`a row ${row} in ${view} to click`, async () => {
        await this.#row(view, row);
        return (await this.#drawnRows(view)).find((candidate) => fits(row, candidate))?.point;
      });
      if (modifier) await this.page.keyboard.down(modifier);
      await this.page.mouse.click(x, y, { button });
      if (modifier) await this.page.keyboard.up(modifier);
    }

    async expandRow(view, row) {
      await this.#setExpanded(view, row, true);
    }

    async collapseRow(view, row) {
      await this.#setExpanded(view, row, false);
    }

    /** The color of a row's label. */
    async rowColor(view, row) {
      return this.until(`a color of row ${row}`, async () => {
        const label = (await this.#row(view, row)).locator('.label-name').first();
        return label.evaluate((element) => getComputedStyle(element).color);
      });
    }

    /** Clicks one of a row's inline buttons. */
    async rowAction(view, row, action) {
      // A label may go on with the key, and does so only at times.
      const labelled = `:is([aria-label="${action}"], [aria-label^="${action} ("])`;
      // Other rows may come and go meanwhile, and a row drawn anew, even while it is clicked, has to be pointed at anew.
      await this.until(`a button "${action}" on row ${row}`, async () => {
        const target = await this.#row(view, row);
        await target.hover();
        const found = target.locator(`.actions .action-label${labelled}`);
        const isStill = async () => String(await this.#row(view, row)) === String(target);
        if (!(await found.isVisible()) || !(await isStill())) return false;
        return found.click({ timeout: 1000 }).then(
          () => true,
          () => false,
        );
      });
    }

    /** Clicks a row's button that opens a quick input. A row that is drawn anew meanwhile asks for another click. */
    async rowQuick(view, row, action) {
      await this.until(`the quick input of "${action}" on row ${row}`, async () => {
        await this.rowAction(view, row, action);
        for (let i = 0; i < 20 && !(await this.quick()); i++) await this.page.waitForTimeout(100);
        if (await this.quick()) return true;
        await this.clearNotifications();
        return false;
      });
    }

    /** Deletes a row by its button, which may ask. A row that is drawn anew meanwhile asks for another click. */
    async rowDelete(view, label) {
      const isThere = async () => (await this.treeRows(view)).some((row) => row.label === label);
      await this.until(`row ${label} to go`, async () => {
        // A dialog covers the rows.
        if (await this.hasDialog()) await this.answerDialog('Delete');
        else if (await isThere()) await this.rowAction(view, label, 'Delete');
        for (let i = 0; i < 20; i++) {
          if (await this.hasDialog()) return false;
          if (!(await isThere())) return true;
          await this.page.waitForTimeout(100);
        }
        return false;
      });
    }

    /** Picks from a row's context menu; a list of labels goes through submenus. */
    async rowMenu(view, row, item) {
      await this.#openMenu(view, row);
      for (const label of [item].flat()) await this.#menuItem(label);
      await this.untilNot('the context menu to close', () => this.page.locator(at.menu).first().isVisible());
    }

    /** The labels in a row's context menu. */
    async rowMenuItems(view, row) {
      await this.#openMenu(view, row);
      const labels = await this.#menuLabels();
      await this.press('Escape');
      await this.untilNot('the context menu to close', () => this.page.locator(at.menu).first().isVisible());
      return labels;
    }

    /** Clicks a button in a view's title, or picks it from the title's "…" menu. */
    async viewTitleAction(view, action) {
      const pane = await this.#pane(view);
      const header = pane.locator(at.paneHeader);
      // A container's only view shows no header: its buttons are then the panel's.
      const merged = !(await header.isVisible());
      const place = merged ? this.page.locator(at.panelTitleActions) : header;
      if (!merged) await header.hover();
      const button = place.locator(`.action-label[aria-label="${action}"]`);
      const more = place.locator('.codicon-toolbar-more');
      await this.until(
        `a button "${action}" in the title of ${view}`,
        async () => (await button.first().isVisible()) || (await more.first().isVisible()),
      );
      if (await button.first().isVisible()) return button.first().click();
      await more.first().click();
      await this.page.waitForTimeout(200);
      await this.#menuItem(action);
    }

    /** The welcome text of an empty view: {texts, buttons}. */
    async welcome(view) {
      const pane = await this.#pane(view);
      const content = pane.locator(at.welcome);
      await this.until(`a welcome text in ${view}`, () => content.first().isVisible());
      const texts = await content.locator('p').allInnerTexts();
      return { texts, buttons: (await content.locator('.monaco-button').allInnerTexts()).map((text) => text.trim()) };
    }

    async clickWelcome(view, button) {
      const pane = await this.#pane(view);
      const target = pane.locator(`${at.welcome} .monaco-button`, { hasText: button });
      await this.until(`a button "${button}" in ${view}`, () => target.first().isVisible());
      await target.first().click();
    }

    /** The message above a tree; '' without one. */
    async treeMessage(view) {
      const message = (await this.#pane(view)).locator(at.treeMessage);
      return (await message.count()) ? message.first().innerText() : '';
    }

    async #isShown(title) {
      if (!(await this.page.locator(at.panel).isVisible())) return false;
      return (await this.#container(title))?.checked;
    }

    async #container(title) {
      return (await this.read(readContainers)).find((container) => container.title === title);
    }

    #containerTab(title) {
      return this.page.locator(`${at.panel} ${at.containerTab}`, { has: this.page.getByText(title, { exact: true }) });
    }

    async #pane(view) {
      const pane = this.page.locator(`${at.pane}:has(> .pane-header[aria-label="${view} Section"])`);
      await this.until(`a view "${view}"`, () => pane.isVisible());
      const header = pane.locator(at.paneHeader);
      if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
      return pane;
    }

    async #tree(view) {
      return (await this.#pane(view)).locator('.monaco-list').first();
    }

    async #drawnRows(view) {
      const read = () => this.page.evaluate(readTreeRows, { at, view });
      return this.until(`the rows of ${view}`, async () => (await read()) ?? (await this.#pane(view), null));
    }

    async #allRows(view) {
      const found = new Map();
      await this.#page(view, (rows) => {
        for (const row of rows) found.set(row.index, row);
      });
      return [...found.values()].sort((a, b) => a.index - b.index);
    }

    /**
     * Goes through a tree's pages from the top, giving the drawn rows to `look` until it returns something. By keys: how
     * far a wheel turns a tree can't be told beforehand.
     */
    async #page(view, look) {
      // A dialog that opens meanwhile takes the keys.
      const isCovered = async () => !!(await this.read(readDialog));
      await this.until(`the top of ${view}`, async () => {
        // An editor may take the keyboard late.
        await this.focusTree(view);
        await this.press('Home');
        await this.page.waitForTimeout(50);
        const [first] = await this.#drawnRows(view);
        return !first || (first.index === 0 && first.inView) || isCovered();
      });
      let [before, same] = ['', 0];
      for (let guard = 0; guard < 500; guard++) {
        if (await isCovered()) throw new Error(`A dialog lies over ${view}`);
        await this.focusTree(view);
        await this.page.waitForTimeout(50);
        const rows = await this.#drawnRows(view);
        const found = look(rows);
        if (found || !rows.length || (rows.at(-1).last && rows.at(-1).inView)) return found;
        // A row that has become the last one since it was drawn does not say so: then no key leads further.
        const now = rows.map(({ index, focused, inView }) => `${index} ${focused} ${inView}`).join();
        same = now === before ? same + 1 : 0;
        before = now;
        if (same === 5 && rows.at(-1).focused) return found;
        await this.press('PageDown');
      }
      return undefined;
    }

    /** The row as an element on the screen, scrolled to if need be. */
    async #row(view, row) {
      const { index } = await this.until(`a row ${row} in ${view}`, async () => {
        const rows = await this.#drawnRows(view);
        const isIt = (candidate) => candidate.inView && fits(row, candidate);
        return rows.find(isIt) ?? (await this.#scrollTo(view, row, isIt));
      });
      return (await this.#pane(view)).locator(`${at.listRow}[data-index="${index}"]`);
    }

    /** Rows beyond the pane's edges may be drawn, too. */
    async #scrollTo(view, row, isIt) {
      const drawn = await this.#drawnRows(view);
      const isThere = drawn.some((candidate) => fits(row, candidate));
      if (!isThere && (!drawn.length || isWhole(drawn))) return undefined;
      return this.#page(view, (rows) => rows.find(isIt));
    }

    async #setExpanded(view, row, wanted) {
      const { expanded } = await this.until(`row ${row} in ${view} to have children`, async () => {
        const found = await this.waitRow(view, row);
        return found.expanded !== undefined && found;
      });
      if (expanded !== wanted) await (await this.#row(view, row)).locator(at.twistie).click();
      await this.until(
        `row ${row} in ${view} to be ${wanted ? 'expanded' : 'collapsed'}`,
        async () => (await this.waitRow(view, row)).expanded === wanted,
      );
    }

    async #openMenu(view, row) {
      // A row that is just drawn anew may take no click.
      for (let tries = 5; tries > 0 && !(await this.#menuLabels()).length; tries--) {
        await this.clickRow(view, row, { button: 'right' });
        for (let i = 0; i < 30 && !(await this.#menuLabels()).length; i++) await this.page.waitForTimeout(100);
      }
      await this.until('a context menu', async () => (await this.#menuLabels()).length);
      // For its first tenth of a second a menu takes no click, lest the one that opened it picked something.
      await this.page.waitForTimeout(200);
    }

    #menuLabels() {
      // Playwright's locators look into the open shadow root that the menu is in.
      return this.page
        .locator(`${at.menu} .action-menu-item .action-label`)
        .evaluateAll((labels) => labels.map((label) => label.getAttribute('aria-label') ?? label.textContent));
    }

    async #menuItem(label) {
      const item = this.page.locator(`${at.menu} .action-menu-item`, {
        has: this.page.locator(`.action-label[aria-label="${label}"]`),
      });
      await this.until(`"${label}" in the menu (it has: ${await this.#menuLabels()})`, () => item.last().isVisible());
      await item.last().click();
    }
  };

function fits(wanted, row) {
  if (typeof wanted === 'function') return wanted(row);
  return wanted instanceof RegExp ? wanted.test(row.label) : row.label === wanted;
}

/** Whether a tree's drawn rows are all it has. The focused one is drawn wherever it is. */
function isWhole(drawn) {
  return drawn.at(-1).last && drawn.at(-1).index === drawn.length - 1;
}

function publicRow({ index: _index, last: _last, inView: _inView, point: _point, ...row }) {
  return row;
}
