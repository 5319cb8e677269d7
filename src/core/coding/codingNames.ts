/**
 * The coding systems that there are: Emacs' names, and whose code does the work. Emacs' own name first, then its
 * aliases. What iconv-lite does by its tables is named as iconv-lite names it.
 *
 * @see Emacs Lisp manual, "Coding System Basics"; `list-coding-systems`
 */

/** How bytes become characters. */
export type Charset =
  | 'utf-8'
  | 'utf-16be'
  | 'utf-16le'
  | 'utf-7'
  | 'utf-7-imap'
  | 'latin-1'
  | 'us-ascii'
  | 'binary'
  | 'raw-text'
  | 'undecided'
  | 'iso-2022'
  | 'table';

/** A byte order mark at the start: taken off and put there, or looked for. */
export type Signature = 'with' | 'auto';

/** Names that need no table. */
const builtIn: readonly (readonly [names: string, charset: Exclude<Charset, 'table'>, signature?: Signature])[] = [
  ['utf-8 mule-utf-8 cp65001', 'utf-8'],
  ['undecided', 'undecided'],
  ['raw-text', 'raw-text'],
  ['no-conversion binary', 'binary'],
  ['us-ascii iso-safe ascii', 'us-ascii'],
  ['iso-latin-1 iso-8859-1 latin-1', 'latin-1'],
  ['utf-8-emacs', 'utf-8'],
  ['utf-8-with-signature', 'utf-8', 'with'],
  ['utf-8-auto', 'utf-8', 'auto'],
  ['utf-16', 'utf-16be', 'auto'],
  ['utf-16be', 'utf-16be'],
  ['utf-16be-with-signature utf-16-be', 'utf-16be', 'with'],
  ['utf-16le', 'utf-16le'],
  ['utf-16le-with-signature utf-16-le', 'utf-16le', 'with'],
  ['utf-7', 'utf-7'],
  ['utf-7-imap', 'utf-7-imap'],
  ['prefer-utf-8', 'undecided'],
  ['iso-2022-jp junet', 'iso-2022'],
  ['iso-2022-jp-2', 'iso-2022'],
  ['iso-2022-kr korean-iso-7bit-lock', 'iso-2022'],
  ['iso-2022-7bit', 'iso-2022'],
  ['iso-2022-7bit-lock iso-2022-int-1', 'iso-2022'],
];

/** iconv-lite's name is `-` where it has no table: all of it is in corrections.json. */
const tables: readonly (readonly [names: string, encoding: string, width?: number])[] = [
  ['iso-latin-2 iso-8859-2 latin-2', 'iso-8859-2'],
  ['iso-latin-3 iso-8859-3 latin-3', 'iso-8859-3'],
  ['iso-latin-4 iso-8859-4 latin-4', 'iso-8859-4'],
  ['cyrillic-iso-8bit iso-8859-5', 'iso-8859-5'],
  ['iso-8859-6', 'iso-8859-6'],
  ['greek-iso-8bit iso-8859-7', 'iso-8859-7'],
  ['hebrew-iso-8bit iso-8859-8 iso-8859-8-e iso-8859-8-i', 'iso-8859-8'],
  ['iso-latin-5 iso-8859-9 latin-5', 'iso-8859-9'],
  ['iso-latin-6 iso-8859-10 latin-6', 'iso-8859-10'],
  ['iso-8859-11', 'iso-8859-11'],
  ['iso-latin-7 iso-8859-13 latin-7', 'iso-8859-13'],
  ['iso-latin-8 iso-8859-14 latin-8', 'iso-8859-14'],
  ['iso-latin-9 iso-8859-15 latin-9 latin-0', 'iso-8859-15'],
  ['iso-latin-10 iso-8859-16 latin-10', 'iso-8859-16'],
  ['windows-1250 cp1250', 'windows-1250'],
  ['windows-1251 cp1251', 'windows-1251'],
  ['windows-1252 cp1252', 'windows-1252'],
  ['windows-1253 cp1253', 'windows-1253'],
  ['windows-1254 cp1254', 'windows-1254'],
  ['windows-1255 cp1255', 'windows-1255'],
  ['windows-1256 cp1256', 'windows-1256'],
  ['windows-1257 cp1257', 'windows-1257'],
  ['windows-1258 cp1258', 'windows-1258'],
  ['cp437 ibm437', 'cp437'],
  ['cp737', 'cp737'],
  ['cp775 ibm775', 'cp775'],
  ['cp850 ibm850', 'cp850'],
  ['cp851 ibm851', '-'],
  ['cp852 ibm852', 'cp852'],
  ['cp855 ibm855', 'cp855'],
  ['cp857 ibm857', 'cp857'],
  ['cp858', 'cp858'],
  ['cp860 ibm860', 'cp860'],
  ['cp861 ibm861', 'cp861'],
  ['cp862 ibm862', 'cp862'],
  ['cp863 ibm863', 'cp863'],
  ['cp865 ibm865', 'cp865'],
  ['cp866', 'cp866'],
  ['cp869 ibm869', 'cp869'],
  ['cp874 ibm874', 'cp874'],
  ['cp1125 ruscii cp866u', 'cp1125'],
  ['cyrillic-koi8 koi8-r koi8 cp878', 'koi8-r'],
  ['cyrillic-alternativnyj alternativnyj', 'cp866'],
  ['koi8-u', 'koi8-u'],
  ['koi8-t', 'koi8-t'],
  ['mik', 'mik'],
  ['mac-roman macintosh', 'macintosh'],
  ['next', '-'],
  ['hp-roman8 roman8', 'hproman8'],
  ['adobe-standard-encoding', '-'],
  ['pt154', 'pt154'],
  ['georgian-academy', 'georgianacademy'],
  ['georgian-ps', 'georgianps'],
  ['thai-tis620 th-tis620 tis620 tis-620', 'tis620'],
  ['lao', '-'],
  ['vietnamese-tcvn tcvn tcvn-5712', 'tcvn'],
  ['vietnamese-viscii viscii', 'viscii'],
  ['vietnamese-vscii vscii', 'tcvn'],
  ['ebcdic-us', '-'],
  ['ebcdic-uk', '-'],
  ['ibm038 ebcdic-int cp038', '-'],
  ['ibm256 ebcdic-int1 cp256', '-'],
  ['ibm273 cp273', '-'],
  ['ibm274 ebcdic-be cp274', '-'],
  ['ibm275 ebcdic-br cp275', '-'],
  ['ibm277 ebcdic-cp-dk ebcdic-cp-no cp277', '-'],
  ['ibm278 ebcdic-cp-fi ebcdic-cp-se cp278', '-'],
  ['ibm280 ebcdic-cp-it cp280', '-'],
  ['ibm281 ebcdic-jp-e cp281', '-'],
  ['ibm284 ebcdic-cp-es cp284', '-'],
  ['ibm285 ebcdic-cp-gb cp285', '-'],
  ['ibm290 ebcdic-jp-kana cp290', '-'],
  ['ibm297 ebcdic-cp-fr cp297', '-'],
  ['ibm1047 cp1047', '-'],
  ['japanese-shift-jis shift_jis sjis', 'shift_jis', 2],
  ['japanese-cp932 cp932', 'cp932', 2],
  ['japanese-iso-8bit euc-japan-1990 euc-japan euc-jp', 'euc-jp', 3],
  ['eucjp-ms', 'euc-jp', 3],
  ['korean-iso-8bit euc-kr euc-korea ks_c_5601-1987', 'euc-kr', 2],
  ['korean-cp949 cp949', 'cp949', 2],
  ['chinese-iso-8bit cn-gb-2312 euc-china euc-cn cn-gb gb2312', 'gb2312', 2],
  ['chinese-gbk gbk cp936 windows-936', 'cp936', 2],
  ['chinese-gb18030 gb18030', 'gb18030', 4],
  ['chinese-big5 big5 cn-big5 cp950', 'cp950', 2],
  ['chinese-big5-hkscs big5-hkscs cn-big5-hkscs', 'big5-hkscs', 2],
];

/** A charset of tables. */
export interface TableName {
  /** iconv-lite's name, `-` for none. */
  readonly iconv: string;
  /** Bytes of its longest code. */
  readonly width: number;
}

export interface CodingName {
  /** Emacs' own name for it, without end-of-line suffix. */
  readonly base: string;
  readonly aliases: readonly string[];
  readonly charset: Charset;
  readonly signature: Signature | null;
  /** For `table`. */
  readonly table: TableName | null;
}

let all: readonly CodingName[] | null = null;
let byName: Map<string, CodingName> | null = null;

/** Every coding system, the ones used most first. */
export function codingNames(): readonly CodingName[] {
  const named = (names: string, rest: Omit<CodingName, 'base' | 'aliases'>): CodingName => {
    const [base, ...aliases] = names.split(' ');
    return { base: base!, aliases, ...rest };
  };
  all ??= [
    ...builtIn.map(([names, charset, signature]) =>
      named(names, { charset, signature: signature ?? null, table: null }),
    ),
    ...tables.map(([names, iconv, width]) =>
      named(names, { charset: 'table', signature: null, table: { iconv, width: width ?? 1 } }),
    ),
  ];
  return all;
}

/** The coding system of a name or alias without end-of-line suffix. */
export function codingName(name: string): CodingName | undefined {
  byName ??= new Map(codingNames().flatMap((coding) => [coding.base, ...coding.aliases].map((n) => [n, coding])));
  return byName.get(name);
}
