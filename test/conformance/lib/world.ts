/** What a running scenario has made so far: processes by id, peers, event logs. */
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import {
  type NetworkProcess,
  type NetworkProcesses,
  type SecurityLevel,
  createNetworkProcesses,
} from '../../../src/core';
import { type Json, type JsonObject, DriverProblem, isObject, list, member } from './json';
import { Keywords, Printer, bytesAsText, isNil } from './lisp';
import type { Peer } from './peers';

/** The `make` step a callback belongs to, while its process has no id of its own yet. */
export interface Owner {
  readonly id: string | null;
  made: boolean;
}

/** Ports below this one are never temporary. */
const firstTemporaryPort = 10_000;

export class World {
  readonly core: NetworkProcesses = createNetworkProcesses();
  readonly keywords = new Keywords();
  readonly printer = new Printer(this.core, this.keywords, (p) => this.idOf(p));
  readonly peers = new Map<string, Peer>();
  readonly events = new Map<string, JsonObject[]>();
  /** What each recording filter was given. */
  readonly heard = new Map<string, { text: string; characters: number }>();
  /** How often a rule (as JSON) was performed for an id. */
  readonly fired = new Map<string, number>();
  readonly directory: string;
  /** In order of creation. */
  private readonly processes = new Map<string, NetworkProcess>();
  private readonly accepted = new Map<string, number>();
  private readonly unseen: NetworkProcess[] = [];

  /** @param folder where `peers/` is. */
  constructor(
    directory: string,
    readonly folder: string,
  ) {
    this.directory = realpathSync(directory);
    this.core.onDidChangeProcess(({ process, kind }) => {
      if (kind === 'added' && process.server !== null) this.unseen.push(process);
    });
  }

  /** Certificates in the working folder, made when there are none, and what the scenario says about trust. */
  useCertificates(tls: Json): void {
    const certificates = this.path('certs');
    if (!existsSync(certificates)) {
      execFileSync(process.execPath, [join(this.folder, 'peers', 'gen-certs.mjs'), certificates], { stdio: 'ignore' });
    }
    const said = isObject(tls) ? tls : {};
    const trusted = list(said, 'trust');
    if (trusted.length > 0) this.core.options.trustFiles = trusted.map((name) => join(certificates, String(name)));
    const level = member(said, 'level');
    if (level !== null) this.core.options.networkSecurityLevel = level as SecurityLevel;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  bind(id: string, process: NetworkProcess): void {
    this.processes.delete(id);
    this.processes.set(id, process);
  }

  /** Gives ids to connections accepted since, in the order of accepting. */
  scan(): void {
    for (const process of this.unseen.splice(0)) this.idOf(process);
  }

  idOf(process: NetworkProcess, owner?: Owner): string {
    for (const [id, p] of this.processes) if (p === process) return id;
    if (process.server !== null) {
      // Those that came before it have smaller numbers.
      const earlier = this.unseen.indexOf(process);
      for (const p of this.unseen.splice(0, earlier + 1)) if (p !== process) this.idOf(p);
      const server = this.idOf(process.server);
      const count = this.acceptedBy(server) + 1;
      this.accepted.set(server, count);
      this.bind(`${server}#${count}`, process);
      return `${server}#${count}`;
    }
    if (owner && !owner.made && owner.id !== null) return owner.id;
    return `?${process.name}`;
  }

  acceptedBy(server: string): number {
    return this.accepted.get(server) ?? 0;
  }

  process(id: string): NetworkProcess {
    this.scan();
    const process = this.processes.get(id);
    if (!process) throw new DriverProblem(`no process '${id}'`);
    return process;
  }

  portOf(id: string): number {
    const peer = this.peers.get(id);
    if (peer) return peer.port;
    const process = this.process(id);
    const port = lastNumber(this.core.processContact(process, 'local')) ?? this.core.processContact(process, 'service');
    if (typeof port !== 'number') throw new DriverProblem(`'${id}' has no port`);
    return port;
  }

  log(id: string, event: JsonObject): void {
    const log = this.events.get(id);
    if (log) log.push(event);
    else this.events.set(id, [event]);
  }

  /** Records a filter call; calls of one kind in a row are one entry. */
  logFilter(id: string, output: string | Uint8Array): void {
    const multibyte = typeof output === 'string';
    const text = multibyte ? output : bytesAsText(output);
    const last = this.events.get(id)?.at(-1);
    if (last && typeof last.filter === 'string' && last.multibyte === multibyte) last.filter += text;
    else this.log(id, { filter: text, multibyte });
    const before = this.heard.get(id) ?? { text: '', characters: 0 };
    this.heard.set(id, { text: before.text + text, characters: before.characters + [...text].length });
  }

  transcript(id: string, steps: readonly Json[]): { value: JsonObject; ports: Map<number, string> } {
    this.scan();
    const value = { id, steps: [...steps], events: Object.fromEntries(this.events) };
    return { value, ports: this.ports() };
  }

  /** Temporary ports and their names; the first name counts. */
  private ports(): Map<number, string> {
    const ports = new Map<number, string>();
    const add = (port: unknown, name: string) => {
      if (typeof port === 'number' && port >= firstTemporaryPort && !ports.has(port)) ports.set(port, `<port:${name}>`);
    };
    for (const [id, peer] of this.peers) add(peer.port, id);
    const contacts = [...this.processes]
      .filter(([, p]) => this.core.processStatus(p) !== 'connect')
      .map(([id, p]) => [id, this.core.processContact(p, true)] as const);
    for (const [id, contact] of contacts) {
      add(lastNumber(contact.local), id);
      if (!isNil(contact.server)) add(contact.service, id);
    }
    for (const [id, contact] of contacts) add(lastNumber(contact.remote), `${id}.remote`);
    return ports;
  }
}

/** The port of an address with one. */
function lastNumber(address: unknown): number | undefined {
  if (!Array.isArray(address) || (address.length !== 5 && address.length !== 9)) return undefined;
  const last: unknown = address.at(-1);
  return typeof last === 'number' ? last : undefined;
}
