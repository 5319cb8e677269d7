import assert from 'node:assert/strict';
import { unescapeText } from '../../../../src/ui/send/escapes';

describe('unescapeText', () => {
  const good: [string, string][] = [
    ['', ''],
    ['PING', 'PING'],
    ['a\\r\\n\\tb', 'a\r\n\tb'],
    ['\\x41\\x00\\x7f', 'A\x00\x7f'],
    ['\\xff\\x80\\xDC', '\udcff\udc80\udcdc'],
    ['\\\\n', '\\n'],
    ['\\\\\\n', '\\\n'],
    ['C:\\\\x41', 'C:\\x41'],
    ['é🙂', 'é🙂'],
  ];
  for (const [typed, text] of good) it(JSON.stringify(typed), () => assert.deepEqual(unescapeText(typed), { text }));

  const bad: [string, string][] = [
    ['a\\', '\\'],
    ['\\q\\z', '\\q'],
    ['\\x4', '\\x'],
    ['\\xgg', '\\x'],
    ['\\🙂', '\\🙂'],
  ];
  for (const [typed, unknown] of bad) {
    it(`${JSON.stringify(typed)} is refused`, () => assert.deepEqual(unescapeText(typed), { unknown }));
  }
});
