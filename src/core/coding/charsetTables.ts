/** The charset tables, bundled to a file of their own: see tableCharset.ts. */
export { getDecoder } from 'iconv-lite';
export { default as corrections } from './corrections.json';
