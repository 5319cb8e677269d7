import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** What is downloaded once and kept between runs: the registry's VS Code, a browser, data folders. Git ignores it. */
export const cache = resolve(root, '.vscode-test');
