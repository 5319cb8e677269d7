/**
 * The coding systems that there are: Emacs' names, and whose code does the work. Emacs' own name first, then its
 * aliases. What iconv-lite does by its tables is named as iconv-lite names it.
 *
 * @see Emacs Lisp manual, "Coding System Basics"; `list-coding-systems`
 */

/** How bytes become characters; `table` is a charset of iconv-lite's. */
export type Charset = 'utf-8' | 'latin-1' | 'us-ascii' | 'binary' | 'raw-text' | 'undecided' | 'table';

/** Names that need no table. */
const builtIn: readonly (readonly [names: string, charset: Exclude<Charset, 'table'>])[] = [
  ['utf-8 mule-utf-8 cp65001', 'utf-8'],
  ['undecided', 'undecided'],
  ['raw-text', 'raw-text'],
  ['no-conversion binary', 'binary'],
  ['us-ascii iso-safe ascii', 'us-ascii'],
  ['iso-latin-1 latin-1 iso-8859-1', 'latin-1'],
];

const tables: readonly (readonly [names: string, encoding: string])[] = [
  ['utf-16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
  ['iso-latin-2 latin-2 iso-8859-2', 'iso-8859-2'],
  ['iso-latin-3 latin-3 iso-8859-3', 'iso-8859-3'],
  ['iso-latin-4 latin-4 iso-8859-4', 'iso-8859-4'],
  ['cyrillic-iso-8bit iso-8859-5', 'iso-8859-5'],
  ['iso-8859-6', 'iso-8859-6'],
  ['greek-iso-8bit iso-8859-7', 'iso-8859-7'],
  ['hebrew-iso-8bit iso-8859-8 iso-8859-8-e iso-8859-8-i', 'iso-8859-8'],
  ['iso-latin-5 latin-5 iso-8859-9', 'iso-8859-9'],
  ['iso-latin-6 latin-6 iso-8859-10', 'iso-8859-10'],
  ['iso-8859-11', 'iso-8859-11'],
  ['iso-latin-7 latin-7 iso-8859-13', 'iso-8859-13'],
  ['iso-latin-8 latin-8 iso-8859-14', 'iso-8859-14'],
  ['iso-latin-9 latin-9 latin-0 iso-8859-15', 'iso-8859-15'],
  ['iso-latin-10 latin-10 iso-8859-16', 'iso-8859-16'],
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
  ['koi8-u', 'koi8-u'],
  ['koi8-t', 'koi8-t'],
  ['mac-roman macintosh', 'macintosh'],
  ['hp-roman8 roman8', 'hproman8'],
  ['pt154', 'pt154'],
  ['georgian-academy', 'georgianacademy'],
  ['georgian-ps', 'georgianps'],
  ['vietnamese-tcvn tcvn tcvn-5712', 'tcvn'],
  ['vietnamese-viscii viscii', 'viscii'],
  ['japanese-shift-jis shift_jis sjis', 'shift_jis'],
  ['japanese-cp932 cp932', 'cp932'],
  ['japanese-iso-8bit euc-jp euc-japan euc-japan-1990', 'euc-jp'],
  ['korean-iso-8bit euc-kr euc-korea ks_c_5601-1987', 'euc-kr'],
  ['korean-cp949 cp949', 'cp949'],
  ['chinese-iso-8bit gb2312 cn-gb-2312 cn-gb euc-cn euc-china', 'gb2312'],
  ['chinese-gbk gbk cp936 windows-936', 'cp936'],
  ['chinese-gb18030 gb18030', 'gb18030'],
  ['chinese-big5 big5 cn-big5 cp950', 'cp950'],
  ['chinese-big5-hkscs big5-hkscs cn-big5-hkscs', 'big5-hkscs'],
];

export interface CodingName {
  /** Emacs' own name for it, without end-of-line suffix. */
  readonly base: string;
  readonly aliases: readonly string[];
  readonly charset: Charset;
  /** iconv-lite's name, for `table`. */
  readonly table: string | null;
}

let byName: Map<string, CodingName> | null = null;

/** Every coding system, the ones used most first. */
export function codingNames(): readonly CodingName[] {
  const named = (names: string, charset: Charset, table: string | null): CodingName => {
    const [base, ...aliases] = names.split(' ');
    return { base: base!, aliases, charset, table };
  };
  return [
    ...builtIn.map(([names, charset]) => named(names, charset, null)),
    ...tables.map(([names, table]) => named(names, 'table', table)),
  ];
}

/** The coding system of a name or alias without end-of-line suffix. */
export function codingName(name: string): CodingName | undefined {
  byName ??= new Map(codingNames().flatMap((coding) => [coding.base, ...coding.aliases].map((n) => [n, coding])));
  return byName.get(name);
}
