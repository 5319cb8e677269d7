import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { cannotRun } from '../../support/cannotRun';
import { needs } from '../../support/peers/programs';
import { compile, compiledFile, compilerFor, hashFile, here, ownHash, sourceHash } from '../../tools/native.mjs';
import { ensureNodePackage } from '../../tools/lib/nodePackage.mjs';
import { readLibrary } from './elf';
import { ownFile, ownKit, runScript } from './support';

const committed = ['linux-x64', 'linux-arm64'] as const;
const musl = '/lib/ld-musl-x86_64.so.1';
const armLibraries = '/usr/aarch64-linux-gnu';

describe('native sockets, compiled', function () {
  this.timeout(120_000);

  let folder = '';
  before(() => (folder = mkdtempSync(`${tmpdir()}/netproc-native-`)));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('come from the sources as they are', () => {
    const say = 'is out of date: npm run native -- --all';
    for (const platform of committed) {
      const hashes = `${sourceHash(platform)} sources\n${ownHash(platform)} netproc.node\n`;
      assert.equal(readFileSync(hashFile(platform), 'utf8'), hashes, `${platform} ${say}`);
    }
  });

  it('are small', () => {
    assert.ok(statSync(compiledFile('linux-x64')).size <= 40 * 1024);
    assert.ok(statSync(compiledFile('linux-arm64')).size <= 80 * 1024);
  });

  it('do what they must', async function () {
    ownKit(this);
    assert.equal(await runScript('exercise', [ownFile]), 'ok');
  });

  it('do so compiled anew', async function () {
    if (!compilerFor(here)) cannotRun(this, 'needs a C compiler');
    const file = `${folder}/anew.node`;
    await compile(here, file, ['-Werror']);
    assert.equal(await runScript('exercise', [file]), 'ok');
  });

  it('do so on arm64', async function () {
    if (here === 'linux-arm64') cannotRun(this, 'needs another computer than the one of this file');
    needs(this, 'qemu-aarch64-static');
    const loader = `${armLibraries}/lib/ld-linux-aarch64.so.1`;
    if (!existsSync(loader)) cannotRun(this, `needs ${loader}`);
    const node = `${await ensureNodePackage('linux-arm64')}/bin/node`;
    const qemu = ['qemu-aarch64-static', '-L', armLibraries, node];
    assert.equal(await runScript('exercise', [compiledFile('linux-arm64')], { node: qemu }), 'ok');
  });

  it('ask for no library, and for names of Node and libc only', () => {
    const [x64, arm64] = committed.map((platform) => readLibrary(compiledFile(platform)));
    assert.deepEqual([x64!.machine, arm64!.machine], [62, 183]);
    for (const { needed, offered } of [x64!, arm64!]) {
      assert.deepEqual(needed, []);
      assert.deepEqual([...offered].sort(), ['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
    }
    assert.deepEqual([...arm64!.wanted].sort(), [...x64!.wanted].sort());
  });

  it('find in musl all that is not Node’s', function () {
    if (!existsSync(musl)) cannotRun(this, `needs ${musl}`);
    const { offered } = readLibrary(musl);
    const missing = readLibrary(compiledFile('linux-x64')).wanted.filter((name) => !offered.includes(name));
    assert.deepEqual(
      missing.filter((name) => !isOfNode(name)),
      [],
    );
  });

  it('are loaded by musl, which misses Node only', function () {
    if (!existsSync(musl)) cannotRun(this, `needs ${musl}`);
    const env = { ...process.env, LD_PRELOAD: musl };
    const { stdout, stderr } = spawnSync(musl, ['--list', compiledFile('linux-x64')], { encoding: 'utf8', env });
    const missing = [...stderr.matchAll(/^Error relocating .*: (\w+): symbol not found$/gm)].map(([, name]) => name!);
    assert.equal(missing.length, stderr.trim().split('\n').length, stderr);
    assert.ok(missing.includes('napi_wrap') && missing.every(isOfNode), stderr);
    assert.match(stdout, /^\s*\/lib\/ld-musl-x86_64\.so\.1 \(0x[0-9a-f]+\)\s*$/);
  });

  it('touch no memory that is not theirs', async function () {
    const compiler = compilerFor(here);
    const path = compiler && spawnSync(compiler, ['-print-file-name=libasan.so'], { encoding: 'utf8' }).stdout.trim();
    if (!path || !existsSync(path)) cannotRun(this, 'needs a C compiler with AddressSanitizer');
    const file = `${folder}/watched.node`;
    await compile(here, file, ['-O1', '-g', '-fsanitize=address', '-fno-omit-frame-pointer']);
    const env = { LD_PRELOAD: realpathSync(path), ASAN_OPTIONS: 'detect_leaks=0' };
    const node = [process.execPath, '--expose-gc'];
    assert.equal(await runScript('exercise', [file], { env, node }), 'ok');
    assert.equal(await runScript('threads', [file], { env, node }), 'ok');
    assert.match(await runScript('fuzz', [file, '30000'], { env, node }), /^ok /m);
    assert.match(await runScript('cycles', [file, '200'], { env, node }), /"descriptors":/);
  });
});

function isOfNode(name: string): boolean {
  return /^(napi|uv)_/.test(name);
}
