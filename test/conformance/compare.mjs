// What makes two transcripts equal: the same JSON values, but for how filter output was cut and empty entries.

const isObject = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);
const isNothing = (v) => v === null || v === undefined;

/** Brings a transcript into the form that is compared. */
export function canonical(transcript) {
  const logs = Object.entries(transcript.events ?? {}).filter(([, log]) => Array.isArray(log) && log.length > 0);
  return {
    id: transcript.id,
    steps: (transcript.steps ?? []).filter((step) => isObject(step) && Object.keys(step).length > 0),
    events: Object.fromEntries(logs.map(([id, log]) => [id, joinFilters(log)])),
  };
}

/** Calls of a filter in a row with the same kind of text are one entry. */
function joinFilters(log) {
  const joined = [];
  for (const event of log) {
    const last = joined.at(-1);
    if (isFilter(event) && isFilter(last) && last.multibyte === event.multibyte) {
      joined[joined.length - 1] = { ...last, filter: last.filter + event.filter };
    } else {
      joined.push(event);
    }
  }
  return joined;
}

const isFilter = (event) => isObject(event) && typeof event.filter === 'string';

/** Lists where two canonical transcripts differ, one line each; null and absent are the same. */
export function differences(wanted, got) {
  return [...walk(wanted, got, '')].map((line) => nameStep(line, wanted, got));
}

function* walk(wanted, got, path) {
  if (isNothing(wanted) && isNothing(got)) return;
  if (Array.isArray(wanted) && Array.isArray(got)) {
    for (let i = 0; i < Math.max(wanted.length, got.length); i++) {
      if (i >= got.length) yield `${path}[${i}]: missing ${show(wanted[i])}`;
      else if (i >= wanted.length) yield `${path}[${i}]: unexpected ${show(got[i])}`;
      else yield* walk(wanted[i], got[i], `${path}[${i}]`);
    }
  } else if (isObject(wanted) && isObject(got)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
      const [a, b] = [wanted, got].map((o) => (Object.hasOwn(o, key) ? o[key] : null));
      yield* walk(a, b, path ? `${path}.${key}` : key);
    }
  } else if (wanted !== got) {
    yield `${path}: want ${show(wanted)}, got ${show(got)}`;
  }
}

/** `steps[3]` is an entry of the transcript; people look for the step of the scenario. */
function nameStep(line, wanted, got) {
  return line.replace(/^steps\[(\d+)\]/, (place, i) => {
    const step = wanted.steps[i] ?? got.steps[i];
    if (!step) return place;
    return `step ${step.step} (${step.op}${step.label ? ` '${step.label}'` : ''})`;
  });
}

function show(v) {
  if (v === undefined) return 'nothing';
  const text = ascii(v);
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

/** JSON in ASCII; lone surrogates stand for bytes and must stay visible. */
export function ascii(v, indent) {
  return JSON.stringify(v, null, indent).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
