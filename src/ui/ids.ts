/**
 * Every id that package.json and the code must agree on, declared once; a test compares them with the manifest.
 * No `vscode` here.
 */
const prefix = 'networkProcesses';

/** Commands, by what they do. */
export const commands = {
  openConnection: `${prefix}.openConnection`,
  startServer: `${prefix}.startServer`,
  send: `${prefix}.send`,
  sendSelection: `${prefix}.sendSelection`,
  sendEof: `${prefix}.sendEof`,
  stop: `${prefix}.stop`,
  continue: `${prefix}.continue`,
  delete: `${prefix}.delete`,
  deleteAllFinished: `${prefix}.deleteAllFinished`,
  reconnect: `${prefix}.reconnect`,
  showBuffer: `${prefix}.showBuffer`,
  killBuffer: `${prefix}.killBuffer`,
  copyContact: `${prefix}.copyContact`,
  listProcesses: `${prefix}.listProcesses`,
  showLog: `${prefix}.showLog`,
} as const;

export const viewContainer = prefix;
export const processesView = `${prefix}.processes`;

/** Keys below `networkProcesses.` in the user's settings. */
export const settings = {
  connectTimeout: 'connect.timeout',
  maxClients: 'server.maxClients',
  queueLimit: 'send.queueLimit',
  lineEnding: 'send.lineEnding',
  textLimit: 'buffer.textLimit',
} as const;
export const settingsSection = prefix;

/** True while a row with that trait is in the tree; for the palette. */
export const contextKeys = {
  hasProcesses: `${prefix}.hasProcesses`,
  hasFinished: `${prefix}.hasFinished`,
  hasSendable: `${prefix}.hasSendable`,
  hasStream: `${prefix}.hasStream`,
  hasStoppable: `${prefix}.hasStoppable`,
  hasStopped: `${prefix}.hasStopped`,
  hasReconnectable: `${prefix}.hasReconnectable`,
  hasBuffer: `${prefix}.hasBuffer`,
} as const;

/** The traits of the process whose buffer is in the active editor, separated by spaces; for editor menus. */
export const activeTraitsKey = `${prefix}.active`;

/** Of rows whose process has ended: dimmed, but readable in every theme, unlike the editor's own dimmed colours. */
export const finishedColor = `${prefix}.finishedForeground`;

export const schemes = {
  /** Process buffers. */
  buffer: 'netproc',
  /** The table of List Processes. */
  list: 'netproc-list',
  /** Never opened: how the explorer's decorations find the rows of finished processes. */
  row: 'netproc-row',
} as const;
