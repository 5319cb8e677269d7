import assert from 'node:assert/strict';
import { escapeInvisible, showPeerText } from '../../../src/ui/peerText';

describe('showPeerText', () => {
  const cases: [string, string, string][] = [
    ['plain text', 'héllo wörld 日本 🙂', 'héllo wörld 日本 🙂'],
    ['controls', '\x1b[31m\x00\x7f\x9b\r\n\t', '\\x1b[31m\\x00\\x7f\\x9b\\x0d\\x0a\\x09'],
    ['bidi', 'a\u202eb\u2066c\u200f', 'a\\u202eb\\u2066c\\u200f'],
    ['zero width', 'a\u200bb\ufeffc\u2060d\u00ad', 'a\\u200bb\\ufeffc\\u2060d\\xad'],
    ['tags', '\u{e0041}', '\\u{e0041}'],
    ['line separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['drawn as nothing', '\u3164\u2800\u034f', '\\u3164\\u2800\\u034f'],
    ['bytes that did not decode', '\udcff\udc80', '\\xff\\x80'],
    ['other lone surrogates', '\ud800x\udc00', '\\ud800x\\udc00'],
    ['links', '[a](command:b)', '[a] (command:b)'],
    ['icons', '$(trash)$$(x)', '$ (trash)$$ (x)'],
    ['a link hidden by what is escaped', '[a]\u200b(b)', '[a]\\u200b(b)'],
  ];
  for (const [name, text, expected] of cases) it(name, () => assert.equal(showPeerText(text), expected));

  it('shows at most 200 characters, never half an escape', () => {
    assert.equal(showPeerText('x'.repeat(200)), 'x'.repeat(200));
    assert.equal(showPeerText('x'.repeat(201)), `${'x'.repeat(199)}…`);
    assert.equal(showPeerText('x'.repeat(197) + '\x1b'), `${'x'.repeat(197)}…`);
    assert.equal(showPeerText('x'.repeat(196) + '\x1b'), `${'x'.repeat(196)}\\x1b`);
    assert.equal(showPeerText('🙂'.repeat(1e6)).length, 199);
    assert.equal(showPeerText('x'.repeat(199) + ']('), `${'x'.repeat(199)}…`);
  });

  it('leaves nothing that could act, whatever comes', () => {
    for (let code = 0; code < 0x3100; code++) {
      const shown = showPeerText(`]${String.fromCharCode(code)}($(`);
      assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\]\(|\$\(/u);
    }
  });
});

describe('escapeInvisible', () => {
  it('keeps lines and length', () => {
    assert.equal(escapeInvisible(`a\n\u202e${'x'.repeat(300)}`), `a\n\\u202e${'x'.repeat(300)}`);
  });
});
