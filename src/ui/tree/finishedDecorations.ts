import * as vscode from 'vscode';
import { finishedColor, schemes } from '../ids';
import type { Row } from '../rows/row';

/** The address by which the editor asks how to colour a finished row; nothing is ever opened there. */
export function finishedRowUri(row: Row): vscode.Uri {
  return vscode.Uri.from({ scheme: schemes.row, path: `/${row.id}` });
}

/** Dims the names of finished rows: a tree item has no colour of its own, only its resource has. */
export class FinishedDecorations implements vscode.FileDecorationProvider {
  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== schemes.row) return undefined;
    return new vscode.FileDecoration(undefined, undefined, new vscode.ThemeColor(finishedColor));
  }
}
