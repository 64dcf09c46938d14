import { machines } from '../../hw/profiles/index.ts';
import { figuresOf } from './figures.ts';
import { benchOf, Lab, type Time } from './lab.ts';
import { hostOf, isAssumed, type Host } from './machines.ts';
import { readingOf, type Comparison, type Reading } from './patterns.ts';
import { dependsOnHost, reasonOf } from './reasons.ts';
import { both } from './scenario.ts';
import { scenarioOf } from './scenarios.ts';
import { publishedOf, type Published, type Target } from './target.ts';
import { amountOf, isAbsolute } from './units.ts';

/** What became of a target. */
export type Verdict = 'within' | 'outside' | 'no-scenario';

/** A figure of a target with its prediction; numbers in the unit of the figure. A row with several figures has an outcome for each. */
export interface Outcome {
  readonly source: string;
  readonly cpu: string;
  readonly metric: string;
  /** The figure of the row, where it has several: `L2` of `L1 / L2 / L3`. */
  readonly figure?: string;
  readonly kind: string;
  readonly confidence: string;
  readonly unit: string;
  readonly machine: string | null;
  /** Whether no processor is named and the machine is one of the row's year. */
  readonly assumed: boolean;
  readonly policy: string | null;
  readonly scenario: string | null;
  readonly predicted: number | null;
  /** Middle of what was published; null for a text that begins with no number. */
  readonly published: number | null;
  /** How the error is counted: by itself, in points of the stock kernel's time, or by what is saved of it. */
  readonly basis: 'absolute' | 'relative' | 'saving';
  readonly error: number | null;
  readonly tolerance: number | null;
  /** Whether numbers of the machine or of the kernel were made from this target, or the target only seeds: it proves nothing. */
  readonly fitted: boolean;
  readonly verdict: Verdict;
  /** Why there is no scenario; null where there is one. */
  readonly reason: string | null;
}

/** A target that can be run: machine, scenario and number. */
interface Question {
  readonly row: Target;
  /** The row, or one figure of it. */
  readonly target: Target;
  readonly host: Host;
  readonly reading: Reading;
  readonly published: Published;
}

const RELATIVE_POINTS = 0.05;
const SAVING = 0.1;

/** Runs the scenario of every figure of every target. `onProgress` hears of each target before it is run. */
export function validate(
  targets: readonly Target[],
  onProgress: (text: string) => void = () => {},
): readonly Outcome[] {
  const lab = new Lab();
  const rows = targets.map((target) => figuresOf(target).flatMap((figure) => questionOf(target, figure) ?? []));
  const questions = rows.flat();
  return targets.flatMap((target, i) => {
    if (rows[i].length === 0) return [unanswered(target)];
    onProgress(`${i + 1}/${targets.length} ${target.cpu}: ${target.metric}`);
    return rows[i].map((question) => answer(lab, question, siblingOf(question, questions)));
  });
}

function questionOf(row: Target, target: Target): Question | undefined {
  const [host, reading] = [hostOf(target), readingOf(target.metric, target.unit, target.source)];
  const published = publishedOf(target.value);
  if (host === undefined || reading === undefined || published === undefined) return undefined;
  if (dependsOnHost(target, host)) return undefined;
  return amountOf(target.unit, reading, { ns: 1, cycles: 1 }) === undefined
    ? undefined
    : { row, target, host, reading, published };
}

/** The same figure of the stock kernel from the same source. */
function siblingOf({ target, reading }: Question, all: readonly Question[]): Question | undefined {
  if (reading.policy === 'baseline' || reading.beside === 'absolute') return undefined;
  return all.find(
    (other) =>
      other.reading.policy === 'baseline' &&
      other.target.source === target.source &&
      other.target.cpu === target.cpu &&
      other.target.unit === target.unit &&
      other.reading.compare.kind === 'time' &&
      nameOf(other.reading) === nameOf({ ...reading, policy: 'baseline' }),
  );
}

function answer(lab: Lab, question: Question, sibling: Question | undefined): Outcome {
  const { row, target, host, reading, published } = question;
  const predicted = predict(lab, question);
  if (!Number.isFinite(predicted)) return unanswered(row, `the machine ${host.machine} cannot do this`);
  const middle = (published.low + published.high) / 2;
  const { error, tolerance, basis } =
    sibling === undefined
      ? plainError(question, predicted)
      : errorBeside(
          reading,
          predicted,
          middle,
          predict(lab, sibling),
          (sibling.published.low + sibling.published.high) / 2,
        );
  const scenario = nameOf(reading);
  return {
    ...shared(target),
    metric: row.metric,
    ...(row.metric === target.metric ? {} : { figure: target.metric }),
    machine: host.machine,
    assumed: isAssumed(row.cpu),
    policy: reading.policy,
    scenario,
    predicted,
    published: middle,
    basis,
    error,
    tolerance,
    fitted: target.kind === 'parameter' || (machines[host.machine].fitted ?? []).includes(scenario),
    verdict: Math.abs(error) <= tolerance ? 'within' : 'outside',
    reason: null,
  };
}

interface Judgement {
  readonly error: number;
  readonly tolerance: number;
  readonly basis: Outcome['basis'];
}

/** Deviation from the nearer end of what was published: relative, for percentages in points. */
function plainError({ target, reading, published }: Question, predicted: number): Judgement {
  const tolerance = reading.compare.tolerance ?? scenarioOf(reading.scenario).tolerance;
  const nearest = Math.min(Math.max(predicted, published.low), published.high);
  const error = isAbsolute(target.unit) ? predicted - nearest : predicted / nearest - 1;
  const isBelowMost = isMost(target) && predicted < nearest && predicted > Number(RATIOS.has(reading.compare.kind));
  const isAboveLeast = LEAST.test(target.value) && predicted > nearest;
  return { error: isBelowMost || isAboveLeast ? 0 : error, tolerance, basis: 'absolute' };
}

/** Comparisons that give 1 for two equal runs; others give 0. */
const RATIOS: ReadonlySet<Comparison['kind']> = new Set(['ratio', 'speedup'] as const);

/** Values of which a source publishes the least: more agrees with it. */
const LEAST = /^\s*(?:>|≥|at least|more than|above)/i;

/** Whether a source publishes the largest of its figures: less of the same sign agrees with it, more does not. */
function isMost({ metric, unit }: Target): boolean {
  return /\b(?:up to|at most)\b/i.test(`${metric} ${unit}`);
}

function errorBeside(
  reading: Reading,
  predicted: number,
  published: number,
  stock: number,
  publishedStock: number,
): Judgement {
  if (reading.beside === 'saving')
    return { error: (stock - predicted) / (publishedStock - published) - 1, tolerance: SAVING, basis: 'saving' };
  return { error: predicted / stock - published / publishedStock, tolerance: RELATIVE_POINTS, basis: 'relative' };
}

/** The number that the simulator gives in place of the published one, in its unit. */
function predict(lab: Lab, { target, host, reading }: Question): number {
  const { compare } = reading;
  const time = timeOf(lab, host, reading, compare.first ?? {});
  const made =
    compare.kind === 'time' ? time : compared(compare, time, timeOf(lab, host, reading, compare.against ?? {}));
  return amountOf(target.unit, reading, made)!;
}

function timeOf(lab: Lab, host: Host, reading: Reading, variant: NonNullable<Comparison['against']>): Time {
  const { policy = reading.policy, ...rest } = variant;
  return scenarioOf(reading.scenario).time(benchOf(lab, { ...host, ...rest }, policy), reading.args);
}

/** Two times made one: shares and ratios stand in both fields. */
function compared({ kind, rate = 0 }: Comparison, first: Time, against: Time): Time {
  if (kind === 'saving') return { ns: first.ns - against.ns, cycles: first.cycles - against.cycles };
  if (kind === 'load') return both(((first.ns - against.ns) / 1e9) * rate * 100);
  if (kind === 'rise') return both((first.ns / against.ns - 1) * 100);
  if (kind === 'change') return both((against.ns / first.ns - 1) * 100);
  if (kind === 'gain') return both((1 - against.ns / first.ns) * 100);
  return both(first.ns / against.ns);
}

/** A scenario with its arguments, what is compared, and the policy if it is not the stock kernel. */
export function nameOf({ scenario, args, compare, policy }: Reading): string {
  const under = compare.against?.policy ?? policy;
  return [
    scenario,
    ...args,
    ...(compare.kind === 'time' ? [] : [compare.kind]),
    ...(under === 'baseline' ? [] : [`@${under}`]),
  ].join(' ');
}

function shared({ source, cpu, metric, kind, confidence, unit }: Target) {
  return { source, cpu, metric, kind, confidence, unit };
}

function unanswered(target: Target, reason = reasonOf(target)): Outcome {
  const published = publishedOf(target.value);
  return {
    ...shared(target),
    machine: null,
    assumed: false,
    policy: null,
    scenario: null,
    predicted: null,
    published: published === undefined ? null : (published.low + published.high) / 2,
    basis: 'absolute',
    error: null,
    tolerance: null,
    fitted: false,
    verdict: 'no-scenario',
    reason,
  };
}
