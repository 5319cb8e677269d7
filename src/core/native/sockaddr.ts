import { constants } from 'node:os';
import type { NetworkAddress } from '../api';
import { fromVector, ipv6Words } from '../address/address';
import { longestPath, type Target } from '../address/target';
import { systemError } from '../transport/systemError';
import type { Addon } from './addon';

/** An address as the system takes it. */
export interface Sockaddr {
  readonly family: number;
  readonly bytes: Uint8Array;
}

/** Addresses remembered at most. */
const most = 1_000;

/**
 * Addresses of one socket, as values and as the system has them. What a value cannot tell is remembered: zones of IPv6,
 * paths that are no UTF-8.
 */
export class Sockaddrs {
  private readonly known = new Map<string, Uint8Array>();
  private last: { readonly bytes: Buffer; readonly address: NetworkAddress } | null = null;

  constructor(private readonly addon: Addon) {}

  /** @throws a system error when the zone is none of this computer. */
  of(target: Target): Sockaddr {
    const { addon } = this;
    const { AF_INET, AF_INET6, AF_UNIX } = addon.constants as Record<'AF_INET' | 'AF_INET6' | 'AF_UNIX', number>;
    if ('rawFamily' in target) {
      const length = { [AF_INET]: 14, [AF_INET6]: 26 }[target.rawFamily];
      // As the system would say, were it asked now.
      if (length !== undefined && target.bytes.length !== length) throw systemError(-constants.errno.EINVAL);
      return { family: target.rawFamily, bytes: addon.addressRaw(target.rawFamily, Uint8Array.from(target.bytes)) };
    }
    if ('path' in target) return { family: AF_UNIX, bytes: addon.addressLocal(Buffer.from(target.path)) };
    const [host = '', zone = ''] = target.host.split('%');
    if (target.family === 'ipv4') {
      const bytes = Uint8Array.from(host.split('.').map(Number));
      return { family: AF_INET, bytes: addon.address4(bytes, target.port) };
    }
    const made = addon.address6(wordBytes(host), target.port, zone);
    if (typeof made === 'number') throw Object.assign(new Error(`No zone ${zone}`), { code: 'ENODEV' });
    return { family: AF_INET6, bytes: made };
  }

  /** An address that was read, or one that a user gave. */
  find(address: NetworkAddress): Uint8Array {
    const known = this.known.get(String(address));
    if (known) return known;
    if (typeof address === 'string') return this.of({ path: address }).bytes;
    const inet = fromVector(address);
    if (inet) return this.of(inet).bytes;
    const { family, bytes } = address as { family: number; bytes: readonly number[] };
    return this.of({ rawFamily: family, bytes }).bytes;
  }

  /** @param bytes They are copied where they are kept. */
  read(bytes: Uint8Array): NetworkAddress {
    if (this.last?.bytes.equals(bytes)) return this.last.address;
    const address = this.value(bytes);
    this.last = { bytes: Buffer.from(bytes), address };
    return address;
  }

  private value(bytes: Uint8Array): NetworkAddress {
    const { AF_INET, AF_INET6, AF_UNIX } = this.addon.constants;
    if (bytes.length === 0) return '';
    const { family, bytes: host, port, zone } = this.addon.readAddress(bytes);
    if (family === AF_INET) return [...host, port];
    if (family === AF_INET6) {
      const words = Array.from({ length: 8 }, (_, i) => (host[2 * i]! << 8) | host[2 * i + 1]!);
      return this.keep([...words, port], zone !== '', bytes);
    }
    if (family !== AF_UNIX) return { family, bytes: [...host] };
    const path = Buffer.from(host).toString();
    const isOther = host.length > longestPath || host.includes(0, 1) || !Buffer.from(path).equals(host);
    return this.keep(path, isOther, bytes);
  }

  private keep(address: NetworkAddress, isMore: boolean, bytes: Uint8Array): NetworkAddress {
    if (!isMore) return address;
    if (this.known.size >= most) this.known.clear();
    this.known.set(String(address), Uint8Array.from(bytes));
    return address;
  }
}

/** A numeric IPv6 address as 16 bytes. */
function wordBytes(host: string): Uint8Array {
  return Uint8Array.from(ipv6Words(host).flatMap((word) => [word >> 8, word & 0xff]));
}
