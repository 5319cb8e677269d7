import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import type { NetworkProcesses } from '../../../src/core';

const script = join(process.cwd(), 'test/conformance/peers/gen-certs.mjs');

let folder: string | null = null;

/** The folder of throw-away certificates: ca, good, otherhost, selfsigned, expired, client; made once a run. */
export function certificates(): string {
  if (folder) return folder;
  const made = mkdtempSync(join(tmpdir(), 'np-certs-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  execFileSync(process.execPath, [script, made], { stdio: 'ignore' });
  return (folder = made);
}

export const fileOf = (name: string): string => join(certificates(), name);

/** Key and certificate of a name, as Node takes them. */
export const keyPair = (name: string): { key: Buffer; cert: Buffer } => ({
  key: readFileSync(fileOf(`${name}.key`)),
  cert: readFileSync(fileOf(`${name}.pem`)),
});

/** Our throw-away authority is the only one trusted. */
export function trustOurs(core: NetworkProcesses): void {
  core.options.trustFiles = [fileOf('ca.pem')];
}

/** A TLS server of Node's own. */
export async function tlsServer(
  options: tls.TlsOptions & { name?: string },
  onSocket: (socket: tls.TLSSocket) => void = () => undefined,
): Promise<{ port: number; close: () => void; errors: string[] }> {
  const sockets = new Set<net.Socket>();
  const errors: string[] = [];
  const { name = 'good', ...rest } = options;
  const server = tls.createServer({ ...keyPair(name), ...rest }, (socket) => {
    socket.on('error', (error) => void errors.push(String((error as { code?: string }).code)));
    onSocket(socket);
  });
  server.on('connection', (socket: net.Socket) => sockets.add(socket.unref()));
  server.on('tlsClientError', (error: Error & { code?: string }) => void errors.push(String(error.code)));
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    errors,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
