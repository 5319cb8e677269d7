import { inspect, types } from 'node:util';
import type { NetworkProcess, NetworkProcesses, PeerStatus, TextBuffer } from '../../core';
import { captureState } from '../capture/captureText';
import { showPeerText } from '../peerText';
import { kindOf, pathText } from '../open/addressKind';
import { socketOptions, valueText } from '../options/socketOption';
import type { Translate } from '../translate';
import { tlsParts } from '../trust/loadTlsParts';
import { addressText, contactText, type ContactCore } from './contactText';
import type { Row } from './row';
import type { RowText } from './rowText';

export type DetailKind =
  /** What is encrypted, and how. */
  | 'tls'
  /** What is not encrypted, though that was asked for if possible. */
  | 'plain'
  | 'certificates'
  /** One of the chain. */
  | 'certificate'
  | 'contact'
  | 'properties'
  | 'options'
  | 'buffer'
  | 'coding'
  | 'query'
  | 'traffic'
  | 'capture'
  | 'times'
  /** One keyword of the contact. */
  | 'entry'
  /** One property. */
  | 'property'
  /** One socket option. */
  | 'option'
  /** What has to be said about a group. */
  | 'remark';

/** Those that always have lines below them. */
const withEntries: ReadonlySet<DetailKind> = new Set(['options', 'tls', 'certificates', 'certificate']);

/** Keys of the contact that may hold a path, or a name that begins with a zero. */
const addressKeys: ReadonlySet<string> = new Set(['service', 'local', 'remote']);

/** A line below a row that tells one thing about its process. */
export class Detail {
  constructor(
    readonly row: Row,
    readonly kind: DetailKind,
    readonly label: string,
    readonly description: string,
    /** The group it is in, and its place there: two keys may look alike. */
    readonly parent: Detail | null = null,
    private readonly index = 0,
    /** Of a property or a socket option; a certificate's place in its chain. */
    readonly key: string | null = null,
  ) {}

  get id(): string {
    return this.parent ? `${this.parent.id}/${this.index}` : `${this.row.id}/${this.kind}`;
  }
}

type DetailCore = ContactCore &
  Pick<
    NetworkProcesses,
    'processPlist' | 'processCodingSystem' | 'processQueryOnExitFlag' | 'networkProcessOptions' | 'featureProblem'
  >;

/** Reads the details of processes. */
export class Details {
  constructor(
    private readonly core: DetailCore,
    private readonly text: RowText,
    private readonly t: Translate,
  ) {}

  /** The lines below a row, after its clients. Nothing is asked of a row that is not expanded. */
  of(row: Row): Detail[] {
    const { process } = row;
    const coding = this.core.processCodingSystem(process);
    const properties = this.core.processPlist(process).size;
    const buffer = process.buffer?.live ? showPeerText(process.buffer.name ?? '') : this.t('none');
    const none = this.t('none');
    const isReal = this.core.processType(process) === 'real';
    // A program's contact has no keywords, and it has no socket.
    const command = isReal ? showPeerText(contactText(process, this.core)) : '';
    const hasOptions = row.traits.has('live') && !isReal;
    return [
      ...this.encryption(row),
      new Detail(row, 'contact', this.t('Contact'), command),
      new Detail(row, 'properties', this.t('Properties'), properties === 0 ? none : ''),
      ...(hasOptions ? [new Detail(row, 'options', this.t('Socket Options'), '')] : []),
      new Detail(row, 'buffer', this.t('Process Buffer'), buffer),
      new Detail(row, 'coding', this.t('Coding'), `${coding.decode ?? none} / ${coding.encode ?? none}`),
      new Detail(row, 'query', this.t('Query Before Kill'), this.query(process)),
      new Detail(row, 'traffic', this.t('Traffic'), this.text.traffic(process)),
      new Detail(row, 'capture', this.t('Capture'), captureState(process, this.t)),
      new Detail(row, 'times', this.t('Times'), this.text.times(process)),
    ];
  }

  /** Whether `entries` has any. */
  hasEntries(detail: Detail): boolean {
    const { kind, description } = detail;
    return withEntries.has(kind) || (['contact', 'properties'].includes(kind) && description === '');
  }

  /** Every keyword of the contact, every property of the list, everything about a certificate… */
  entries(detail: Detail): Detail[] {
    const { process } = detail.row;
    const entry = (kind: 'entry' | 'property', [key, value]: [string, unknown], i: number): Detail =>
      new Detail(detail.row, kind, showPeerText(key), showValue(value), detail, i, kind === 'property' ? key : null);
    if (detail.kind === 'contact') {
      return Object.entries(this.core.processContact(process, true)).map(([key, value], i) =>
        entry('entry', [key, contactValue(key, value)], i),
      );
    }
    if (detail.kind === 'options') return this.options(detail);
    const status = process.lastPeerStatus;
    if (status && ['tls', 'certificates', 'certificate'].includes(detail.kind)) return this.tlsEntries(detail, status);
    if (detail.kind !== 'properties') return [];
    return [...this.core.processPlist(process)].map((pair, i) => entry('property', pair, i));
  }

  /** What the system says now; where it can't be asked, what was asked for. */
  private options(detail: Detail): Detail[] {
    const { row } = detail;
    const { process } = row;
    const live = this.core.networkProcessOptions(process);
    const all = socketOptions(kindOf(this.core, process), process.isServer ? 'server' : 'client', this.t);
    const shown = live ? all : all.filter(({ name }) => this.core.featureProblem(name) === null);
    const entries = shown.map((option, i) => {
      const value = (live ? live[option.name] : this.core.processContact(process, option.name)) ?? null;
      return new Detail(row, 'option', option.name, valueText(option, value, this.t), detail, i, option.name);
    });
    if (live) return entries;
    // What asks the system for them takes native sockets, as sockets that were handed over do.
    const problem = this.core.featureProblem('useExternalSocket');
    const remark = problem === null ? this.t('as asked for') : this.t('Live values need native sockets');
    const reason = problem ?? this.t('it has no socket yet');
    return [...entries, new Detail(row, 'remark', remark, reason, detail, entries.length)];
  }

  private encryption(row: Row): Detail[] {
    const { process, traits } = row;
    if (process.encryption === 'none') return [new Detail(row, 'plain', 'TLS', this.t('not encrypted'))];
    const status = traits.has('encrypted') ? process.lastPeerStatus : null;
    if (!status) return [];
    const tls = new Detail(row, 'tls', 'TLS', `${status.protocol.replace(/^TLS/, '')} · ${status.cipher}`);
    // A client need not have one.
    if (!status.certificate) return [tls];
    const subject = showPeerText(status.certificate.subject);
    return [tls, new Detail(row, 'certificates', this.t('Certificates'), subject)];
  }

  private tlsEntries(detail: Detail, status: PeerStatus): Detail[] {
    const { row } = detail;
    if (detail.kind === 'certificates') {
      return status.certificates.map(
        ({ subject }, i) =>
          new Detail(row, 'certificate', showPeerText(subject) || this.t('no subject'), '', detail, i, String(i)),
      );
    }
    const { connectionFacts, certificateFacts } = tlsParts();
    const certificate = status.certificates[Number(detail.key)];
    const facts =
      detail.kind === 'tls'
        ? connectionFacts(status, this.t)
        : certificate
          ? certificateFacts(certificate, this.t)
          : [];
    return facts.map(([label, text], i) => new Detail(row, 'entry', label, showPeerText(text), detail, i));
  }

  private query(process: NetworkProcess): string {
    return this.core.processQueryOnExitFlag(process) ? this.t('yes') : this.t('no');
  }
}

/** As it may be shown: paths as people write them, and nothing secret. */
function contactValue(key: string, value: unknown): unknown {
  if (addressKeys.has(key) && typeof value === 'string') return pathText(value);
  return key === 'tlsParameters' ? withoutSecrets(value) : value;
}

/**
 * Keys and passphrases of `tlsParameters` stand there as texts, and people look on. Accessors, which other extensions
 * hide a secret behind, are not run.
 */
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (types.isProxy(value)) return '…';
  const isList = Array.isArray(value);
  const secret = ['key', 'pfx', 'passphrase'];
  const shown = Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([, { enumerable }]) => enumerable)
    .map(([name, one]): [string, unknown] => {
      if (!('value' in one) || secret.includes(name)) return [name, '…'];
      return [name, isList ? withoutSecrets(one.value) : one.value];
    });
  return isList ? shown.map(([, one]) => one) : Object.fromEntries(shown);
}

/** Any value on one line: addresses as one types them, buffers and processes by name. What cannot be read is `…`. */
export function showValue(value: unknown): string {
  try {
    return anyText(value);
  } catch {
    return '…';
  }
}

function anyText(value: unknown): string {
  if (value === undefined || value === null || value === false) return 'nil';
  if (typeof value === 'string') return showPeerText(value);
  if (types.isProxy(value)) return '…';
  if (typeof value === 'function') {
    const name: unknown = Object.getOwnPropertyDescriptor(value, 'name')?.value;
    return showPeerText(`function ${typeof name === 'string' && name !== '' ? name : 'anonymous'}`);
  }
  const address = Array.isArray(value) && value.length >= 5 ? addressText(value) : '';
  if (address !== '') return address;
  if (isNamed(value)) return showPeerText(value.name ?? 'nil');
  // Getters and custom printers of other extensions' objects are not run.
  return showPeerText(inspect(value, { depth: 2, breakLength: Infinity, customInspect: false, maxArrayLength: 20 }));
}

/** A process or a buffer. What only looks like one may have an accessor for a name, which is not run. */
function isNamed(value: unknown): value is NetworkProcess | TextBuffer {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.getOwnPropertyDescriptor(value, 'name')?.get) return false;
  return 'pointMin' in value || 'isServer' in value;
}
