import type { TrustRecord, TrustStore } from '../api';

/**
 * What is remembered of hosts: for good in the store, else until the program ends. Other programs may have the same store,
 * so it is read before each use: what they added is not overwritten, and what they removed does not come back.
 *
 * @see Emacs Lisp manual, "Network Security Manager": `nsm-settings-file`
 */
export class TrustMemory {
  /** Map, so that a host of any name is an ordinary one. */
  private readonly lasting = new Map<string, TrustRecord>();
  private readonly session = new Map<string, TrustRecord>();

  /** @param saveFailed Told what a store threw: nobody waits for it, and what was decided holds all the same. */
  constructor(private readonly saveFailed: (error: unknown) => void) {}

  /** Null keeps nothing beyond the program. */
  private kept: TrustStore | null = null;

  get store(): TrustStore | null {
    return this.kept;
  }

  set store(store: TrustStore | null) {
    this.kept = store;
    this.lasting.clear();
  }

  find(host: string): TrustRecord | null {
    this.load();
    return this.session.get(host) ?? this.lasting.get(host) ?? null;
  }

  /** As `find`, leaving out what holds until the program ends only. */
  findLasting(host: string): TrustRecord | null {
    this.load();
    return this.lasting.get(host) ?? null;
  }

  all(): TrustRecord[] {
    this.load();
    const records = new Map([...this.lasting, ...this.session]).values();
    // Copies: whoever lists them changes nothing here, or in what the store has in hand.
    return [...records].map((one) => ({ ...one, keys: [...one.keys], conditions: [...one.conditions] }));
  }

  remember(record: TrustRecord): void {
    if (!record.lasting) return void this.session.set(record.host, record);
    try {
      this.load();
      this.session.delete(record.host);
      this.lasting.set(record.host, record);
      this.save();
    } catch (error) {
      this.session.set(record.host, { ...record, lasting: false });
      this.saveFailed(error);
    }
  }

  /** @throws what the store throws: then it is still known */
  forget(host: string): boolean {
    this.load();
    const isKnown = this.session.delete(host);
    if (!this.lasting.delete(host)) return isKnown;
    this.save();
    return true;
  }

  /** What is for good, as the store has it now. Without one it is kept here. */
  private load(): void {
    if (!this.kept) return;
    const records = this.kept.load() ?? [];
    this.lasting.clear();
    for (const record of records) if (isRecord(record)) this.lasting.set(record.host, record);
  }

  private save(): void {
    this.kept?.save([...this.lasting.values()]);
  }
}

/** What a store gives may have been changed by hand. */
function isRecord(value: unknown): value is TrustRecord {
  const { host, keys, conditions } = (value ?? {}) as Partial<Record<string, unknown>>;
  const areTexts = (list: unknown): boolean => Array.isArray(list) && list.every((one) => typeof one === 'string');
  return typeof host === 'string' && areTexts(keys) && areTexts(conditions);
}
