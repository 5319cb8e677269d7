/** Most parameters of one SGR sequence that are looked at. */
const mostParameters = 32;

/** Simple parameters by the aspect of the style that they set; a later one replaces an earlier one. */
const aspects: Readonly<Record<string, readonly string[]>> = {
  bold: ['1'],
  dim: ['2'],
  italic: ['3'],
  underline: ['4', '21', '4:0', '4:1', '4:2', '4:3', '4:4', '4:5'],
  blink: ['5', '6'],
  inverse: ['7'],
  struck: ['9'],
  overlined: ['53'],
  foreground: colors(30, 90),
  background: colors(40, 100),
};
const aspectOf = new Map(Object.entries(aspects).flatMap(([aspect, all]) => all.map((one) => [one, aspect])));

/** Aspects that a parameter ends. */
const ends: Readonly<Record<string, readonly string[]>> = {
  '22': ['bold', 'dim'],
  '23': ['italic'],
  '24': ['underline'],
  '25': ['blink'],
  '27': ['inverse'],
  '29': ['struck'],
  '39': ['foreground'],
  '49': ['background'],
  '55': ['overlined'],
  '59': ['underlineColor'],
};

const colorAspects: Readonly<Record<string, string>> = { 38: 'foreground', 48: 'background', 58: 'underlineColor' };
const color = /^(?:38|48|58)(?:[:;]5[:;]\d{1,3}|;2(?:;\d{1,3}){3}|:2:(?:\d{0,3}:)?\d{1,3}:\d{1,3}:\d{1,3})$/;

function colors(normal: number, bright: number): string[] {
  return Array.from({ length: 16 }, (_, i) => String(i < 8 ? normal + i : bright + i - 8));
}

/** One parameter, or those of one colour: what it ends, and what it sets. */
interface Step {
  readonly ends: readonly string[] | 'all';
  readonly sets?: readonly [aspect: string, parameters: string];
}

/** What is left of a sequence. */
interface Reading {
  /** The sequence without what is unknown or hides text (8); empty when nothing is left. */
  readonly passed: string;
  readonly isAll: boolean;
  readonly steps: readonly Step[];
}

/** Peers use few different ones, again and again. */
const readings = new Map<string, Reading>();
const mostReadings = 500;

/** The colours and attributes that a peer has set (SGR, `CSI … m`), so that they can be set again. */
export class TextStyle {
  private readonly set = new Map<string, string>();

  /** Takes the parameters of one sequence; returns what to let through, and whether that is all. */
  apply(parameters: string): Pick<Reading, 'passed' | 'isAll'> {
    const reading = readings.get(parameters) ?? read(parameters);
    for (const { ends, sets } of reading.steps) {
      if (ends === 'all') this.set.clear();
      else for (const aspect of ends) this.set.delete(aspect);
      if (sets) this.set.set(...sets);
    }
    return reading;
  }

  /** The sequence that brings the default style to this one; empty for the default. */
  get sequence(): string {
    return this.set.size > 0 ? `\x1b[${[...this.set.values()].join(';')}m` : '';
  }

  reset(): void {
    this.set.clear();
  }
}

function read(parameters: string): Reading {
  const all = parameters.split(';').map((p) => p.replace(/^0+(?=\d)/, ''));
  const known: string[] = [];
  const steps: Step[] = [];
  let isAll = all.length <= mostParameters;
  all.length = Math.min(all.length, mostParameters);
  for (let i = 0; i < all.length;) {
    const taken = all.slice(i, i + colorLength(all, i)).join(';');
    i += colorLength(all, i);
    const step = stepOf(taken);
    if (step) {
      steps.push(step);
      known.push(taken);
    } else isAll = false;
  }
  const reading = { passed: known.length > 0 ? `\x1b[${known.join(';')}m` : '', isAll, steps };
  if (readings.size >= mostReadings) readings.clear();
  readings.set(parameters, reading);
  return reading;
}

function stepOf(taken: string): Step | undefined {
  if (taken === '' || taken === '0') return { ends: 'all' };
  const ended = ends[taken];
  if (ended) return { ends: ended };
  const aspect = color.test(taken) ? colorAspects[taken.slice(0, 2)] : aspectOf.get(taken);
  return aspect === undefined ? undefined : { ends: [], sets: [aspect, taken] };
}

/**
 * How many parameters from `i` on belong together: `38;5;n` and `38;2;r;g;b` do. Of a broken one the parts are not read as
 * parameters of their own.
 */
function colorLength(all: readonly string[], i: number): number {
  if (!Object.hasOwn(colorAspects, all[i] ?? '')) return 1;
  return all[i + 1] === '5' ? 3 : all[i + 1] === '2' ? 5 : 1;
}
