import type { Browser, Page } from 'playwright-core';

export interface QuickItem {
  label: string;
  description?: string;
  detail?: string;
  /** Text of the separator that starts at this row. */
  separator?: string;
  checked?: string;
  focused: boolean;
  index: number;
}

export interface Quick {
  title: string;
  /** Undefined where the quick pick has no text box. */
  value?: string;
  placeholder: string;
  message?: string;
  severity?: 'error' | 'warning' | 'info';
  buttons: string[];
  /** Whether the last row is drawn. */
  complete: boolean;
  items: QuickItem[];
}

export interface TreeRow {
  label: string;
  description?: string;
  level: number;
  /** Undefined for a row that has no children. */
  expanded?: boolean;
  selected: boolean;
  focused: boolean;
  ariaLabel: string;
  /** Codicon's name, such as `plug`. */
  icon?: string;
  /** Labels of its inline buttons. */
  actions: string[];
}

/** A row by its exact label, by a pattern for the label, or by a test. */
export type RowMatch = string | RegExp | ((row: TreeRow) => boolean);

export interface Notification {
  message: string;
  severity?: 'info' | 'warning' | 'error';
  buttons: string[];
}

export interface Dialog {
  message: string;
  detail: string;
  buttons: string[];
}

export interface Tab {
  title: string;
  /** Last part of the resource's path. */
  name: string;
  ariaLabel: string;
  /** The active tab of the active group. */
  active: boolean;
  /** The active tab of its group. */
  visible: boolean;
  dirty: boolean;
  group: number;
}

export interface TerminalState {
  /** Of the cursor, from 0; the row counts those scrolled away. */
  column: number;
  row: number;
  /** Whether the other screen is shown. */
  alternate: boolean;
  columns: number;
  modes: Record<string, unknown>;
}

export interface StatusItem {
  id: string;
  text: string;
  ariaLabel: string;
  icon?: string;
}

interface ClickOptions {
  readonly button?: 'left' | 'right';
  readonly modifier?: 'ControlOrMeta';
}

/**
 * VS Code in a Playwright page. Every method waits for what it needs, up to `timeout`, and throws an Error that says
 * what was expected and what was on the page instead.
 */
export declare class Workbench {
  constructor(page: Page, options?: { failureFolder?: string; timeout?: number });
  readonly page: Page;
  timeout: number;
  failureFolder?: string;
  readonly pageErrors: string[];

  // The page
  open(url: string): Promise<void>;
  /** Polls until the probe gives something true, and returns that; the probe may throw meanwhile. */
  until<T>(
    expected: string,
    probe: () => Promise<T> | T,
    timeout?: number,
  ): Promise<Exclude<T, undefined | null | false | '' | 0>>;
  untilNot(expected: string, probe: () => unknown, timeout?: number): Promise<void>;
  /** An Error with what can be seen now. */
  failure(message: string, cause?: unknown): Promise<Error>;
  seen(): Promise<string>;
  /** Keys as Playwright names them, one after another; Mod is Control or Command. */
  press(...keys: string[]): Promise<void>;
  screenshot(path: string): Promise<string>;
  resize(width: number, height: number): Promise<void>;
  setTheme(kind: 'light' | 'dark'): Promise<void>;

  // Quick input
  command(title: string): Promise<void>;
  commandTitles(text: string): Promise<string[]>;
  quick(): Promise<Quick | null>;
  waitQuick(title?: string | RegExp, timeout?: number): Promise<Quick>;
  quickTitle(): Promise<string>;
  quickItems(): Promise<QuickItem[]>;
  quickValue(): Promise<string | undefined>;
  quickMessage(): Promise<{ text: string; severity?: 'error' | 'warning' | 'info' }>;
  waitQuickMessage(text: string): Promise<{ text: string; severity?: 'error' | 'warning' | 'info' }>;
  typeQuick(text: string): Promise<void>;
  fillQuick(text: string): Promise<void>;
  clearQuick(): Promise<void>;
  acceptQuick(): Promise<void>;
  pickQuick(label: string): Promise<void>;
  cancelQuick(): Promise<void>;
  quickButton(label: string): Promise<void>;
  /** Waits for the box by which this build asks for files; it has listed a folder then. */
  waitFileDialog(title: string): Promise<void>;
  /** Types a path into the box by which this build asks for files, and takes it; replaces a file that is there. */
  answerFileDialog(title: string, path: string): Promise<void>;
  waitQuickClosed(): Promise<void>;

  // Views
  showPanel(container: string): Promise<void>;
  badge(container: string): Promise<string>;
  viewTitles(): Promise<string[]>;
  treeRows(view: string): Promise<TreeRow[]>;
  waitRow(view: string, row: RowMatch, timeout?: number): Promise<TreeRow>;
  waitNoRow(view: string, row: RowMatch, timeout?: number): Promise<void>;
  focusTree(view: string): Promise<void>;
  clickRow(view: string, row: RowMatch, options?: ClickOptions): Promise<void>;
  expandRow(view: string, row: RowMatch): Promise<void>;
  collapseRow(view: string, row: RowMatch): Promise<void>;
  /** The color of a row's label, as CSS. */
  rowColor(view: string, row: RowMatch): Promise<string>;
  rowAction(view: string, row: RowMatch, action: string): Promise<void>;
  rowQuick(view: string, row: RowMatch, action: string): Promise<void>;
  rowDelete(view: string, label: string): Promise<void>;
  /** A list of labels goes through submenus. */
  rowMenu(view: string, row: RowMatch, item: string | string[]): Promise<void>;
  rowMenuItems(view: string, row: RowMatch): Promise<string[]>;
  viewTitleAction(view: string, action: string): Promise<void>;
  welcome(view: string): Promise<{ texts: string[]; buttons: string[] }>;
  clickWelcome(view: string, button: string): Promise<void>;
  treeMessage(view: string): Promise<string>;

  // Editors
  editorText(title?: string | number): Promise<string>;
  waitEditorText(part: string | RegExp, title?: string, timeout?: number): Promise<string>;
  tabs(): Promise<Tab[]>;
  waitTab(title: string | RegExp, timeout?: number): Promise<Tab>;
  waitActiveTab(title: string | RegExp, timeout?: number): Promise<Tab>;
  clickTab(title: string | RegExp): Promise<void>;
  closeTab(title: string | RegExp): Promise<void>;
  focusEditor(): Promise<void>;
  selectAllInEditor(): Promise<void>;
  typeInEditor(text: string): Promise<void>;
  copyEditor(): Promise<string>;
  /** Notches, down; a group by its number from 0, default the active one. */
  wheelEditor(notches: number, group?: number): Promise<void>;
  /** With the mouse: from the beginning of the line with a text to the end of that with another. */
  dragInEditor(from: string, to: string, group?: number): Promise<void>;
  /** The parts of the visible line with that text, and their colours. */
  lineColors(text: string): Promise<{ text: string; color: string }[]>;
  /** What the find box says: "1 of 3". */
  findInEditor(text: string): Promise<string>;
  copySelection(): Promise<string>;
  newUntitledWith(text: string): Promise<void>;
  openFile(name: string): Promise<void>;

  // The terminal that is shown
  /** Rows without the spaces at their ends, those scrolled away too; none while there is no terminal. */
  terminalRows(): Promise<string[]>;
  /** Rows joined by "\n", wrapped ones as one. */
  terminalText(): Promise<string>;
  terminalState(): Promise<TerminalState>;
  waitTerminalText(part: string | RegExp, timeout?: number): Promise<string>;
  focusTerminal(): Promise<void>;
  typeInTerminal(text: string): Promise<void>;
  pasteIntoTerminal(text: string): Promise<void>;
  /** Of all terminals in the panel. */
  terminalTitles(): Promise<string[]>;
  launchTerminalProfile(name: string): Promise<void>;
  closeTerminal(): Promise<void>;

  // Messages
  notifications(): Promise<Notification[]>;
  waitNotification(part: string | RegExp, timeout?: number): Promise<Notification>;
  clickNotification(part: string | RegExp, button: string): Promise<void>;
  clearNotifications(): Promise<void>;
  toasts(): Promise<string[]>;
  dialog(timeout?: number): Promise<Dialog>;
  hasDialog(): Promise<boolean>;
  answerDialog(button: string): Promise<void>;
  statusItem(idOrText: string | RegExp, timeout?: number): Promise<StatusItem>;
  statusItems(): Promise<StatusItem[]>;
  clickStatusItem(idOrText: string | RegExp): Promise<void>;
}

/** Opens a page of a server in a window of its own; close it with `workbench.page.context().close()`. */
export declare function openWorkbench(
  browser: Browser,
  url: string,
  options?: { width?: number; height?: number; scale?: number; failureFolder?: string; timeout?: number },
): Promise<Workbench>;
