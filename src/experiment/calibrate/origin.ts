import type { MachineProfile } from '../../hw/profile.ts';
import { sourced, type Confidence, type Sourced } from '../../hw/profile.ts';
import { spreadOf, valuesOf, type Readings, type Spread } from './readings.ts';

/** What the derivations share: readings, the profile that the rest is taken from, and the core's clock in each run. */
export interface Origin {
  readonly readings: Readings;
  readonly base: MachineProfile;
  /** `measured on this host, DATE, COMPILER, Linux KERNEL`: start of every source. */
  readonly text: string;
  /** Core clock by run [GHz], of dependent additions of a cycle each. */
  readonly gigahertz: ReadonlyMap<number, number>;
}

/** Parts of a profile by dotted path, and what the reader should know about them. */
export interface Derived {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

const ADDITIONS = 16;
/** How far from a whole number a number still counts as whole: 3.99 cycles are 4, not 3 to 4. */
const WHOLE = 0.25;

/** The origin of what is derived from readings; undefined when they do not tell the core's clock. */
export function originOf(readings: Readings, base: MachineProfile): Origin | undefined {
  const additions = valuesOf(readings, 'additions16');
  if (additions.size === 0) return undefined;
  const { date = 'date unknown', compiler = 'compiler unknown', kernel = 'unknown' } = readings.facts;
  const gigahertz = new Map([...additions].map(([run, ns]) => [run, ADDITIONS / ns]));
  return { readings, base, text: `measured on this host, ${date}, ${compiler}, Linux ${kernel}`, gigahertz };
}

/** A reading in cycles of the core, each run by its own clock. */
export function cyclesOf({ readings, gigahertz }: Origin, name: string): ReadonlyMap<number, number> {
  const cycles = [...valuesOf(readings, name)].map(([run, ns]) => [run, ns * (gigahertz.get(run) ?? NaN)] as const);
  return new Map(cycles.filter(([, value]) => !Number.isNaN(value)));
}

/** Runs that have both readings, combined. */
export function combine(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number>,
  of: (a: number, b: number) => number,
): number[] {
  return [...a].filter(([run]) => b.has(run)).map(([run, value]) => of(value, b.get(run)!));
}

/** Numbers of several runs as a part of a profile, in whole cycles or nanoseconds; undefined without numbers. */
export function measuredLeaf(
  origin: Origin,
  values: readonly number[],
  confidence: Confidence,
  text: (spread: Spread) => string,
): Sourced | undefined {
  const spread = spreadOf(values);
  if (spread === undefined) return undefined;
  const { value, range } = spread;
  return sourced(
    Math.round(value),
    [
      Math.min(Math.round(value), Math.floor(range[0] + WHOLE)),
      Math.max(Math.round(value), Math.ceil(range[1] - WHOLE)),
    ],
    confidence,
    `${origin.text}: ${text(spread)}`,
  );
}

/** `119 ns`, `1.24 ns`: three digits. */
export function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
