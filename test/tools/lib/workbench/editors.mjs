import { findLine, readEditorLines, readTabs } from './read.mjs';
import { at } from './selectors.mjs';

/** Editors and their tabs. */
export const Editors = (Base) =>
  class extends Base {
    /**
     * The lines that can be seen in the active editor, the visible one with that tab title or that of the group with that
     * number, joined by "\n".
     * Lines that are scrolled away are missing: copyEditor() has them all.
     */
    async editorText(title) {
      const lines = await this.until(
        title === undefined ? 'a text editor' : `a visible text editor titled "${title}"`,
        async () => {
          const ofTitle = async () => (await this.#tab(title, ({ visible }) => visible))?.group;
          const number = title === undefined ? -1 : typeof title === 'number' ? title : await ofTitle();
          return number !== undefined && (await this.page.evaluate(readEditorLines, { at, number }));
        },
      );
      return lines.join('\n');
    }

    /** Waits until the editor's visible text contains a text (or fits a RegExp) and returns it all. */
    async waitEditorText(part, title, timeout) {
      return this.until(
        `the editor ${title ?? ''} to show ${part}`,
        async () => {
          const text = await this.editorText(title);
          return (part instanceof RegExp ? part.test(text) : text.includes(part)) && text;
        },
        timeout,
      );
    }

    /** [{title, name, active, visible, dirty, group}] of all groups. */
    tabs() {
      return this.read(readTabs);
    }

    /** Waits for a tab and returns it. */
    waitTab(title, timeout) {
      return this.until(`a tab "${title}"`, () => this.#tab(title), timeout);
    }

    /** Waits until that tab is the active one. */
    waitActiveTab(title, timeout) {
      return this.until(`the active tab to be "${title}"`, () => this.#tab(title, ({ active }) => active), timeout);
    }

    async clickTab(title) {
      await (await this.#tabElement(title)).click();
      await this.waitActiveTab(title);
    }

    /** Closes a tab by its button; returns once it is gone or a dialog asks about it. */
    async closeTab(title) {
      const tab = await this.#tabElement(title);
      await tab.hover();
      await tab.locator('.tab-actions .action-label').last().click();
      await this.until(
        `the tab "${title}" to close`,
        async () => !(await this.#tab(title)) || (await this.page.locator(at.dialog).isVisible()),
      );
    }

    /** Gives the active editor the keyboard. */
    async focusEditor() {
      const inEditor = () => this.page.evaluate((s) => !!document.activeElement?.closest(s), at.editor);
      if (await inEditor()) return;
      // By its name: titles lack what looks like a file's ending.
      const { name } = await this.until('an editor', async () => (await this.tabs()).find(({ active }) => active));
      await (await this.#tabElement(name)).click();
      await this.until('the editor to have the keyboard', inEditor);
    }

    async selectAllInEditor() {
      await this.focusEditor();
      await this.press('Mod+a');
    }

    /** Types key by key at the cursor. */
    async typeInEditor(text) {
      await this.focusEditor();
      await this.page.keyboard.type(text);
    }

    /** The whole text of the active editor, by way of the clipboard; leaves all selected. */
    async copyEditor() {
      await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      // Something no editor holds, to see that the copy has arrived; an empty editor copies nothing.
      const mark = `copy ${Date.now()}`;
      await this.page.evaluate((text) => navigator.clipboard.writeText(text), mark);
      const clipboard = () => this.page.evaluate(() => navigator.clipboard.readText());
      for (let tries = 0; tries < 40; tries++) {
        // Again: the extension may just then have put the cursor somewhere, as at the top of a new page of a capture.
        if (tries % 10 === 0) {
          await this.selectAllInEditor();
          await this.press('Mod+c');
        }
        const text = await clipboard();
        const isCopied = text !== mark && text !== '\n';
        if (isCopied || (tries > 10 && (await this.editorText()) === '')) {
          // A process buffer stands still while something is selected.
          await this.press('Mod+End');
          return isCopied ? text : '';
        }
        await this.page.waitForTimeout(50);
      }
      throw await this.failure('Expected the editor to be copied');
    }

    /** Turns the mouse's wheel over the active editor, or that of a group by its number, by that many notches. */
    async wheelEditor(notches, group = -1) {
      const box = await this.#editorBox(group);
      await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      for (let i = 0; i < Math.abs(notches); i++) await this.page.mouse.wheel(0, 120 * Math.sign(notches));
    }

    /** Selects with the mouse from the beginning of the visible line that contains a text to the end of another's. */
    async dragInEditor(from, to, group = -1) {
      const first = await this.until(`a line with "${from}"`, () =>
        this.page.evaluate(findLine, { at, group, text: from }),
      );
      const last = await this.until(`a line with "${to}"`, () => this.page.evaluate(findLine, { at, group, text: to }));
      await this.page.mouse.move(first.left + 1, first.middle);
      await this.page.mouse.down();
      await this.page.mouse.move(first.left + 20, first.middle, { steps: 3 });
      await this.page.mouse.move(last.right + 5, last.middle, { steps: 5 });
      await this.page.mouse.up();
    }

    /** The texts of the visible line that contains a text, each with its colour as the theme draws it. */
    lineColors(text) {
      return this.until(`a coloured line with "${text}"`, async () => {
        const line = await this.page.evaluate(findLine, { at, group: -1, text });
        return line?.spans;
      });
    }

    /** Opens the find box with a text; returns what it says, such as "1 of 3", once it says something. */
    async findInEditor(text) {
      await this.focusEditor();
      await this.press('Mod+f');
      const box = this.page.locator(`${at.findWidget} textarea`).first();
      await this.until('the find box', () => box.isVisible());
      await box.fill(text);
      const count = this.page.locator(`${at.findWidget} .matchesCount`).first();
      return this.until('the number of matches', async () => {
        const said = await count.textContent();
        return /\d/.test(said ?? '') && said;
      });
    }

    /** Copies what is selected in the active editor, and returns it. */
    async copySelection() {
      await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const mark = `copy ${Date.now()}`;
      await this.page.evaluate((text) => navigator.clipboard.writeText(text), mark);
      await this.press('Mod+c');
      return this.until('a copy', async () => {
        const text = await this.page.evaluate(() => navigator.clipboard.readText());
        return text !== mark && text;
      });
    }

    async #editorBox(group) {
      const groups = this.page.locator(at.group);
      const editor =
        group < 0 ? this.page.locator(`${at.group}.active ${at.editor}`) : groups.nth(group).locator(at.editor);
      return this.until('an editor', () => editor.first().boundingBox());
    }

    /** Makes an untitled editor with that text. */
    async newUntitledWith(text) {
      const before = (await this.tabs()).length;
      await this.command('File: New Untitled Text File');
      await this.until('an untitled editor', async () => (await this.tabs()).length > before);
      await this.typeInEditor(text);
    }

    /** Opens a file of the workspace by its name. */
    async openFile(name) {
      await this.press('Mod+p');
      await this.fillQuick(name);
      await this.until(`quick open to offer "${name}"`, async () =>
        (await this.quick())?.items.some(({ label, focused }) => focused && label === name),
      );
      await this.acceptQuick();
      await this.waitActiveTab(name);
    }

    async #tab(title, also = () => true) {
      return (await this.tabs()).find((tab) => isTitled(tab, title) && also(tab));
    }

    async #tabElement(title) {
      const tab = await this.waitTab(title);
      const index = (await this.tabs()).filter(({ group }) => group === tab.group).findIndex((t) => isTitled(t, title));
      return this.page.locator(at.group).nth(tab.group).locator(at.tab).nth(index);
    }
  };

function isTitled(tab, title) {
  return [tab.title, tab.name, tab.ariaLabel].some((text) =>
    title instanceof RegExp ? title.test(text) : text === title || text.startsWith(`${title}, `),
  );
}
