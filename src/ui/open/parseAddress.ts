import type { NetworkProcessSpec } from '../../core';

export type AddressKind = 'tcp' | 'udp' | 'unix';
export type AddressRole = 'client' | 'server';

/** An address that can be used, or what is wrong with it and what to type. */
export type ParsedAddress =
  | {
      readonly ok: true;
      readonly spec: Partial<NetworkProcessSpec>;
      readonly kind: AddressKind;
      readonly label: string;
      readonly loopback: boolean;
    }
  | { readonly ok: false; readonly problem: string; readonly advice: string };

/** Reads what was typed into an address box. */
export function parseAddress(text: string, kind: AddressKind, role: AddressRole): ParsedAddress {
  void kind;
  void role;
  return { ok: false, problem: text, advice: '' };
}
