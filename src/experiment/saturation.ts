import type { RunResult, RunSpec } from '../archive/rows.ts';

/** What is searched for: the largest arrival rate at which the 99th percentile of latency keeps below a limit. */
export interface SaturationSearch {
  /** Rates in requests a second between which it lies; `low` should hold, `high` should not. */
  readonly low: number;
  readonly high: number;
  /** Limit of p99 in microseconds, counted from the intended start of each request. */
  readonly limitUs: number;
  /** Where the search stops: relative distance of the rate that held and the one that did not. */
  readonly tolerance: number;
}

/** What was found for one server; `isBounded` is false when even the highest rate held, or not even the lowest did. */
export interface SaturationPoint {
  /** Largest rate that held, in requests a second; 0 when not even the lowest did. */
  readonly rate: number;
  /** p99 in microseconds and throughput in requests a second at that rate. */
  readonly p99Us: number;
  readonly throughput: number;
  readonly runs: number;
  readonly isBounded: boolean;
}

/**
 * A server that answers less than this share of the mean rate does not keep up, whatever the latency of what it answers. Far below 1, as
 * arrivals in bursts come to less than their mean in a short run; a backlog shows in p99, which counts from the intended start.
 */
const KEEPS_UP = 0.5;

/** State of the search for one server. */
interface Bracket {
  holds: Trial;
  fails: number;
  runs: number;
}

/** One run of it. */
interface Trial {
  readonly rate: number;
  readonly p99Us: number;
  readonly throughput: number;
  readonly isHeld: boolean;
}

const NOTHING: Trial = { rate: 0, p99Us: 0, throughput: 0, isHeld: false };

/**
 * Bisects the rate of every server at once, one list of runs a step, so that workers share them. Deterministic: rates depend on the search
 * and on results alone. `runAll` gives results in the order of the specs.
 */
export async function saturate(
  specs: readonly RunSpec[],
  search: SaturationSearch,
  runAll: (specs: readonly RunSpec[]) => Promise<readonly RunResult[]>,
): Promise<SaturationPoint[]> {
  const { low, high } = search;
  const brackets = specs.map((): Bracket => ({ holds: NOTHING, fails: Infinity, runs: 0 }));
  const tryAt = async (rateOf: (bracket: Bracket) => number | undefined): Promise<boolean> => {
    const rates = brackets.map(rateOf);
    const chosen = [...rates.keys()].filter((i) => rates[i] !== undefined);
    const results = await runAll(chosen.map((i) => atRate(specs[i], rates[i]!)));
    results.forEach((result, k) => learn(brackets[chosen[k]], trialOf(result, rates[chosen[k]]!, search)));
    return chosen.length > 0;
  };
  await tryAt(() => low);
  await tryAt(({ holds }) => (holds.isHeld ? high : undefined));
  while (await tryAt((bracket) => nextRate(bracket, search)));
  return brackets.map(({ holds: { rate, p99Us, throughput }, fails, runs }) => {
    return { rate, p99Us, throughput, runs, isBounded: rate > 0 && fails < Infinity };
  });
}

/** The middle of the bracket, a whole number; undefined when the search is over. */
function nextRate({ holds, fails }: Bracket, { tolerance }: SaturationSearch): number | undefined {
  if (!holds.isHeld || fails === Infinity || fails / holds.rate <= 1 + tolerance) return undefined;
  const middle = Math.round(Math.sqrt(fails * holds.rate));
  return middle === holds.rate || middle === fails ? undefined : middle;
}

function learn(bracket: Bracket, trial: Trial): void {
  bracket.runs++;
  if (trial.isHeld) bracket.holds = trial;
  else bracket.fails = trial.rate;
}

function atRate(spec: RunSpec, rate: number): RunSpec {
  return { ...spec, config: { ...spec.config, params: { ...spec.config.params, ratePerSecond: rate } } };
}

function trialOf({ metrics }: RunResult, rate: number, { limitUs }: SaturationSearch): Trial {
  const value = (name: string): number => metrics.find((row) => row.name === name)?.value ?? 0;
  const [p99Us, throughput] = [value('latency.p99'), value('throughput')];
  return { rate, p99Us, throughput, isHeld: throughput >= KEEPS_UP * rate && p99Us <= limitUs };
}
