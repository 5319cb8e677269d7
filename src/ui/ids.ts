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
  sendFile: `${prefix}.sendFile`,
  sendEof: `${prefix}.sendEof`,
  stop: `${prefix}.stop`,
  continue: `${prefix}.continue`,
  delete: `${prefix}.delete`,
  deleteAll: `${prefix}.deleteAll`,
  deleteAllFinished: `${prefix}.deleteAllFinished`,
  reconnect: `${prefix}.reconnect`,
  showBuffer: `${prefix}.showBuffer`,
  killBuffer: `${prefix}.killBuffer`,
  openTerminal: `${prefix}.openTerminal`,
  terminalOptions: `${prefix}.terminalOptions`,
  sendControl: `${prefix}.sendControl`,
  openCapture: `${prefix}.openCapture`,
  saveCapture: `${prefix}.saveCapture`,
  captureFirst: `${prefix}.captureFirst`,
  capturePrevious: `${prefix}.capturePrevious`,
  captureNext: `${prefix}.captureNext`,
  captureLast: `${prefix}.captureLast`,
  captureGoTo: `${prefix}.captureGoTo`,
  processActions: `${prefix}.processActions`,
  setCoding: `${prefix}.setCoding`,
  trafficActions: `${prefix}.trafficActions`,
  toggleQuery: `${prefix}.toggleQuery`,
  addProperty: `${prefix}.addProperty`,
  editProperty: `${prefix}.editProperty`,
  removeProperty: `${prefix}.removeProperty`,
  setSocketOption: `${prefix}.setSocketOption`,
  setDatagramPeer: `${prefix}.setDatagramPeer`,
  showTls: `${prefix}.showTls`,
  trustedHosts: `${prefix}.trustedHosts`,
  copyContact: `${prefix}.copyContact`,
  listProcesses: `${prefix}.listProcesses`,
  showLog: `${prefix}.showLog`,
  follow: `${prefix}.follow`,
} as const;

/** What a click on a row runs; not for the user to find, hence not in the manifest. */
export const rowCommands = {
  lookAtBuffer: `_${prefix}.lookAtBuffer`,
  lookAtCapture: `_${prefix}.lookAtCapture`,
} as const;

export const viewContainer = prefix;
export const processesView = `${prefix}.processes`;

export const terminalProfile = `${prefix}.terminal`;

/** Keys below `networkProcesses.` in the user's settings. */
export const settings = {
  connectTimeout: 'connect.timeout',
  handshakeTimeout: 'tls.handshakeTimeout',
  negotiationTimeout: 'negotiation.timeout',
  negotiationLimit: 'negotiation.limit',
  maxClients: 'server.maxClients',
  queueLimit: 'send.queueLimit',
  lineEnding: 'send.lineEnding',
  textLimit: 'buffer.textLimit',
  terminalInput: 'terminal.input',
  terminalLocalEcho: 'terminal.localEcho',
  terminalWhenBehind: 'terminal.whenBehind',
  confirmKill: 'confirmKill',
  captureLimit: 'capture.limit',
  captureTotalLimit: 'capture.totalLimit',
  securityLevel: 'securityLevel',
  trustLocalNetwork: 'trustLocalNetwork',
  trustFiles: 'trustFiles',
  crlFiles: 'crlFiles',
  useClientCertificates: 'useClientCertificates',
  clientCertificates: 'clientCertificates',
} as const;
export const settingsSection = prefix;

/** True while a row with that trait is in the tree, while there is a terminal of ours, while it is the active one. */
export const contextKeys = {
  hasProcesses: `${prefix}.hasProcesses`,
  hasLive: `${prefix}.hasLive`,
  hasFinished: `${prefix}.hasFinished`,
  hasSendable: `${prefix}.hasSendable`,
  hasStream: `${prefix}.hasStream`,
  hasStoppable: `${prefix}.hasStoppable`,
  hasStopped: `${prefix}.hasStopped`,
  hasReconnectable: `${prefix}.hasReconnectable`,
  hasBuffer: `${prefix}.hasBuffer`,
  hasEncrypted: `${prefix}.hasEncrypted`,
  hasTransfers: `${prefix}.hasTransfers`,
  hasDatagram: `${prefix}.hasDatagram`,
  hasTerminal: `${prefix}.hasTerminal`,
  terminalActive: `${prefix}.terminalActive`,
} as const;

/** The traits of the process whose buffer is in the active editor, separated by spaces; for editor menus. */
export const activeTraitsKey = `${prefix}.active`;

/** True while no editor of the active process buffer follows its end. */
export const frozenKey = `${prefix}.frozen`;

/** Of rows whose process has ended: dimmed, but readable in every theme, unlike the editor's own dimmed colours. */
export const finishedColor = `${prefix}.finishedForeground`;

/** Items of the status bar, by what they tell of the process whose document or terminal is active. */
export const statusItems = {
  state: `${prefix}.state`,
  view: `${prefix}.view`,
  coding: `${prefix}.coding`,
  traffic: `${prefix}.traffic`,
} as const;

export const schemes = {
  /** Process buffers. */
  buffer: 'netproc',
  /** A page of what a process sent and received. */
  capture: 'netproc-capture',
  /** What is known of the encryption of a process. */
  tls: 'netproc-tls',
  /** The certificates of a question about trust. */
  certificate: 'netproc-certificate',
  /** The table of List Processes. */
  list: 'netproc-list',
  /** Never opened: how the explorer's decorations find the rows of finished processes. */
  row: 'netproc-row',
} as const;
