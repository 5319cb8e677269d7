/** Translates a message and fills in `{0}`, `{1}`…; `vscode.l10n.t` in the editor, handed in where `vscode` is not. */
export type Translate = (message: string, ...values: (string | number)[]) => string;
