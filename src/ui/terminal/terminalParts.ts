/** What takes part only once there is a terminal, bundled to a file of its own: see processTerminal.ts. */
export { EscapeFilter } from './escapeFilter';
export { readKeys } from './keys';
export { LineEditor } from './lineEditor';
export { itemBytes, OutputFlow } from './outputFlow';
export { RawFilter } from './rawFilter';
export { Screen } from './screen';
export { drawnNumbers, drawnQuery, withoutReports } from './terminalReports';
