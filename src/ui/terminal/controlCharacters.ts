/** The 32 C0 controls and DEL in their order: name and what it is for, as ISO 6429 has it. */
const names = [
  'NUL null',
  'SOH start of heading',
  'STX start of text',
  'ETX end of text, interrupt',
  'EOT end of transmission, end of file',
  'ENQ enquiry',
  'ACK acknowledge',
  'BEL bell',
  'BS backspace',
  'HT tab',
  'LF line feed',
  'VT vertical tab',
  'FF form feed',
  'CR carriage return',
  'SO shift out',
  'SI shift in',
  'DLE data link escape',
  'DC1 XON, go on sending',
  'DC2 device control 2',
  'DC3 XOFF, pause sending',
  'DC4 device control 4',
  'NAK negative acknowledge',
  'SYN synchronous idle',
  'ETB end of block',
  'CAN cancel',
  'EM end of medium',
  'SUB substitute, suspend',
  'ESC escape',
  'FS file separator, quit',
  'GS group separator',
  'RS record separator',
  'US unit separator',
  'DEL delete',
];

export interface ControlCharacter {
  readonly byte: number;
  /** `^C` */
  readonly caret: string;
  /** `ETX` */
  readonly name: string;
  /** In English, as the standard has it. */
  readonly meaning: string;
}

export const controlCharacters: readonly ControlCharacter[] = names.map((entry, i) => {
  const byte = i < 32 ? i : 127;
  const space = entry.indexOf(' ');
  return { byte, caret: controlName(byte), name: entry.slice(0, space), meaning: entry.slice(space + 1) };
});

/** `^C` for 3, `^?` for 127. */
export function controlName(byte: number): string {
  return `^${String.fromCharCode(byte ^ 0x40)}`;
}
