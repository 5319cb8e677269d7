import assert from 'node:assert/strict';
import { startSession, type Session } from '../tools/lib/session.mjs';
import type { Workbench } from '../tools/lib/workbench.mjs';
import { startPeer, Steps } from './steps';

const missing = 'not here: Native sockets are off (NETPROC_ADDON)';

describe('Without native sockets', () => {
  let session: Session;
  let workbench: Workbench;
  let steps: Steps;

  before(async () => {
    session = await startSession({ height: 1000, env: { NETPROC_ADDON: 'off' } });
    ({ workbench } = session);
    steps = new Steps(workbench);
    await steps.showTree();
  });
  afterEach(() => steps.clear());
  after(() => session?.close());

  it('kinds that need them come last, say why, and are not taken', async () => {
    await steps.command('Open Connection…');
    await workbench.waitQuick('Open Connection');
    const kinds = (await workbench.quickItems()).map(({ label, description }) => [label.trim(), description]);
    const [here, missingHere] = [kinds.slice(0, -2), kinds.slice(-2)];
    assert.ok(here.some(([label]) => label === 'TCP') && here.some(([label]) => label === 'Unix socket'));
    assert.ok(here.every(([, description]) => !description?.startsWith('not here')));
    for (const [label, description] of missingHere) {
      assert.match(label!, /Unix (datagram|seqpacket)$/);
      assert.equal(description, missing);
    }
    // Enter on it stays.
    await workbench.press('ArrowUp', 'Enter');
    await workbench.page.waitForTimeout(300);
    assert.match((await workbench.quick())?.title ?? '', /^Open Connection/);
    await workbench.press('Escape');
    await workbench.waitQuickClosed();
    // Nor when it is typed.
    await steps.askAddress('Open Connection', 'TCP');
    await workbench.fillQuick('unix-seqpacket:/tmp/np-none.sock');
    await workbench.until('why not', async () =>
      (await workbench.quickItems())[0]?.detail?.includes('Native sockets are off (NETPROC_ADDON)'),
    );
    await workbench.acceptQuick();
    await workbench.page.waitForTimeout(300);
    assert.match((await workbench.quick())?.title ?? '', /^Open TCP Connection/);
    await workbench.press('Escape');
    await workbench.waitQuickClosed();
    await steps.nothingLeft();
  });

  it('options that need them say so, and the others work', async () => {
    const peer = await startPeer();
    try {
      await steps.askAddress('Open Connection', 'TCP');
      await steps.moreOptions(peer.address);
      await workbench.waitQuick(/: Socket Options \(2\/2\)$/);
      const find = async (name: string): Promise<string | undefined> =>
        (await workbench.quickItems()).find(({ label }) => label.trim().endsWith(name))?.description;
      assert.equal(await find('bindtodevice'), missing);
      assert.equal(await find('priority'), missing);
      await workbench.pickQuick('keepalive');
      await workbench.until('keepalive to be on', async () => (await find('keepalive')) === 'on');
      await workbench.pickQuick('Back to the address');
      await workbench.waitQuick('Open TCP Connection');
      await workbench.acceptQuick();
      await steps.row(peer.address);
      await steps.expand(peer.address);
      await steps.expand('Socket Options');
      assert.equal((await steps.row('keepalive')).description, 'on');
      const remark = await steps.row('Live values need native sockets');
      assert.equal(remark.description, 'Native sockets are off (NETPROC_ADDON)');
      await steps.noRow('bindtodevice');
    } finally {
      await peer.close();
    }
  });
});
