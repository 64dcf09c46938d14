import type { Beside, Comparison } from './patterns.ts';
import type { ScenarioName } from './scenarios.ts';

/** What a topic reads in a metric: the first pattern that fits says which scenario is run, and what is compared. */
export interface Pattern {
  readonly match: RegExp;
  /** Units of figures that it reads; all of them if absent. */
  readonly unit?: RegExp;
  readonly scenario: ScenarioName;
  /** Numbers for the scenario; those in the groups of `match` if absent. */
  readonly args?: readonly number[];
  /** The policy of the only run; that which the metric names if absent. */
  readonly policy?: string;
  /** How a time under another policy is compared with that of the stock kernel; by itself if absent. */
  readonly beside?: Beside;
  /** What is compared, by the policy that the row is about; one run if absent. */
  readonly compare?: (policy: string) => Comparison;
}

type Comparing = (policy: string) => Comparison;

/** The rise of a rate under a policy, in points. */
export const riseUnder =
  (tolerance: number): Comparing =>
  (policy) => ({ kind: 'rise', against: { policy }, tolerance });
/** How much larger a number is under a policy, in points. */
export const change =
  (tolerance: number): Comparing =>
  (policy) => ({ kind: 'change', against: { policy }, tolerance });
/** How many times as fast something is under a policy. */
export const speedup =
  (tolerance: number): Comparing =>
  (policy) => ({ kind: 'speedup', against: { policy }, tolerance });
/** How much longer something takes with separate page tables, in points. */
export const ofKpti =
  (tolerance: number): Comparing =>
  () => ({ kind: 'rise', first: { kpti: true }, against: { kpti: false }, tolerance });
