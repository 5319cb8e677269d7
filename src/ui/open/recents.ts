import type { ChosenOptions } from '../options/chosenOptions';
import { addressKinds, type AddressKind } from './addressKind';
import type { AddressRole } from './parseAddress';

/** Where they are kept between windows; `vscode.Memento` is one. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

/** An address that was opened, as `parseAddress` labels it. */
export interface Recent {
  readonly kind: AddressKind;
  readonly role: AddressRole;
  /** The protocol of STARTTLS, or the command of a shell. */
  readonly by?: string;
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Socket options that it was opened with. */
  readonly options?: ChosenOptions;
}

const key = 'recentAddresses';
/** Of each kind, protocol or command, and role. */
const most = 20;

/** The addresses opened last, newest first, at most 20 for each kind, protocol or command, and role. */
export class Recents {
  constructor(private readonly memory: Memory) {}

  list(kind: AddressKind, role: AddressRole, by?: string): Recent[] {
    return this.all().filter((r) => r.kind === kind && r.role === role && r.by === by);
  }

  /** By which protocols or commands such a kind was opened, the last one first. */
  lastBy(kind: AddressKind): string[] {
    return [...new Set(this.all().flatMap((r) => (r.kind === kind && r.by !== undefined ? [r.by] : [])))];
  }

  /** The kind opened last in that role. */
  lastKind(role: AddressRole): AddressKind | undefined {
    return this.all().find((r) => r.role === role)?.kind;
  }

  async add(recent: Recent): Promise<void> {
    const others = this.all().filter((r) => !isSame(r, recent));
    const alike = others.filter((r) => r.kind === recent.kind && r.role === recent.role && r.by === recent.by);
    const full = alike.slice(most - 1);
    await this.memory.update(key, [recent, ...others.filter((r) => !full.includes(r))]);
  }

  async remove(recent: Recent): Promise<void> {
    await this.memory.update(
      key,
      this.all().filter((r) => !isSame(r, recent)),
    );
  }

  /** What another version of us stored may look different: only what fits counts. */
  private all(): Recent[] {
    const stored = this.memory.get(key);
    return Array.isArray(stored) ? stored.filter(isRecent) : [];
  }
}

function isSame(a: Recent, b: Recent): boolean {
  return a.kind === b.kind && a.role === b.role && a.by === b.by && a.label === b.label;
}

function isRecent(value: unknown): value is Recent {
  const { kind, role, by, label, time, options } = (value ?? {}) as Record<keyof Recent, unknown>;
  return (
    (addressKinds as readonly unknown[]).includes(kind) &&
    (role === 'client' || role === 'server') &&
    (by === undefined || typeof by === 'string') &&
    typeof label === 'string' &&
    typeof time === 'number' &&
    (options === undefined || (typeof options === 'object' && options !== null))
  );
}
