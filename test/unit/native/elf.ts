import { readFileSync } from 'node:fs';

/** What a shared library for Linux asks of others, and offers them. */
export interface Library {
  /** Libraries that it must find (DT_NEEDED). */
  readonly needed: readonly string[];
  /** Names that others must define. */
  readonly wanted: readonly string[];
  readonly offered: readonly string[];
  /** As the header says: 62 for x86-64, 183 for AArch64. */
  readonly machine: number;
}

interface Section {
  readonly type: number;
  readonly bytes: Buffer;
  readonly link: number;
}

const [sectionDynamic, sectionSymbols, tagNeeded] = [6, 11, 1n];

/** Reads a library of 64 bits, little-endian. @see elf(5) */
export function readLibrary(path: string): Library {
  const file = readFileSync(path);
  const sections = sectionsOf(file);
  const dynamic = sections.find(({ type }) => type === sectionDynamic)!;
  const symbols = sections.find(({ type }) => type === sectionSymbols)!;
  const names = entries(symbols.bytes, 24)
    .map((entry) => ({
      name: text(sections[symbols.link]!.bytes, entry.readUInt32LE(0)),
      isWanted: entry.readUInt16LE(6) === 0,
    }))
    .filter(({ name }) => name !== '');
  return {
    needed: entries(dynamic.bytes, 16)
      .filter((entry) => entry.readBigUInt64LE(0) === tagNeeded)
      .map((entry) => text(sections[dynamic.link]!.bytes, Number(entry.readBigUInt64LE(8)))),
    wanted: names.filter(({ isWanted }) => isWanted).map(({ name }) => name),
    offered: names.filter(({ isWanted }) => !isWanted).map(({ name }) => name),
    machine: file.readUInt16LE(18),
  };
}

function sectionsOf(file: Buffer): Section[] {
  const start = Number(file.readBigUInt64LE(40));
  const [size, count] = [file.readUInt16LE(58), file.readUInt16LE(60)];
  return entries(file.subarray(start, start + size * count), size).map((header) => {
    const at = Number(header.readBigUInt64LE(24));
    const length = Number(header.readBigUInt64LE(32));
    return { type: header.readUInt32LE(4), bytes: file.subarray(at, at + length), link: header.readUInt32LE(40) };
  });
}

function entries(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

function text(strings: Buffer, at: number): string {
  return strings.toString('latin1', at, strings.indexOf(0, at));
}
