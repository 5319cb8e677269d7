export interface ServerOptions {
  /** Folder of an extension under development, loaded by the pages of `url()`. */
  extensionPath?: string;
  /** Folder that the pages open. */
  workspace: string;
  /** Where settings, state and extensions live; a fresh one, removed at the end, if absent. */
  dataDir?: string;
  extensionsDir?: string;
  /** False: pages start in restricted mode. */
  trust?: boolean;
  /** False: as a person sees it, with toasts and webviews; the extension is linked in, and payloads don't count. */
  smokeDriver?: boolean;
  userSettings?: Record<string, unknown>;
  keybindings?: object[];
  port?: number;
  version?: string;
  env?: NodeJS.ProcessEnv;
  onOutput?: (text: string) => void;
}

export interface Server {
  readonly port: number;
  readonly dataDir: string;
  readonly output: string;
  readonly running: boolean;
  readonly vscode: { version: string; folder: string; node: string; nodeVersion: string; env: NodeJS.ProcessEnv };
  /** The page's address; a folder of null opens an empty window. Payload values that are paths are made URIs. */
  url(folder?: string | null, payload?: [string, string][]): string;
  ended(): Promise<void>;
  stop(): Promise<void>;
}

export declare function startServer(options: ServerOptions): Promise<Server>;

/** Installs a .vsix file into a data folder. */
export declare function installExtension(file: string, dataDir: string): Promise<void>;

/** ["publisher.name@version"] */
export declare function installedExtensions(dataDir: string): Promise<string[]>;
