/** What is read only once something about TLS or trust is looked at, bundled to a file of its own. No `vscode` here. */
export { conditionTexts } from './conditionText';
export { certificateFacts, connectionFacts } from './tlsFacts';
export { tlsText } from './tlsText';
