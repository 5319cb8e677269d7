/** The charset tables, bundled to a file of their own: see tableCharset.ts. */
export { encode, getDecoder } from 'iconv-lite';
