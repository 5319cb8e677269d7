import assert from 'node:assert/strict';
import net from 'node:net';
import { createNetworkProcesses, type NetworkProcess, type NetworkProcesses } from '../../src/core';
import { traitsOf, type Row } from '../../src/ui/rows/row';
import type { RowModel } from '../../src/ui/rows/rowModel';
import { ProcessTerminal } from '../../src/ui/terminal/processTerminal';
import { RealTerminal } from '../unit/ui/terminal/realTerminal';
import { until } from './support';

/** On a core of the test's own, in a terminal emulator without a page. */
describe('A process terminal', () => {
  let core: NetworkProcesses;
  let server: net.Server;
  let sockets: net.Socket[];
  let heard: string;
  let row: { process: NetworkProcess; readonly traits: Row['traits'] };
  let isListed: boolean;
  let terminal: ProcessTerminal;
  let emulator: RealTerminal;
  let names: string[];

  const connect = async (): Promise<NetworkProcess> => {
    const { port } = server.address() as net.AddressInfo;
    const count = sockets.length;
    const process = await core.makeNetworkProcess({ name: 'x', host: '127.0.0.1', service: port });
    assert.ok(process);
    await until('the connection', () => sockets.length > count);
    return process;
  };
  const shows = (text: string): Promise<unknown> => until(text, () => emulator.rows.join('\n').includes(text));

  beforeEach(async () => {
    [sockets, heard, names, isListed] = [[], '', [], true];
    core = createNetworkProcesses();
    server = net.createServer({ allowHalfOpen: true }, (socket) => {
      sockets.push(socket);
      socket.on('data', (data) => (heard += data.toString()));
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const process = await connect();
    row = {
      process,
      get traits() {
        return traitsOf(this.process);
      },
    };
    terminal = new ProcessTerminal(
      row as Row,
      { input: 'line', lineEnding: 'lf', localEcho: true, whenBehind: 'slow', escapes: 'safe' },
      core,
      { has: () => isListed, isReconnecting: () => false } as unknown as RowModel,
      { refusal: () => null },
      { opened: () => undefined, typed: () => undefined, closed: () => undefined },
    );
    emulator = new RealTerminal();
  });

  afterEach(() => {
    terminal.close();
    emulator.dispose();
    core.dispose();
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** As VS Code does: nobody listens before. */
  const open = (): void => {
    terminal.onDidWrite((text) => void emulator.write(text));
    terminal.onDidChangeName((name) => names.push(name));
    emulator.terminal.onData((data) => terminal.handleInput(data));
    terminal.open(undefined);
  };

  it('shows what came, and who came, before it was opened', async () => {
    row.process = await connect();
    sockets[1]!.write('early\n');
    await until('the text', () => row.process.byteLog.size === 6);
    open();
    await shows('early');
    assert.deepEqual(names, ['x<1> — open']);
    sockets[1]!.write('late\n');
    await shows('late');
  });

  it('of a row that went before it was opened says so', async () => {
    isListed = false;
    open();
    await shows('▸ No longer in the list; this text stays until the terminal is closed.');
    assert.deepEqual(names, ['x — deleted']);
  });

  it('of a program that has ended is named as its row is', async () => {
    const asked = { type: 'shell', shellCommand: 'exit 3 # %s' };
    row.process = (await core.openNetworkStream('sh', null, 'h', 1, asked)) as NetworkProcess;
    await until('its end', () => row.process.status === 'exit');
    open();
    assert.deepEqual(names, ['sh — exit 3']);
  });

  it('says that nothing is sent after the end of file', async () => {
    open();
    terminal.handleInput('before\r');
    await until('the line', () => heard === 'before\n');
    await core.processSendEof(row.process);
    terminal.handleInput('after\r');
    await shows('after\n▸ x has sent its end of file: reconnect to send more.');
    assert.equal(heard, 'before\n');
  });

  it('sends and shows nothing for an empty line without a line end', async () => {
    open();
    terminal.setOptions({ ...terminal.options, lineEnding: 'none' });
    terminal.handleInput('\r\rtext\r');
    await until('the text', () => heard === 'text');
    await shows('text');
    assert.deepEqual(emulator.rows, ['text']);
  });

  it('lets nothing of a peer that broke off reach into what the next one sends', async () => {
    open();
    sockets[0]!.write('\x1b[31mred\x1b]0;endless');
    await shows('red');
    sockets[0]!.destroy();
    await until('the end', () => row.traits.has('finished'));
    terminal.update();
    await shows('▸ Press Enter to reconnect.');
    row.process = await connect();
    terminal.update();
    sockets[1]!.write('next\n');
    await shows('next');
    const at = emulator.rows.indexOf('next');
    assert.equal(emulator.color(at, 0), -1);
  });
});
