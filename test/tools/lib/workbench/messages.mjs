import { readDialog, readNotifications, readStatusItems } from './read.mjs';
import { at } from './selectors.mjs';

/** Notifications, dialogs and the status bar. */
export const Messages = (Base) =>
  class extends Base {
    /** What the notification centre holds, newest first: [{message, severity, buttons}]. */
    notifications() {
      return this.#inCentre(() => this.read(readNotifications));
    }

    /** Waits for a notification that contains a text or fits a RegExp. */
    waitNotification(part, timeout) {
      return this.#inCentre(() =>
        this.until(
          `a notification ${part}`,
          async () => (await this.read(readNotifications)).find(({ message }) => contains(message, part)),
          timeout,
        ),
      );
    }

    /** Clicks a button of the newest notification that contains a text. */
    clickNotification(part, button) {
      return this.#inCentre(async () => {
        const number = await this.until(`a notification ${part} with a button "${button}"`, async () => {
          const all = await this.read(readNotifications);
          return 1 + all.findIndex(({ message, buttons }) => contains(message, part) && buttons.includes(button));
        });
        const row = this.page.locator(`${at.notification}[data-index="${number - 1}"]`);
        await row.locator('.monaco-button', { hasText: exactly(button) }).click();
      });
    }

    async clearNotifications() {
      await this.#inCentre(async () => {
        const clear = this.page.locator(at.clearCentre);
        // Those that go by themselves may be gone by now, and the button disabled.
        await this.until('no notifications', async () => {
          // A window that has just been loaded shows its own progress, which nobody can clear.
          const all = await this.read(readNotifications);
          if (all.every(({ message }) => message.startsWith('Activating Extensions'))) return true;
          if (await clear.isVisible()) await clear.click({ timeout: 500 }).catch(() => undefined);
          return false;
        });
      });
    }

    /** Toasts, which never show while the server runs with its smoke test driver. */
    toasts() {
      return this.page.locator(`${at.toast} .notification-list-item-message`).allInnerTexts();
    }

    /** Waits for a modal dialog: {message, detail, buttons}. */
    dialog(timeout) {
      return this.until('a dialog', () => this.read(readDialog), timeout);
    }

    /** Whether a modal dialog is open now. */
    async hasDialog() {
      return !!(await this.read(readDialog));
    }

    /** Clicks a dialog's button and waits until the dialog is gone. */
    async answerDialog(button) {
      const { message } = await this.dialog();
      const target = this.page.locator(`${at.dialog} .dialog-buttons .monaco-button`, { hasText: exactly(button) });
      await this.until(`a dialog with a button "${button}"`, () => target.isVisible());
      await target.click();
      await this.untilNot('the dialog to close', async () => (await this.read(readDialog))?.message === message);
    }

    /** Waits for a status bar item by its id, the end of its id, or a text it contains: {id, text, ariaLabel, icon}. */
    statusItem(idOrText, timeout) {
      return this.until(
        `a status bar item ${idOrText}`,
        async () => (await this.statusItems()).find((item) => isItem(item, idOrText)),
        timeout,
      );
    }

    statusItems() {
      return this.read(readStatusItems);
    }

    async clickStatusItem(idOrText) {
      const { id } = await this.statusItem(idOrText);
      await this.page.locator(`${at.statusItem}[id="${id}"] a`).click();
    }

    /** Runs `work` with the notification centre open, and leaves it as it was. */
    async #inCentre(work) {
      const centre = this.page.locator(`${at.centre}.visible`);
      const wasOpen = await centre.isVisible();
      // A window that has just been loaded shows its bell before a click on it does anything, and closes the centre when
      // a message of its own goes.
      await this.until('the notification centre', async () => {
        if (await centre.isVisible()) return true;
        await this.page.locator(at.bell).click();
        return centre.waitFor({ timeout: 3000 }).then(
          () => true,
          () => false,
        );
      });
      try {
        return await work();
      } finally {
        const hide = this.page.locator(at.hideCentre);
        if (!wasOpen && (await hide.isVisible())) await hide.click({ timeout: 2000 }).catch(() => {});
      }
    }
  };

function contains(text, part) {
  return part instanceof RegExp ? part.test(text) : text.includes(part);
}

function exactly(text) {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

function isItem({ id, text, ariaLabel }, wanted) {
  if (wanted instanceof RegExp) return wanted.test(text) || wanted.test(ariaLabel);
  return id === wanted || id.endsWith(`.${wanted}`) || text.includes(wanted) || ariaLabel.includes(wanted);
}
