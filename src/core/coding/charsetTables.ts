/** The charsets that few use, with iconv-lite's tables, bundled to a file of their own: see charset.ts. */
export { iso2022Decoder, iso2022Encoder } from './iso2022';
export { decodeTable, tableEncoder, tableOf } from './tableCharset';
export { encodeUtf7, utf7Decoder } from './utf7';
