/** One reading of the probe in one of its runs. */
export interface Reading {
  /** Counted from 1. */
  readonly run: number;
  readonly name: string;
  /** What was varied: bytes of a working set, number of pages; 0 where nothing is. */
  readonly param: number;
  /** Lower quartile over the batches of the run, in `unit`. */
  readonly value: number;
  readonly least: number;
  readonly unit: string;
}

/** Something the probe could not measure, in its own words. */
export interface Missing {
  readonly name: string;
  readonly reason: string;
}

/** A line that is none of the probe's. */
export interface MalformedLine {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** What a host says of itself and what the probe read on it in all runs. */
export interface Readings {
  /** `kernel`, `cpu.vendor`, `cache.0`, `vulnerability.meltdown`, ...: see `hostFacts`. */
  readonly facts: Readonly<Record<string, string>>;
  readonly runs: number;
  readonly readings: readonly Reading[];
  readonly missing: readonly Missing[];
  readonly malformed: readonly MalformedLine[];
}

/** A number measured in several runs: the median of the runs, and the least and the largest. */
export interface Spread {
  readonly value: number;
  readonly range: readonly [low: number, high: number];
}

/**
 * Reads what `readingsText` wrote: tab-separated lines `fact KEY VALUE`, `run N` before the output of each run of the probe,
 * `reading NAME PARAM P25 MIN UNIT` and `missing NAME REASON`. Lines of any other form are listed, never fatal.
 */
export function parseReadings(text: string): Readings {
  const facts: Record<string, string> = {};
  const readings: Reading[] = [];
  const missing = new Map<string, Missing>();
  const malformed: MalformedLine[] = [];
  let run = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const [kind, name, ...rest] = line.split('\t');
    const found = kind === 'reading' ? parseReading(run, name, rest) : undefined;
    if (kind === 'fact' && name !== undefined) facts[name] = rest.join('\t');
    else if (kind === 'run' && Number(name) > 0) run = Number(name);
    else if (kind === 'missing' && rest.length > 0) missing.set(name, { name, reason: rest.join(' ') });
    else if (found !== undefined) readings.push(found);
    else if (line.trim() !== '') malformed.push({ line: index + 1, text: line.slice(0, 120) });
  }
  return { facts, runs: run, readings, missing: [...missing.values()], malformed };
}

function parseReading(run: number, name: string | undefined, fields: readonly string[]): Reading | undefined {
  const [param, value, least] = fields.slice(0, 3).map(Number);
  const unit = fields[3];
  const isSound = [param, value, least].every((number) => number >= 0 && number < Infinity);
  if (name === undefined || name === '' || unit === undefined || !isSound || run === 0) return undefined;
  return { run, name, param, value, least, unit };
}

/** Facts and the outputs of the runs as text that `parseReadings` reads: what is kept of a calibration. */
export function readingsText(facts: Readings['facts'], outputs: readonly string[]): string {
  const about = Object.entries(facts).map(([key, value]) => `fact\t${key}\t${value.replaceAll(/\s+/g, ' ')}\n`);
  return [...about, ...outputs.map((output, index) => `run\t${index + 1}\n${output}`)].join('');
}

/** Median, least and largest; of two middle numbers the smaller, since other work only slows. Undefined without any number. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return { value: sorted[(sorted.length - 1) >> 1], range: [sorted[0], sorted[sorted.length - 1]] };
}

/** Median of ascending numbers. */
export function medianOf(sorted: readonly number[]): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The values of a reading by run; runs that lack it are absent. */
export function valuesOf({ readings }: Readings, name: string): ReadonlyMap<number, number> {
  return new Map(readings.filter((reading) => reading.name === name).map(({ run, value }) => [run, value]));
}
