import assert from 'node:assert/strict';
import type { NetworkProcess, NetworkProcesses, Text } from '../../../src/core';
import { plainServer, until } from '../core/support';
import { bytes, connect, row, serve, signalOf } from './row';

interface Fed {
  readonly process: NetworkProcess;
  /** What its filter got. */
  readonly heard: Text[];
  /** Lets the peer write some bytes, given as Latin-1, and waits until they were read. */
  feed(text: string): Promise<void>;
  /** Lets the peer end the stream and waits until that was read. */
  end(): Promise<void>;
  /** Sends a text and gives the bytes that the peer got, as Latin-1. */
  sends(text: Text): Promise<string>;
}

/** A client and its peer. */
async function fed(core: NetworkProcesses, coding: unknown, more: Record<string, unknown> = {}): Promise<Fed> {
  let wire = '';
  const peer = await plainServer((socket) => {
    socket.setNoDelay().on('data', (data: Buffer) => (wire += data.toString('latin1')));
  });
  const heard: Text[] = [];
  const filter = (_: unknown, text: Text): void => void heard.push(typeof text === 'string' ? text : Buffer.from(text));
  const process = await connect(core, peer.port, { coding, filter, ...more });
  await until('it is accepted', () => peer.sockets.length === 1);
  const socket = peer.sockets[0]!;
  let written = 0;
  return {
    process,
    heard,
    feed: async (text) => {
      written += text.length;
      socket.write(bytes(text));
      await until('it was read', () => process.traffic.bytesReceived === written);
    },
    end: async () => {
      socket.end();
      await until('it has ended', () => process.status === 'closed');
      peer.close();
    },
    sends: async (text) => {
      wire = '';
      const before = process.traffic.bytesSent;
      await core.processSendString(process, text);
      await until('it came', () => wire.length === process.traffic.bytesSent - before);
      return wire;
    },
  };
}

describe('checklist: coding systems', () => {
  row(
    'COD-01',
    'the keyword comes first, then bound ones, a unibyte buffer, the services and the default',
    async (core) => {
      const buffer = core.getBufferCreate('bytes');
      buffer.setMultibyte(false);
      const codingOf = async (more: Record<string, unknown>): Promise<unknown> => {
        const { decode, encode } = core.processCodingSystem(await connect(core, server, more));
        return [decode, encode];
      };
      const server = await serve(core);
      core.options.defaultCoding = { decode: 'koi8-r-unix', encode: 'koi8-r-unix' };
      assert.deepEqual(await codingOf({}), ['koi8-r-unix', 'koi8-r-unix']);
      core.options.networkCodingSystemAlist = [[core.processContact(server, 'service') as number, 'iso-latin-1-unix']];
      assert.deepEqual(await codingOf({}), ['iso-latin-1-unix', 'iso-latin-1-unix']);
      // Only its decoder: what a buffer is has no say in what is sent.
      assert.deepEqual(await codingOf({ buffer, filter: () => undefined }), [null, 'iso-latin-1-unix']);
      core.options.codingSystemForRead = 'utf-8-dos';
      core.options.codingSystemForWrite = 'utf-8-mac';
      assert.deepEqual(await codingOf({ buffer, filter: () => undefined }), ['utf-8-dos', 'utf-8-mac']);
      assert.deepEqual(await codingOf({ coding: 'us-ascii-unix' }), ['us-ascii-unix', 'us-ascii-unix']);
    },
  );

  row('COD-02', 'by default text is UTF-8 and line ends stay', async (core) => {
    const { process, heard, feed, sends } = await fed(core, undefined);
    await feed('\xc3\xa9\r\n');
    assert.deepEqual(heard, ['é\r\n']);
    assert.equal(await sends('é\r\nλ\n'), '\xc3\xa9\r\n\xce\xbb\n');
    assert.deepEqual(core.processCodingSystem(process), { decode: 'utf-8-unix', encode: 'utf-8-unix' });
  });

  row('COD-03', 'a number or a pattern of the service chooses the coding, the first that fits', async (core) => {
    const server = await serve(core);
    const port = core.processContact(server, 'service') as number;
    core.options.networkCodingSystemAlist = [
      [port + 1, 'utf-8-mac'],
      [port, 'iso-latin-1-dos'],
      [/^\d+$/, { decode: 'utf-8-dos', encode: 'utf-8-unix' }],
      ['^', 'utf-8-mac'],
    ];
    const codingOf = async (where: Record<string, unknown>): Promise<unknown> => {
      const { decode, encode } = core.processCodingSystem(await connect(core, server, where));
      return [decode, encode];
    };
    assert.deepEqual(
      [
        await codingOf({ service: port }),
        await codingOf({ service: String(port) }),
        await codingOf({ service: ` ${port}` }),
        await codingOf({ remote: [127, 0, 0, 1, port] }),
      ],
      [
        ['iso-latin-1-dos', 'iso-latin-1-dos'],
        ['utf-8-dos', 'utf-8-unix'],
        ['utf-8-mac', 'utf-8-mac'],
        ['undecided-unix', 'utf-8-unix'],
      ],
    );
  });

  row('COD-04', 'line ends are found out once, seen in the coding, and mixed ones left alone', async (core) => {
    const cases: [string[], string, string][] = [
      [['a', 'b\r\nc', '\rd\ne\r\n'], 'utf-8-dos', 'ab\nc\rd\ne\n'],
      [['a\nb', '\r\nc'], 'utf-8-unix', 'a\nb\r\nc'],
      [['a\rb', 'c\r\n'], 'utf-8-mac', 'a\nbc\n\n'],
      [['a\r\nb\nc\r\n'], 'utf-8-unix', 'a\r\nb\nc\r\n'],
    ];
    for (const [chunks, name, text] of cases) {
      const { process, heard, feed } = await fed(core, 'utf-8');
      await feed('no line end');
      assert.equal(core.processCodingSystem(process).decode, 'utf-8');
      for (const chunk of chunks) await feed(chunk);
      assert.deepEqual([core.processCodingSystem(process).decode, heard.slice(1).join('')], [name, text]);
    }
  });

  row('COD-05', 'ASCII decides nothing, and the first other bytes decide for good', async (core) => {
    const cases: [string[], string, string][] = [
      [['\xc3\xa9', '\xff'], 'utf-8', 'é\udcff'],
      [['\xe9!', '\xc3\xa9'], 'iso-latin-1', 'é!Ã©'],
    ];
    for (const [chunks, name, text] of cases) {
      const { process, heard, feed } = await fed(core, 'undecided');
      await feed('ascii');
      assert.equal(core.processCodingSystem(process).decode, 'undecided');
      for (const chunk of chunks) await feed(chunk);
      assert.deepEqual([core.processCodingSystem(process).decode, heard.slice(1).join('')], [name, text]);
    }
  });

  row('COD-06', 'an encoder left open follows the decoder', async (core) => {
    const { process, feed, sends } = await fed(core, { decode: 'undecided', encode: null });
    assert.equal(core.processCodingSystem(process).encode, null);
    await feed('\xc3\xa9\r\n');
    assert.deepEqual(core.processCodingSystem(process), { decode: 'utf-8-dos', encode: 'utf-8-dos' });
    assert.equal(await sends('é\n'), '\xc3\xa9\r\n');
    const later = await fed(core, { decode: 'undecided', encode: null });
    await later.feed('\xc3\xa9');
    await later.feed('x\r\n');
    assert.deepEqual(core.processCodingSystem(later.process), { decode: 'utf-8-dos', encode: 'utf-8-unix' });
  });

  row('COD-07', 'a character cut in two is put together, and its rest is raw at the end', async (core) => {
    const { heard, feed, end } = await fed(core, 'utf-8-unix');
    await feed('a\xe2\x82');
    await feed('\xac');
    await feed('b\xc3');
    await end();
    assert.deepEqual(heard, ['a', '€', 'b', '\udcc3']);
  });

  row('COD-08', 'invalid bytes come as raw bytes and go out as they were', async (core) => {
    const wire = 'bad \xff\xfe \xc3( end';
    const { heard, feed, sends } = await fed(core, 'utf-8-unix');
    await feed(wire);
    assert.deepEqual(heard, ['bad \udcff\udcfe \udcc3( end']);
    assert.equal(await sends(heard[0]!), wire);
  });

  row('COD-09', 'binary and raw-text give bytes, raw-text with line ends turned', async (core) => {
    for (const [coding, text] of [
      ['binary', 'a\r\n\xe9'],
      ['raw-text-dos', 'a\n\xe9'],
      ['raw-text', 'a\n\xe9'],
    ]) {
      const { process, heard, feed } = await fed(core, coding);
      await feed('a\r\n\xe9');
      assert.deepEqual(heard, [bytes(text!)], coding);
      assert.equal(core.processFilterMultibyteP(process), false);
    }
  });

  row('COD-10', 'line ends are sent as the encoder has them, in byte strings, too', async (core) => {
    const dos = await fed(core, 'utf-8-dos');
    const mac = await fed(core, 'utf-8-mac');
    const unix = await fed(core, 'utf-8-unix');
    assert.deepEqual(
      [
        await dos.sends('é\nb\r\n'),
        await dos.sends(bytes('u\n\xe9')),
        await mac.sends('é\nb'),
        await mac.sends(bytes('u\n\xe9')),
        await unix.sends('é\nb\r\n'),
      ],
      ['\xc3\xa9\r\nb\r\r\n', 'u\r\n\xe9', '\xc3\xa9\rb', 'u\r\xe9', '\xc3\xa9\nb\r\n'],
    );
  });

  row('COD-11', 'what the charset lacks becomes a space in Latin-1 and a question mark in ASCII', async (core) => {
    const latin = await fed(core, 'latin-1-unix');
    const ascii = await fed(core, 'us-ascii-unix');
    assert.deepEqual([await latin.sends('é λ!'), await ascii.sends('é λ!')], ['\xe9  !', '? ?!']);
  });

  row(
    'COD-12',
    'setting it checks the names, counts from the next chunk, and ends lines with newlines',
    async (core) => {
      const { process, heard, feed, sends } = await fed(core, 'utf-8-unix');
      await feed('\xc3\xa9');
      assert.equal(core.setProcessCodingSystem(process, 'latin-1-unix', 'latin-1'), undefined);
      assert.deepEqual(core.processCodingSystem(process), { decode: 'latin-1-unix', encode: 'iso-latin-1-unix' });
      await feed('\xc3\xa9');
      assert.deepEqual(heard, ['é', 'Ã©']);
      assert.equal(await sends('é\n'), '\xe9\n');
      for (const names of [
        ['nosuch', 'utf-8'],
        ['utf-8', 'nosuch'],
      ]) {
        assert.deepEqual(await signalOf(() => core.setProcessCodingSystem(process, ...names)), [
          'coding-system-error',
          Symbol.for('nosuch'),
        ]);
      }
      assert.deepEqual(core.processCodingSystem(process), { decode: 'latin-1-unix', encode: 'iso-latin-1-unix' });
    },
  );

  row('COD-13', 'a filter set to bytes gets them raw, and cannot be set back', async (core) => {
    const { process, heard, feed } = await fed(core, 'utf-8-dos');
    core.setProcessFilterMultibyte(process, false);
    await feed('\xc3\xa9\r\n');
    const seen = [core.processCodingSystem(process).decode, core.processFilterMultibyteP(process)];
    core.setProcessFilterMultibyte(process, true);
    seen.push(core.processCodingSystem(process).decode, core.processFilterMultibyteP(process));
    assert.deepEqual(seen, ['raw-text-dos', false, 'raw-text-dos', false]);
    assert.deepEqual(heard, [bytes('\xc3\xa9\n')]);
  });

  row('COD-14', 'a CR at the end of a chunk waits for the next byte or the end', async (core) => {
    const { heard, feed, end } = await fed(core, 'utf-8-dos');
    for (const chunk of ['x\r', '\ny\r', 'z\r']) await feed(chunk);
    await end();
    assert.deepEqual(heard, ['x', '\ny', '\rz', '\r']);
  });
});
