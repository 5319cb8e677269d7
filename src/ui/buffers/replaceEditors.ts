import * as vscode from 'vscode';

/**
 * Replaces the visible editors of a document by editors of another, each in its group and at its place among the tabs;
 * the focus stays where it is.
 *
 * @param carryOver Told of each new editor and the one that it replaces, while both are known.
 */
export async function replaceEditors(
  uri: vscode.Uri,
  by: vscode.Uri,
  carryOver: (editor: vscode.TextEditor, from: vscode.TextEditor) => void,
): Promise<void> {
  for (const from of vscode.window.visibleTextEditors.filter((e) => isOf(e.document.uri, uri))) {
    const tab = tabOf(from, uri);
    // An editor of another kind, one that compares documents say, stays as it is.
    if (!tab) continue;
    const document = await vscode.workspace.openTextDocument(by);
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: from.viewColumn,
      preserveFocus: true,
      preview: tab.isPreview,
    });
    carryOver(editor, from);
    const old = tabOf(from, uri);
    if (old) await vscode.window.tabGroups.close(old, true);
  }
}

function tabOf({ viewColumn }: vscode.TextEditor, uri: vscode.Uri): vscode.Tab | undefined {
  const group = vscode.window.tabGroups.all.find((g) => g.viewColumn === viewColumn);
  return group?.tabs.find(({ input }) => input instanceof vscode.TabInputText && isOf(input.uri, uri));
}

function isOf(a: vscode.Uri, b: vscode.Uri): boolean {
  return a.toString() === b.toString();
}
