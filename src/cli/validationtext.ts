import type { Outcome, Verdict } from '../experiment/validate/validate.ts';
import { alignColumns } from './text.ts';

/** Counts of verdicts over some outcomes. */
type Counts = Readonly<Record<Verdict, number>>;

/** How many targets of each kind came out how. `predicted` are those that prove something: neither fitted nor recalled. */
export interface ValidationSummary {
  readonly predicted: Counts;
  readonly fitted: Counts;
  readonly recalled: Counts;
}

/** Sorts outcomes by what they prove, and counts their verdicts. Targets without a scenario count as predicted, or recalled. */
export function summaryOf(outcomes: readonly Outcome[]): ValidationSummary {
  const of = (role: string): Counts => countsOf(outcomes.filter((outcome) => roleOf(outcome) === role));
  return { predicted: of('predicted'), fitted: of('fitted'), recalled: of('recalled') };
}

/** What an agreement would prove: nothing for a fitted target, little for a recalled one. */
function roleOf({ fitted, confidence }: Outcome): keyof ValidationSummary {
  if (fitted) return 'fitted';
  return confidence.startsWith('recalled') ? 'recalled' : 'predicted';
}

function countsOf(outcomes: readonly Outcome[]): Counts {
  const count = (verdict: Verdict): number => outcomes.filter((outcome) => outcome.verdict === verdict).length;
  return { within: count('within'), outside: count('outside'), 'no-scenario': count('no-scenario') };
}

/** The table of predictions, the widest of the mark first, and the counts below it. */
export function validationText(outcomes: readonly Outcome[], showsAll: boolean): string {
  const answered = outcomes.filter(({ verdict }) => verdict !== 'no-scenario');
  const sorted = answered.toSorted((a, b) => missOf(b) - missOf(a));
  const rows = sorted.map((outcome) => rowOf(outcome));
  const header = [
    'source',
    'metric',
    'machine',
    'scenario',
    'published',
    'predicted',
    'unit',
    'error',
    'band',
    'role',
    'verdict',
  ];
  const without = outcomes.filter(({ verdict }) => verdict === 'no-scenario');
  const rest = showsAll
    ? without.map(({ source, cpu, metric, reason }) => `no scenario: ${source}; ${cpu}; ${metric}: ${reason}`)
    : [];
  return [alignColumns([header, ...rows]), ...rest, '', countText(summaryOf(outcomes))].join('\n');
}

/** Deviation in bands. */
function missOf({ error, tolerance }: Outcome): number {
  return Math.abs(error!) / tolerance!;
}

const LONGEST = 44;

function rowOf(outcome: Outcome): string[] {
  const {
    source,
    metric,
    figure = metric,
    machine,
    scenario,
    published,
    predicted,
    unit,
    error,
    tolerance,
    basis,
    verdict,
    assumed,
  } = outcome;
  const isPoints = unit.startsWith('%') && basis === 'absolute';
  const signed = (value: number): string => (isPoints ? value.toFixed(1) : `${(value * 100).toFixed(0)} %`);
  return [
    source.slice(0, LONGEST),
    figure.slice(0, LONGEST),
    assumed ? `~${machine}` : machine!,
    scenario!,
    short(published!),
    short(predicted!),
    unit,
    `${error! > 0 ? '+' : ''}${signed(error!)}`,
    `${signed(tolerance!)}${basis === 'absolute' ? '' : basis === 'relative' ? ' of stock' : ' of saving'}`,
    roleOf(outcome),
    verdict,
  ];
}

function short(value: number): string {
  return Math.abs(value) >= 1e5 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
}

const countLine = (what: string, { within, outside, 'no-scenario': none }: Counts): string =>
  `${what}: ${within} within, ${outside} outside, ${none} without a scenario`;

function countText({ predicted, fitted, recalled }: ValidationSummary): string {
  return [
    countLine('predicted', predicted),
    countLine('fitted or parameters (agreement proves nothing)', fitted),
    countLine('recalled (never count as validation)', recalled),
  ].join('\n');
}
