import { readTerminal } from './read.mjs';
import { at } from './selectors.mjs';

/** The terminal that is shown in the panel or in an editor. */
export const Terminals = (Base) =>
  class extends Base {
    /** Its rows, those scrolled away too, without spaces at their ends; [] while there is none. */
    async terminalRows() {
      return (await this.read(readTerminal))?.rows ?? [];
    }

    /** Its text: rows joined by "\n", wrapped ones as one. */
    async terminalText() {
      return (await this.read(readTerminal))?.text ?? '';
    }

    /** {column, row, alternate, modes, bells, columns} as the emulator has it. */
    async terminalState() {
      return this.until('a terminal', async () => (await this.read(readTerminal))?.state);
    }

    /** Waits until its text contains a text or fits a RegExp, and returns it. */
    waitTerminalText(part, timeout) {
      return this.until(
        `the terminal to show ${part}`,
        async () => {
          const text = await this.terminalText();
          if (part instanceof RegExp ? part.test(text) : text.includes(part)) return text;
          throw new Error(`it ends with ${JSON.stringify(text.slice(-500))}`);
        },
        timeout,
      );
    }

    /** Gives it the keyboard. */
    async focusTerminal() {
      const inTerminal = () => this.page.evaluate((s) => !!document.activeElement?.closest(s), at.terminal);
      await this.until('the terminal to have the keyboard', async () => {
        if (await inTerminal()) return true;
        await this.page.locator(at.terminalScreen).click();
        return inTerminal();
      });
    }

    /** Types key by key. */
    async typeInTerminal(text) {
      await this.focusTerminal();
      await this.page.keyboard.type(text);
    }

    /** Pastes, by way of the clipboard. */
    async pasteIntoTerminal(text) {
      await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await this.page.evaluate((t) => navigator.clipboard.writeText(t), text);
      await this.focusTerminal();
      await this.command('Terminal: Paste into Active Terminal');
    }

    /** Titles of the terminals in the panel. */
    async terminalTitles() {
      const tabs = await this.page.locator(at.terminalTab).allInnerTexts();
      return tabs.map((tab) => tab.replaceAll('\u00a0', ' ').trim()).filter(Boolean);
    }

    /** Picks from the menu of terminal profiles beside the plus of the panel. */
    async launchTerminalProfile(name) {
      const item = this.page.locator(`${at.menu} .action-label[aria-label="${name}"]`);
      await this.until(`the terminal profile "${name}" to be taken`, async () => {
        if (!(await item.isVisible())) await this.page.locator(at.terminalProfiles).click({ timeout: 1000 });
        // A menu takes no click while it opens, and closes when something else takes the keyboard.
        await this.page.waitForTimeout(200);
        await item.click({ timeout: 1000 });
        return true;
      });
    }

    /** Closes the one that is shown. */
    async closeTerminal() {
      await this.command('Terminal: Kill the Active Terminal Instance');
    }
  };
