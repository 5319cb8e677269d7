import type { TreeRow, Workbench } from '../lib/workbench.mjs';

export type Kind = 'TCP' | 'UDP' | 'Unix socket';

/** What tells a row in the tree from the others. */
export type RowName = Pick<TreeRow, 'label'>;

/** Somebody who uses Network Processes in a workbench: by palette, tree and editors only. */
export declare class ProcessUser {
  constructor(workbench: Workbench);
  readonly workbench: Workbench;

  /** The port that a row's description tells. */
  static port(row: TreeRow): number;

  // The palette
  /** Starts a server; without an address, where it is offered. Returns its row, once its buffer is shown. */
  startServer(kind: Kind, address?: string): Promise<TreeRow>;
  openConnection(kind: Kind, address?: string): Promise<TreeRow>;
  /** Runs one of our commands by its title. */
  command(title: string): Promise<void>;
  /** Sends a line as the process whose document is active. Returns the box's title, which names the receiver. */
  send(text: string): Promise<string>;
  /** Types into the box of Send…, which is open. Returns its title. */
  answerSend(text: string): Promise<string>;

  // The tree
  rows(): Promise<TreeRow[]>;
  /** Waits for a row by its label and by what its description says. */
  waitRow(label: string | RegExp, description?: RegExp): Promise<TreeRow>;
  /** Waits for a client below a server that is not among the known ones. Expands the server's row. */
  waitClient(server: RowName, known?: readonly RowName[]): Promise<TreeRow>;
  /** Clicks a button on a row. */
  act(row: RowName, action: string): Promise<void>;
  /** Deletes a row by its button, and says yes when asked. */
  delete(row: RowName): Promise<void>;
  /** Picks from a row's context menu. */
  menu(row: RowName, item: string): Promise<void>;
  expand(row: RowName): Promise<void>;
  /** Sends a line with the button on a row. Returns the box's title. */
  sendFrom(row: RowName, text: string): Promise<string>;
  colorOf(row: RowName): Promise<string | undefined>;

  // Process buffers
  /** Shows a buffer by a click on its process's row. */
  show(row: RowName): Promise<void>;
  /** Waits until a document in view says exactly that; only what fits into the editor is compared. */
  waitText(row: RowName, expected: string | RegExp): Promise<void>;
  /** The whole text of a document, by way of the clipboard. */
  copyText(row: RowName): Promise<string>;
  waitCopied(row: RowName, expected: string | RegExp): Promise<void>;
}

/** How the document of a row's process buffer is called. */
export declare function bufferName(row: RowName): string;
