// What decoding and encoding streams of table charsets cost, as parts of iconv-lite's own speed.
import iconv from 'iconv-lite';
import { createRequire } from 'node:module';
import { root } from '../tools/lib/paths.mjs';
import { median } from './median.mjs';

const chunk = 4096;
const total = 16 << 20;

/** Text that is mostly Han and kana, with some ASCII, as bytes of `coding`. */
function wireOf(coding) {
  const words = '日本語の文章、ネットワークの接続と文字コード。 plain text 12345\r\n漢字表示東京中国';
  const piece = iconv.encode(words.repeat(200), coding);
  return Buffer.concat(Array.from({ length: Math.ceil(total / piece.length) }, () => piece));
}

function seconds(run) {
  const start = process.hrtime.bigint();
  run();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** The speed of ours divided by iconv-lite's, for decoding and encoding each coding system. */
export function codings(rounds) {
  const { TextDecoder, encodeText, codingSystem } = createRequire(import.meta.url)(`${root}/dist/codings.js`);
  const ratios = {};
  for (const coding of ['shift_jis', 'gb18030']) {
    const wire = wireOf(coding);
    const chunks = [];
    for (let at = 0; at < wire.length; at += chunk) chunks.push(wire.subarray(at, at + chunk));
    const texts = chunks.map((_, i) => iconv.decode(wire.subarray(i * chunk, (i + 1) * chunk), coding)).slice(0, 2000);
    const theirDecoding = () => {
      const decoder = iconv.getDecoder(coding);
      for (const bytes of chunks) decoder.write(bytes);
    };
    const ourDecoding = () => {
      const decoder = new TextDecoder(`${coding}-unix`);
      for (const bytes of chunks) decoder.decode(bytes);
    };
    const theirEncoding = () => texts.forEach((text) => iconv.encode(text, coding));
    const system = codingSystem(`${coding}-unix`);
    const ourEncoding = () => texts.forEach((text) => encodeText(system, text));
    for (const [way, theirs, ours] of [
      ['decoding', theirDecoding, ourDecoding],
      ['encoding', theirEncoding, ourEncoding],
    ]) {
      // Once each before it counts: tables are built, code is compiled.
      theirs();
      ours();
      ratios[`${way} ${coding}`] = median(Array.from({ length: rounds }, () => seconds(theirs) / seconds(ours)));
    }
  }
  return ratios;
}
