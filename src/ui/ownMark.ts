/** Stands before each line that this program wrote among what peers wrote; a peer's own is shown as an escape. */
export const ownMark = '▸';
