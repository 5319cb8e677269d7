/** The answers an address box offers before anything is typed; the first one is what Enter takes. */
import type { NetworkProcess, NetworkProcesses } from '../../core';
import { isLocal, kindOf, pathText, type AddressKind } from './addressKind';
import { joinHostPort } from './parseAddress';
import type { Recent } from './recents';

export type Offer =
  /** Opened before. */
  | { readonly from: 'recent'; readonly address: string; readonly recent: Recent }
  /** A server of ours that listens now. */
  | { readonly from: 'server'; readonly address: string; readonly serverName: string }
  /** For a server: a port or path that nobody has. */
  | { readonly from: 'free'; readonly address: string }
  /** Just to show what can be typed. */
  | { readonly from: 'example'; readonly address: string };

/** What to connect to: recent addresses and our own servers, newest first, or an example. */
export function clientOffers(
  core: Pick<NetworkProcesses, 'processList' | 'processContact' | 'processType'>,
  { kind, by }: { readonly kind: AddressKind; readonly by?: string | undefined },
  recents: readonly Recent[],
  example = isLocal(kind) ? '/tmp/my.sock' : 'localhost:8080',
): Offer[] {
  const isAsked = (p: NetworkProcess): boolean => kindOf(core, p) === kind && (p.starttls ?? undefined) === by;
  const servers = core.processList().filter((p) => p.isServer && isAsked(p));
  const dated: { offer: Offer; time: number }[] = [
    ...servers.map((s) => ({
      offer: { from: 'server', address: addressOf(core, s), serverName: s.name } as const,
      time: s.times.created,
    })),
    ...recents.map((r) => ({ offer: recentOffer(r), time: r.time })),
  ];
  const offers = dated.sort((a, b) => b.time - a.time).map((d) => d.offer);
  if (offers.length === 0) return [{ from: 'example', address: example }];
  return withoutDoubles(offers);
}

/** Where to listen: recent addresses that no server of ours has, then what is free. */
export function serverOffers(
  core: Pick<NetworkProcesses, 'processList' | 'processContact'>,
  free: string,
  recents: readonly Recent[],
): Offer[] {
  const taken = core
    .processList()
    .filter((p) => p.isServer)
    .map((p) => addressOf(core, p));
  const open = recents.filter((r) => !taken.includes(r.label));
  const freeOffer: Offer = { from: 'free', address: free };
  return withoutDoubles([
    ...open.map((r) => (r.label === free && optionsKey(r) === '{}' ? freeOffer : recentOffer(r))),
    { ...freeOffer },
  ]);
}

function recentOffer(recent: Recent): Offer {
  return { from: 'recent', address: recent.label, recent };
}

function addressOf(core: Pick<NetworkProcesses, 'processContact'>, server: NetworkProcess): string {
  const [host, service] = core.processContact(server);
  if (typeof service === 'string' && /^[/\0]/.test(service)) return pathText(service);
  const everywhere = typeof host !== 'string' || host === '0.0.0.0' || host === '::' || host === 'local';
  return joinHostPort(everywhere ? 'localhost' : host, String(service));
}

/** A server of ours stands for the recent address, too, unless that has options. */
function withoutDoubles(offers: Offer[]): Offer[] {
  const rank = (o: Offer): number => (o.from === 'recent' ? 1 : 0);
  return offers.filter((offer, i) => {
    const same = offers.filter((o) => o.address === offer.address && keyOf(o) === keyOf(offer));
    return same.length === 1 || same.sort((a, b) => rank(a) - rank(b))[0] === offers[i];
  });
}

function keyOf(offer: Offer): string {
  return offer.from === 'recent' ? optionsKey(offer.recent) : '{}';
}

function optionsKey({ options }: Recent): string {
  return JSON.stringify(options ?? {});
}
