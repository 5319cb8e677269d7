/** How processes opened by hand, and their buffers, are called. */
import { basename } from 'node:path';
import type { NetworkProcesses } from '../../core';
import { isLocal, type AddressKind } from './addressKind';
import type { Address, AddressRole } from './parseAddress';

/**
 * A connection is called after its address, of a path the last part; a server says that it is one, since clients are
 * called after it.
 */
export function processName({ kind, spec, label, loopback, by = '' }: Address, role: AddressRole): string {
  const address = isLocal(kind) ? basename(label) : label;
  const servers: Partial<Record<AddressKind, string>> = {
    tcp: 'TCP server',
    udp: 'UDP server',
    tls: 'TLS server',
    starttls: `${by.toUpperCase()} server`,
    unix: 'Unix server',
    'unix-dgram': 'Unix datagram server',
    'unix-seqpacket': 'Unix seqpacket server',
  };
  const server = servers[kind];
  if (role === 'client' || !server) return address;
  if (spec.service === 0) return server;
  return `${server} ${!isLocal(kind) && loopback ? String(spec.service) : address}`;
}

/** The name that the core will make of it: `NAME`, `NAME<1>`… */
export function unusedProcessName(core: Pick<NetworkProcesses, 'getProcess'>, name: string): string {
  let unused = name;
  for (let n = 1; core.getProcess(unused); n++) unused = `${name}<${n}>`;
  return unused;
}

/** As Emacs' `generate-new-buffer-name`: `NAME`, `NAME<2>`… Old text stays in its own buffer. */
export function unusedBufferName(core: Pick<NetworkProcesses, 'getBuffer'>, name: string): string {
  let unused = name;
  for (let n = 2; core.getBuffer(unused); n++) unused = `${name}<${n}>`;
  return unused;
}
