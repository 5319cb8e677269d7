/** The charset tables, bundled to a file of their own: see tableCharset.ts. */
export { decode, encode, encodingExists, getDecoder } from 'iconv-lite';
