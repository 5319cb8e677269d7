/** Where things are on VS Code's page. Every selector of this tooling stands here. */
export const at = {
  workbench: '.monaco-workbench',
  listRow: '.monaco-list-row',

  quickInput: '.quick-input-widget',
  quickTitle: '.quick-input-title',
  quickText: '.quick-input-box input',
  quickMessage: '.quick-input-message',
  quickBox: '.quick-input-box .monaco-inputbox',
  quickButton: '.quick-input-titlebar .action-label',

  panel: '.part.panel',
  panelTitleActions: '.part.panel > .title .title-actions',
  containerTab: '.composite-bar .action-item',
  pane: '.pane',
  paneHeader: ':scope > .pane-header',
  welcome: '.welcome-view-content',
  treeMessage: '.tree-explorer-viewlet-tree-view > .message:not(.hide)',
  twistie: '.monaco-tl-twistie',
  menu: '.monaco-menu',

  group: '.editor-group-container',
  editor: '.editor-instance .monaco-editor',
  viewLine: '.view-lines > .view-line',
  findWidget: '.editor-widget.find-widget.visible',
  tab: '.tabs-container > .tab',

  terminal: '.terminal-wrapper.active',
  terminalScreen: '.terminal-wrapper.active .xterm-screen',
  terminalTab: '.part.panel .single-terminal-tab, .terminal-tabs-entry',
  terminalProfiles: '.part.panel .action-label[aria-label^="Launch Profile"]',

  bell: '.statusbar-item[id="status.notifications"] a',
  centre: '.notifications-center',
  notification: '.notifications-center .monaco-list-row',
  hideCentre: '.notifications-center .codicon-notifications-hide',
  clearCentre: '.notifications-center .codicon-notifications-clear-all',
  toast: '.notification-toast .notification-list-item',

  dialog: '.monaco-dialog-box',
  statusItem: '.statusbar-item',
};
