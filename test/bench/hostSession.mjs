// VS Code with our extension and the bench's own beside it, a page that shows it, and a source of bytes.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { launchBrowser } from '../tools/lib/browser.mjs';
import { root } from '../tools/lib/paths.mjs';
import { startServer } from '../tools/lib/server.mjs';
import { openWorkbench } from '../tools/lib/workbench.mjs';

/** Starts all. Returns {page, port of the source, call(method, argument) in the extension host, close()}. */
export async function startHostSession() {
  const folder = mkdtempSync(`${tmpdir()}/netproc-bench-`);
  const dataDir = `${folder}/data`;
  // A page loads one extension under development, ours: the bench's own is installed.
  const own = `${dataDir}/extensions/network-processes.network-processes-bench-0.0.0`;
  cpSync(`${root}/test/bench/host/package.json`, `${own}/package.json`);
  cpSync(`${root}/dist/test/bench/host/benchExtension.js`, `${own}/benchExtension.js`);
  const link = net.createServer().listen(0, '127.0.0.1');
  const peer = fork(new URL('peer.mjs', import.meta.url));
  let server, browser;
  const close = async () => {
    await browser?.close();
    await server?.stop();
    link.close();
    peer.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const [[port]] = await Promise.all([once(peer, 'message'), once(link, 'listening')]);
    const env = { NETPROC_BENCH_PORT: String(link.address().port) };
    server = await startServer({ extensionPath: root, workspace: folder, dataDir, env });
    browser = await launchBrowser();
    const connected = once(link, 'connection', { signal: AbortSignal.timeout(60_000) });
    const { page } = await openWorkbench(browser, server.url());
    const [socket] = await connected;
    return { page, port, call: caller(socket), close };
  } catch (e) {
    await close();
    throw e;
  }
}

/** Calls a method of the bench's extension; rejects with its error, or when it has not answered after two minutes. */
function caller(socket) {
  const waiting = new Map();
  createInterface({ input: socket }).on('line', (line) => {
    const { id, error, result } = JSON.parse(line);
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error));
    else resolve(result);
  });
  let last = 0;
  return (method, argument) =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      const timer = setTimeout(() => reject(new Error(`${method} was not answered`)), 120_000);
      waiting.set(id, { resolve: (r) => (clearTimeout(timer), resolve(r)), reject });
      socket.write(`${JSON.stringify({ id, method, argument })}\n`);
    });
}
