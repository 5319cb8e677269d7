import { readEditorLines, readTabs } from './read.mjs';
import { at } from './selectors.mjs';

/** Editors and their tabs. */
export const Editors = (Base) =>
  class extends Base {
    /**
     * The lines that can be seen in the active editor, or in the visible one with that tab title, joined by "\n".
     * Lines that are scrolled away are missing: copyEditor() has them all.
     */
    async editorText(title) {
      const lines = await this.until(
        title === undefined ? 'a text editor' : `a visible text editor titled "${title}"`,
        async () => {
          const number = title === undefined ? -1 : (await this.#tab(title, ({ visible }) => visible))?.group;
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
      await this.selectAllInEditor();
      await this.press('Mod+c');
      const clipboard = () => this.page.evaluate(() => navigator.clipboard.readText());
      for (let tries = 0; tries < 40; tries++) {
        const text = await clipboard();
        if (text !== mark && text !== '\n') return text;
        if (tries > 10 && (await this.editorText()) === '') return '';
        await this.page.waitForTimeout(50);
      }
      throw await this.failure('Expected the editor to be copied');
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
