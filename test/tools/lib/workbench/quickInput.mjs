import { readQuickInput } from './read.mjs';
import { at } from './selectors.mjs';

/** Command palette, quick picks and input boxes. */
export const QuickInput = (Base) =>
  class extends Base {
    /** Runs a command by its full title, through the palette. */
    async command(title) {
      // Commands of an extension come late: ask anew now and then.
      let asked = Date.now();
      await this.until(`the command palette to offer "${title}"`, async () => {
        const items = await this.#offered(title);
        if (items?.some(({ label }) => label === title)) return true;
        if (Date.now() - asked > 1500) {
          await this.#quickText().fill('>', { timeout: 5000 });
          asked = Date.now();
        }
        return false;
      });
      await this.#focusItem(title);
      await this.press('Enter');
      await this.untilNot('the command palette to close', async () => (await this.quick())?.value?.startsWith('>'));
    }

    /** Titles the palette offers for a text, after a moment to settle. */
    async commandTitles(text) {
      await this.until('the command palette', () => this.#offered(text));
      await this.page.waitForTimeout(600);
      const titles = (await this.quick())?.items.map(({ label }) => label) ?? [];
      await this.cancelQuick();
      return titles.filter((title) => title.toLowerCase().includes(text.toLowerCase()));
    }

    /** What the quick input shows now, or null when there is none. */
    quick() {
      return this.read(readQuickInput);
    }

    /** Waits for a quick input, of that title if one is given (a text it contains, or a RegExp). */
    waitQuick(title, timeout) {
      const fits = (text) => (title instanceof RegExp ? title.test(text) : text.includes(title ?? ''));
      const what = title === undefined ? 'a quick input' : `a quick input titled ${title}`;
      return this.until(
        what,
        async () => {
          const quick = await this.quick();
          return quick && fits(quick.title) && quick;
        },
        timeout,
      );
    }

    /** Title with its step, such as "Open (1/3)". */
    async quickTitle() {
      return (await this.waitQuick()).title;
    }

    /** The rows that are drawn: [{label, description, detail, separator, focused, checked}]. Waits for the first. */
    async quickItems() {
      return this.until('a quick pick with items', async () => {
        const quick = await this.quick();
        return quick?.items.length && quick.items;
      });
    }

    async quickValue() {
      return (await this.waitQuick()).value;
    }

    /** The validation message or prompt below the box: {text, severity}, severity undefined for a mere prompt. */
    async quickMessage() {
      const { message, severity } = await this.waitQuick();
      return { text: message ?? '', severity };
    }

    /** Waits for a message that contains the text. */
    async waitQuickMessage(text) {
      const quick = await this.until(`the quick input to say "${text}"`, async () => {
        const now = await this.quick();
        return now?.message?.includes(text) && now;
      });
      return { text: quick.message, severity: quick.severity };
    }

    /** Types key by key, after what is there. */
    async typeQuick(text) {
      await this.waitQuick();
      await this.#quickText().focus();
      await this.press('End');
      await this.page.keyboard.type(text);
    }

    async clearQuick() {
      await this.waitQuick();
      await this.#quickText().fill('');
    }

    /** Replaces the text at once. */
    async fillQuick(text) {
      await this.waitQuick();
      await this.#quickText().fill(text);
    }

    async acceptQuick() {
      await this.waitQuick();
      await this.#quickText().focus();
      await this.press('Enter');
    }

    /** Picks the row with exactly that label; types the label to find it in a list longer than the screen. */
    async pickQuick(label) {
      await this.quickItems();
      const shown = await this.#appears(label, 1500);
      if (!shown) await this.fillQuick(label);
      // A box that is just being shown may take no key.
      let before;
      let pressed = 0;
      await this.until(`"${label}" to be taken`, async () => {
        if (before && JSON.stringify(await this.quick()) !== before) return true;
        if (Date.now() - pressed < 3000) return false;
        await this.#focusItem(label);
        // New rows, as for a text that was just typed, move back to the first one.
        await this.page.waitForTimeout(100);
        await this.#focusItem(label);
        before = JSON.stringify(await this.quick());
        pressed = Date.now();
        await this.press('Enter');
        return false;
      });
    }

    async cancelQuick() {
      await this.waitQuick();
      await this.#quickText()
        .focus()
        .catch(() => {});
      await this.press('Escape');
      await this.waitQuickClosed();
    }

    /** Clicks a button at the title of the quick input, such as "Back". */
    async quickButton(label) {
      await this.waitQuick();
      await this.page.locator(`${at.quickInput} ${at.quickButton}[aria-label="${label}"]`).click();
    }

    /** Waits for the box by which this build asks for files; it has listed a folder then. */
    async waitFileDialog(title) {
      await this.until(`a box "${title}" for a path`, async () => {
        const quick = await this.quick();
        return quick?.title.includes(title) && quick.placeholder === 'Folder path' && quick.items.length > 0;
      });
    }

    /** Types a path into the box by which this build asks for files, and takes it; replaces a file that is there. */
    async answerFileDialog(title, path) {
      await this.waitFileDialog(title);
      // The box looks the path up while it is typed, and puts in what it thinks is meant.
      await this.until('the path to stand', async () => {
        await this.fillQuick(path);
        await this.page.waitForTimeout(300);
        return (await this.quick())?.value === path;
      });
      let accepted = -Infinity;
      await this.until('the path to be taken', async () => {
        const quick = await this.quick();
        // It asks before it replaces, and takes no key while it looks something up.
        const isAsking = /already exists/.test(quick?.title ?? '');
        if (!isAsking && !quick?.title.includes(title)) return true;
        if (isAsking || Date.now() - accepted > 2000) {
          // Not `acceptQuick`: it may have been taken meanwhile.
          await this.#quickText().focus({ timeout: 1000 });
          await this.press('Enter');
          accepted = Date.now();
        }
        return false;
      });
    }

    async waitQuickClosed() {
      await this.untilNot('the quick input to close', () => this.quick());
    }

    /**
     * What the palette offers for a text; undefined while it isn't open with that text. Each call goes one step
     * towards that: a page that is still starting may close the palette again.
     */
    async #offered(text) {
      const quick = await this.quick();
      if (!quick?.value?.startsWith('>')) {
        await this.press('F1');
        await this.page.waitForTimeout(100);
        return undefined;
      }
      if (quick.value === `>${text}`) return quick.items;
      await this.#quickText().fill(`>${text}`, { timeout: 5000 });
      return undefined;
    }

    async #appears(label, timeout) {
      for (const end = Date.now() + timeout; Date.now() < end; await this.page.waitForTimeout(50)) {
        const quick = await this.quick();
        if (quick?.items.some((item) => item.label === label)) return true;
        if (quick && !quick.complete) return false;
      }
      return false;
    }

    /** Walks down the list by key until the row is the focused one. */
    async #focusItem(label) {
      await this.until(`"${label}" to be reached in the list`, async () => {
        const items = (await this.quick())?.items ?? [];
        const wanted = items.find((item) => item.label === label);
        if (!wanted || wanted.focused) return wanted;
        const focused = items.find((item) => item.focused);
        await this.press(focused && focused.index > wanted.index ? 'ArrowUp' : 'ArrowDown');
        return false;
      });
    }

    #quickText() {
      return this.page.locator(`${at.quickInput} ${at.quickText}`);
    }
  };
