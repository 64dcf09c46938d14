import type { Bench, Sample, Time } from './lab.ts';

/** Asks the lab for an operation on the machine of the target, under its policy unless another is named. */
export type { Ask, Bench } from './lab.ts';

/** What a scenario gives: a time, or a number whose unit `units.ts` knows by this name. */
export type Quantity = 'time' | 'count' | 'ipc' | 'bytes' | 'share';

/** What a target is compared with: operations that are run, and what is made of their times. */
export interface Scenario {
  readonly doc: string;
  /** Largest deviation that counts as agreement, relative; of published comparisons of such figures. Of shares in points. */
  readonly tolerance: number;
  /** A time if absent; other numbers stand in both fields of what `time` gives. */
  readonly gives?: Quantity;
  /** `args` are numbers that the metric names, such as processes and KiB. */
  readonly time: (bench: Bench, args: readonly number[]) => Time;
}

/** Largest deviation of an operation without switches, and of one with them, that counts as agreement. */
export const QUIET = 0.15;
/** As `QUIET`, where threads switch or cores wait for each other. */
export const SWITCHING = 0.25;

/**
 * The prefetchers of a machine, for programs that go through memory in order; elsewhere they are off, as in the machines that come with ringsim, for
 * the speed of runs (docs/adr/0016-prefetch.md).
 */
export const prefetchersOf = ({ profile }: Bench): Readonly<Record<string, number>> =>
  profile.prefetching === undefined ? {} : { prefetching: 1 };

/** The difference of two times. */
export const difference = (a: Time, b: Time): Time => ({ ns: a.ns - b.ns, cycles: a.cycles - b.cycles });
/** The sum of two times. */
export const sumOfTimes = (a: Time, b: Time): Time => ({ ns: a.ns + b.ns, cycles: a.cycles + b.cycles });
/** So many times a time. */
export const scaled = ({ ns, cycles }: Time, factor: number): Time => ({ ns: ns * factor, cycles: cycles * factor });
/** A number that is no time: it stands in both fields. */
export const both = (value: number): Time => ({ ns: value, cycles: value });
/** A scenario that runs one operation. */
export const simple = (operation: string, doc: string, tolerance = QUIET): Scenario => ({
  doc,
  tolerance,
  time: ({ ask }) => ask(operation),
});
/** A scenario that runs one operation with a number of the metric as a parameter. */
export const sized = (operation: string, param: string, doc: string, otherwise = 1): Scenario => ({
  doc,
  tolerance: QUIET,
  time: ({ ask }, [size = otherwise]) => ask(operation, { params: { [param]: size } }),
});
/** A scenario that divides the time of a batch by its size. */
export const batched = (operation: string, doc: string): Scenario => ({
  doc,
  tolerance: QUIET,
  time: ({ ask }, [batch = 1]) => scaled(ask(operation, { params: { batch } }), 1 / batch),
});
/** A number that one run gives. */
export const counted = (
  gives: Quantity,
  doc: string,
  tolerance: number,
  value: (bench: Bench, args: readonly number[]) => number,
): Scenario => ({ doc, tolerance, gives, time: (bench, args) => both(value(bench, args)) });

/** Sum of metrics of a run by their names. */
export const sumOf = (sample: Sample, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + sample.value(name), 0);
