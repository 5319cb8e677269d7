// Functions that run inside the page and read it. Each stands alone: the page gets its text, nothing around it.
// They take the selectors as an argument and return plain data; what can't be seen is left out.

/** The open quick pick or input box, or null. */
export function readQuickInput(at) {
  const box = document.querySelector(at.quickInput);
  if (!box || box.style.display === 'none' || !box.offsetParent) return null;
  const text = (element) => element?.textContent.replaceAll('\u00a0', ' ').trim() || undefined;
  // Rows are used again: what they don't need any more is hidden.
  const seenText = (element) => (element?.offsetParent ? text(element) : undefined);
  const input = box.querySelector(at.quickText);
  const messageClass = box.querySelector(at.quickBox)?.className ?? '';
  const rows = [...box.querySelectorAll(at.listRow)].sort((a, b) => a.dataset.index - b.dataset.index);
  return {
    title: text(box.querySelector(at.quickTitle)) ?? '',
    value: input?.offsetParent ? input.value : undefined,
    placeholder: input?.placeholder ?? '',
    message: text(box.querySelector(at.quickMessage)),
    severity: ['error', 'warning', 'info'].find((name) => messageClass.split(' ').includes(name)),
    buttons: [...box.querySelectorAll(at.quickButton)].map((b) => b.getAttribute('aria-label')),
    complete: rows.length === 0 || rows.at(-1).dataset.lastElement === 'true',
    items: rows
      .filter((row) => row.querySelector('.quick-input-list-label'))
      .map((row) => {
        const [first, second] = row.querySelectorAll('.quick-input-list-row');
        return {
          label: text(first?.querySelector('.label-name')) ?? '',
          description: text(first?.querySelector('.label-description')),
          detail: text(second?.querySelector('.label-name')),
          separator: seenText(row.querySelector('.quick-input-list-separator')),
          checked: row.querySelector('.quick-input-list-checkbox')?.ariaChecked ?? undefined,
          focused: row.classList.contains('focused'),
          index: Number(row.dataset.index),
        };
      }),
  };
}

/** The tree rows that the pane of that title has drawn; null when it can't be seen or is collapsed. */
export function readTreeRows({ at, view }) {
  const isIt = (pane) => pane.querySelector(at.paneHeader)?.getAttribute('aria-label') === `${view} Section`;
  const pane = [...document.querySelectorAll(at.pane)].find(isIt);
  if (!pane?.offsetParent) return null;
  if (pane.querySelector(at.paneHeader).getAttribute('aria-expanded') === 'false') return null;
  const text = (element) => element?.textContent.replaceAll('\u00a0', ' ') || undefined;
  const flag = (value) => (value === null ? undefined : value === 'true');
  const box = pane.querySelector('.monaco-list')?.getBoundingClientRect();
  const middle = (row) => (row.getBoundingClientRect().top + row.getBoundingClientRect().bottom) / 2;
  // The parents of what is scrolled stay at the top, over the rows there.
  const isUnderParent = (row) => {
    const { left } = row.getBoundingClientRect();
    return !!document.elementFromPoint(left + 20, middle(row))?.closest('.monaco-tree-sticky-container');
  };
  // A click goes to the beginning of a row's label, unless something lies over it.
  const point = (row) => {
    const [x, y] = [row.querySelector('.label-name')?.getBoundingClientRect().left + 4, middle(row)];
    return x && row.contains(document.elementFromPoint(x, y)) ? { x, y } : undefined;
  };
  return [...pane.querySelectorAll(at.listRow)]
    .sort((a, b) => a.dataset.index - b.dataset.index)
    .map((row) => ({
      label: text(row.querySelector('.label-name')) ?? '',
      description: text(row.querySelector('.label-description')),
      level: Number(row.getAttribute('aria-level')),
      expanded: flag(row.getAttribute('aria-expanded')),
      selected: row.getAttribute('aria-selected') === 'true' || row.classList.contains('selected'),
      focused: row.classList.contains('focused'),
      ariaLabel: row.getAttribute('aria-label') ?? '',
      icon: row.querySelector('.custom-view-tree-node-item-icon')?.className.match(/codicon-(?!colored)([\w-]+)/)?.[1],
      actions: [...row.querySelectorAll('.actions .action-label')].map((a) => a.getAttribute('aria-label')),
      index: Number(row.dataset.index),
      last: row.dataset.lastElement === 'true',
      inView: !!box && middle(row) > box.top && middle(row) < box.bottom && !isUnderParent(row),
      point: point(row),
    }));
}

/** The notifications in the centre, newest first. */
export function readNotifications(at) {
  return [...document.querySelectorAll(at.notification)]
    .sort((a, b) => a.dataset.index - b.dataset.index)
    .map((row) => ({
      message: row.querySelector('.notification-list-item-message')?.textContent.trim() ?? '',
      severity: row.querySelector('.notification-list-item-icon')?.className.match(/codicon-(info|warning|error)/)?.[1],
      buttons: [...row.querySelectorAll('.notification-list-item-buttons-container .monaco-button')].map((b) =>
        b.textContent.trim(),
      ),
    }));
}

/** The modal dialog, or null. */
export function readDialog(at) {
  const box = document.querySelector(at.dialog);
  if (!box) return null;
  return {
    message: box.querySelector('.dialog-message-text')?.textContent.trim() ?? '',
    detail: box.querySelector('.dialog-message-detail')?.textContent.trim() ?? '',
    buttons: [...box.querySelectorAll('.dialog-buttons .monaco-button')].map((b) => b.textContent.trim()),
  };
}

/** All editor tabs, group by group. */
export function readTabs(at) {
  return [...document.querySelectorAll(at.group)].flatMap((group, number) =>
    [...group.querySelectorAll(at.tab)].map((tab) => ({
      // The name's ending stands apart from its label.
      title: tab.querySelector('.monaco-icon-name-container')?.textContent.trim() ?? '',
      name: tab.dataset.resourceName ?? '',
      ariaLabel: tab.getAttribute('aria-label') ?? '',
      active: tab.classList.contains('active') && group.classList.contains('active'),
      visible: tab.classList.contains('active'),
      dirty: tab.classList.contains('dirty'),
      group: number,
    })),
  );
}

/** The lines that the editor of a group (by number, or the active one) shows, or null without a text editor. */
export function readEditorLines({ at, number }) {
  const groups = [...document.querySelectorAll(at.group)];
  const group = groups[number] ?? groups.find((g) => g.classList.contains('active')) ?? groups[0];
  const editor = group && [...group.querySelectorAll(at.editor)].find((e) => e.offsetParent);
  if (!editor) return null;
  return [...editor.querySelectorAll(at.viewLine)]
    .sort((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
    .map((line) => line.textContent.replaceAll('\u00a0', ' '));
}

/** The visible line of a group's editor (the active one's: -1) that contains a text: where it is, its parts' colours. */
export function findLine({ at, group: number, text }) {
  const groups = [...document.querySelectorAll(at.group)];
  const group = groups[number] ?? groups.find((g) => g.classList.contains('active')) ?? groups[0];
  const lines = [...(group?.querySelectorAll(`${at.editor} ${at.viewLine}`) ?? [])];
  const line = lines.find((l) => l.textContent.replaceAll('\u00a0', ' ').includes(text));
  const spans = [...(line?.querySelectorAll('span > span') ?? [])];
  if (spans.length === 0) return null;
  const [first, last] = [spans[0].getBoundingClientRect(), spans.at(-1).getBoundingClientRect()];
  return {
    left: first.left,
    right: last.right,
    middle: (first.top + first.bottom) / 2,
    spans: spans.map((s) => ({ text: s.textContent.replaceAll('\u00a0', ' '), color: getComputedStyle(s).color })),
  };
}

/** Tabs of the panel and icons of the activity bar. */
export function readContainers(at) {
  return [...document.querySelectorAll(at.containerTab)].map((item) => {
    const label = item.querySelector('.action-label');
    const badge = item.querySelector('.badge');
    const shown = badge && getComputedStyle(badge).display !== 'none';
    return {
      title: label?.textContent || (label?.getAttribute('aria-label') ?? '').replace(/ - .*| \(.*/, ''),
      ariaLabel: label?.getAttribute('aria-label') ?? '',
      badge: (shown && badge.querySelector('.badge-content')?.textContent) || '',
      checked: item.classList.contains('checked'),
    };
  });
}

/** The status bar's items. */
export function readStatusItems(at) {
  return [...document.querySelectorAll(at.statusItem)]
    .filter((item) => item.offsetParent)
    .map((item) => ({
      id: item.id,
      text: item.textContent.replaceAll('\u00a0', ' ').trim(),
      ariaLabel: item.getAttribute('aria-label') ?? '',
      icon: item.querySelector('.codicon')?.className.match(/codicon-([\w-]+)/)?.[1],
    }));
}

/** Titles of the view panes that can be seen. */
export function readPanes(at) {
  return [...document.querySelectorAll(at.pane)]
    .filter((pane) => pane.offsetParent)
    .map((pane) =>
      pane
        .querySelector(at.paneHeader)
        ?.getAttribute('aria-label')
        ?.replace(/ Section$/, ''),
    );
}

/** The active terminal as its emulator has it, or null: {rows, text, state}. */
export function readTerminal(at) {
  const xterm = document.querySelector(at.terminal)?.xterm;
  if (!xterm) return null;
  const { active } = xterm.buffer;
  const rows = [];
  let text = '';
  for (let i = 0; i < active.length; i++) {
    const line = active.getLine(i);
    const row = line.translateToString(true);
    rows.push(row.trimEnd());
    text += (i > 0 && !line.isWrapped ? '\n' : '') + row;
  }
  while (rows.at(-1) === '') rows.pop();
  const state = { column: active.cursorX, row: active.baseY + active.cursorY, alternate: active.type !== 'normal' };
  return { rows, text: text.trimEnd(), state: { ...state, columns: xterm.cols, modes: { ...xterm.modes } } };
}
