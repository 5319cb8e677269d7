import assert from 'node:assert/strict';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Workbench } from '../tools/lib/workbench.mjs';
import { startPeer, Steps, type Peer } from './steps';

describe('Status bar', () => {
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;
  let peer: Peer;

  before(async () => {
    session = await startSession({ files: { 'hello.txt': 'hello' } });
    ({ workbench } = session);
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    steps = new Steps(workbench);
    await steps.showTree();
  });

  after(() => session?.close());

  beforeEach(async () => {
    peer = await startPeer();
    await steps.open('TCP', peer.address);
    await workbench.waitActiveTab(`*${peer.address}*`);
    await peer.socket();
  });

  afterEach(async () => {
    await steps.clear();
    await peer.close();
  });

  /** What our items say, from left to right: the bar holds what is on its right the other way round. */
  async function texts(): Promise<string[]> {
    const items = await workbench.statusItems();
    const ours = items.filter(({ id }) => id.startsWith('network-processes.'));
    return ours.map(({ text }) => text).reverse();
  }

  const says = (expected: string, probe: (texts: string[]) => unknown): Promise<unknown> =>
    workbench.until(expected, async () => probe(await texts()));

  /** Goes to an item by the keyboard alone, and opens what it has. */
  async function openByKeyboard(part: string, title: string): Promise<void> {
    const { id } = await workbench.statusItem(new RegExp(part));
    const { page } = workbench;
    // An item whose text changes in that moment may take no key.
    for (let tries = 5; tries > 0; tries--) {
      await workbench.command('View: Focus Status Bar');
      await workbench.until(`the keyboard at ${part}`, async () => {
        const focused = await page.evaluate<string | undefined>(
          `document.activeElement?.closest('.statusbar-item')?.id`,
        );
        if (focused === id) return true;
        await workbench.press('ArrowRight');
        return false;
      });
      await workbench.press('Enter');
      for (let i = 0; i < 30 && !(await workbench.quick()); i++) await page.waitForTimeout(100);
      if (await workbench.quick()) break;
    }
    await workbench.waitQuick(title);
  }

  it('says state, coding and traffic of the active process buffer, and nothing of others', async () => {
    await says('all four', (all) => all.length === 4 && all[0] === `${peer.address}: open`);
    assert.deepEqual((await texts()).slice(1), ['following', 'undecided-unix/utf-8-unix', '0 B in · 0 B out']);
    (await peer.socket()).write('x'.repeat(2000));
    await says('what came, and how fast', ([, , , traffic]) => /^2\.0 kB in · 0 B out · .*\/s$/.test(traffic ?? ''));
    await says('no rate any more', ([, , , traffic]) => traffic === '2.0 kB in · 0 B out');
    await steps.action(peer.address, 'Stop');
    await says('it is stopped', ([state]) => state === `${peer.address}: stop`);
    await steps.action(peer.address, 'Continue');
    await says('it is open', ([state]) => state === `${peer.address}: open`);
    (await peer.socket()).end();
    await says('it is closed', ([state]) => state === `${peer.address}: closed`);
    await workbench.openFile('hello.txt');
    await says('nothing', (all) => all.length === 0);
    await workbench.clickTab(`*${peer.address}*`);
    await says('it again', ([state]) => state === `${peer.address}: closed`);
    await steps.action(peer.address, 'Delete');
    await says('nothing', (all) => all.length === 0);
  });

  it('says whether the document follows, and follows again', async () => {
    const filler = `${'line\n'.repeat(500)}`;
    (await peer.socket()).write(filler);
    await says('it follows', ([, view]) => view === 'following');
    await workbench.waitEditorText('line');
    await workbench.page.locator('.editor-group-container.active .view-lines').first().click();
    await workbench.wheelEditor(-10);
    await says('it is frozen', ([, view]) => view === 'frozen');
    (await peer.socket()).write('x'.repeat(2000));
    await says('what is new', ([, view]) => view === 'frozen · 2.0 kB new');
    const { id } = await workbench.statusItem('The view stands still');
    await workbench.clickStatusItem(id);
    await says('it follows', ([, view]) => view === 'following');
  });

  it('opens by the state what can be done, and does it', async () => {
    await openByKeyboard('Process 127', `${peer.address} is open`);
    const labels = (await workbench.quickItems()).map(({ label }) => label);
    assert.deepEqual(labels.slice(0, 3), ['Send…', 'Send File…', 'Stop']);
    assert.ok(!labels.includes('Continue') && !labels.includes('Reconnect'));
    await workbench.pickQuick('Stop');
    await steps.rowSays(peer.address, 'stop');
    await openByKeyboard('Process 127', `${peer.address} is stop`);
    await workbench.pickQuick('Continue');
    await steps.rowSays(peer.address, 'open');
  });

  it('decodes the text shown again, while it flows and when it has ended', async () => {
    const choose = async (base: string, again: string): Promise<void> => {
      await steps.command('Set Coding System…');
      for (const [step, choice] of [base, 'unix', 'Both', again].entries()) {
        await workbench.waitQuick(`(${step + 1}/4)`);
        await workbench.pickQuick(choice);
      }
      await workbench.waitQuickClosed();
    };
    const socket = await peer.socket();
    socket.write(Buffer.from('caf\xe9 \xcf\xe5\xf0\n', 'latin1'));
    await workbench.waitEditorText('café Ïåð');
    await choose('windows-1251', 'Decode it again');
    await workbench.waitEditorText('cafй Пер');
    socket.write(Buffer.from('\xe2\xfb\xe9\n', 'latin1'));
    await workbench.waitEditorText('вый');
    socket.end();
    await workbench.waitEditorText('connection broken');
    await choose('cyrillic-koi8', 'Decode it again');
    await workbench.waitEditorText('cafИ оЕП\nБШИ\n▸ Process');
    await steps.noMessages();
  });

  it('opens by the coding the coding systems, and sets the one chosen for one direction or both', async () => {
    await openByKeyboard('Coding system', `Coding System of ${peer.address} (1/3)`);
    await workbench.pickQuick('iso-latin-1');
    await workbench.waitQuick('(2/3)');
    await workbench.pickQuick('dos');
    await workbench.waitQuick('(3/3)');
    await workbench.pickQuick('Both');
    await says('the coding', ([, , coding]) => coding === 'iso-latin-1-dos');
    (await peer.socket()).write(Buffer.from('caf\xe9\r\n', 'latin1'));
    await workbench.waitEditorText('café');
    await steps.sendFrom(peer.address, 'é');
    await workbench.until('it to arrive', () => peer.received() === '\xe9\r\n');

    await steps.command('Set Coding System…');
    await workbench.waitQuick('(1/4)');
    await workbench.pickQuick('utf-8');
    await workbench.waitQuick('(2/4)');
    await workbench.pickQuick('unix');
    await workbench.waitQuick('(3/4)');
    await workbench.pickQuick('Encoding');
    await says('the coding', ([, , coding]) => coding === 'iso-latin-1-dos/utf-8-unix');

    await steps.command('Set Coding System…');
    await workbench.waitQuick('(1/4)');
    await workbench.pickQuick('no-conversion');
    await workbench.waitQuick('(3/4)');
    await workbench.pickQuick('Decoding');
    await workbench.waitQuick('(4/4)');
    await workbench.pickQuick('Leave it');
    await says('the coding', ([, , coding]) => coding === 'no-conversion/utf-8-unix');
  });

  it('opens by the traffic the capture and the counters', async () => {
    (await peer.socket()).write('hello');
    await says('it has come', ([, , , traffic]) => traffic?.startsWith('5 B in'));
    await openByKeyboard('Traffic:', `Traffic of ${peer.address}`);
    const items = await workbench.quickItems();
    assert.deepEqual(
      items.map(({ label }) => label),
      ['Open Capture', 'Save Capture As…', 'Copy Counters'],
    );
    assert.equal(items[2]!.detail, '5 bytes received in 1 reads, 0 bytes sent in 0 writes, 0 waiting, 0 lost');
    await workbench.pickQuick('Copy Counters');
    await workbench.until('the counters to be copied', async () =>
      (await workbench.page.evaluate<string>('navigator.clipboard.readText()')).startsWith('5 bytes received'),
    );
    await openByKeyboard('Traffic:', `Traffic of ${peer.address}`);
    await workbench.pickQuick('Open Capture');
    await workbench.waitEditorText('|hello|');
    await says('nothing for a capture', (all) => all.length === 0);
  });
});
