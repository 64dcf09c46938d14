import type { Scalar, SummaryRow } from '../archive/rows.ts';
import { finding } from './finding.ts';
import { levelLabel, percent } from './labels.ts';
import { layoutOf } from './layout.ts';
import type { Layout } from './layout.ts';
import { signOf } from './numbers.ts';
import { levelsOf, metricsOf, rowsOf, settingFactors } from './study.ts';

/** What the screen needs beside the summary. */
export interface ClosingContext {
  /** Folder of the results, as the reader would type it. */
  readonly directory: string;
  /** Machine of the study when it is not one of its factors. */
  readonly machine?: string;
  /** Paths of the figures that were written. */
  readonly figures?: readonly string[];
  /** Runs that failed, which the numbers leave out. */
  readonly failed?: number;
}

/** Two sentences with the study's answer in numbers, then what the numbers rest on and where the files are. It says "no gain" when there is none. */
export function closingScreen(rows: readonly SummaryRow[], context: ClosingContext): string {
  const answer =
    rows.length > 0 ? findings(rows, context.machine) : ['No run has finished, so there is nothing to report.'];
  return `${[answer.join(' '), ...evidence(rows, context), ...whereabouts(context)].join('\n')}\n`;
}

/**
 * A sentence for each level of the factor that splits the study in two. Without one, or when the headline metric shows no
 * difference at all (as throughput at a fixed arrival rate), a sentence on that metric and one on the tail.
 */
function findings(rows: readonly SummaryRow[], machine: string | undefined): string[] {
  const layout = layoutOf(rows, undefined, []);
  const [headline = '', second] = headlines(rows);
  const split = splitOf(rows, layout);
  const on = machine === undefined ? '' : `on ${machine}`;
  if (split !== undefined && differs(rows, headline)) {
    return splitLevels(rows, split).map((level, i) => {
      const part = rows.filter((row) => row.itervars[split] === level);
      return finding(part, headline, layout, leadOf([i === 0 ? on : '', splitLead(split, level)]));
    });
  }
  const first = finding(rows, headline, layout, leadOf([on]));
  return second === undefined ? [first] : [first, finding(rows, second, layout, 'At the tail')];
}

function differs(rows: readonly SummaryRow[], metric: string): boolean {
  const compared = rowsOf(rows, metric);
  return (
    compared.every((row) => row.gain === undefined) ||
    compared.some((row) => row.gain !== undefined && signOf(row.gain) !== 'none')
  );
}

/** Throughput where it was measured, else the first metric; then the tail latency. */
function headlines(rows: readonly SummaryRow[]): string[] {
  const metrics = metricsOf(rows);
  const first = metrics.includes('throughput') ? 'throughput' : metrics[0];
  return [first, ...metrics.filter((metric) => metric === 'latency.p99' && metric !== first)];
}

/** KPTI, the factor that decides most, or the first other factor with two levels. */
function splitOf(rows: readonly SummaryRow[], layout: Layout): string | undefined {
  const free = settingFactors(rows, layout.series.factor);
  const pairs = free.filter((factor) => levelsOf(rows, factor).length === 2);
  return pairs.find((factor) => factor === 'kpti') ?? pairs[0];
}

/** On before off, else in order. */
function splitLevels(rows: readonly SummaryRow[], split: string): Scalar[] {
  const levels = levelsOf(rows, split);
  return levels[1] === true ? levels.reverse() : levels;
}

function splitLead(split: string, level: Scalar): string {
  const label = levelLabel(split, level);
  return typeof level === 'boolean' && label.startsWith('with') ? label : `for ${label}`;
}

function leadOf(parts: readonly string[]): string {
  const text = parts.filter((part) => part !== '').join(' ');
  return text === '' ? 'Overall' : `${text[0].toUpperCase()}${text.slice(1)}`;
}

function evidence(rows: readonly SummaryRow[], { failed = 0 }: ClosingContext): string[] {
  const [least, most] = [Math.min(...rows.map(({ n }) => n)), Math.max(...rows.map(({ n }) => n))];
  const runs = least === most ? `n = ${least}` : `n = ${least} to ${most}`;
  const level = rows.find(({ halfwidth }) => halfwidth !== undefined)?.level;
  const interval =
    level === undefined
      ? 'Single runs have no interval and prove no difference.'
      : `± is the half-width of a ${percent(level)} confidence interval, ${runs} replications.`;
  const served = rowsOf(rows, 'throughput');
  const idle = served.filter(({ mean }) => mean === 0).length;
  return [
    ...(rows.length > 0 ? [interval] : []),
    ...(idle > 0
      ? [
          `${idle} of ${served.length} measurements completed no request and ${idle === 1 ? 'has' : 'have'} no latency: measure longer.`,
        ]
      : []),
    ...(failed > 0
      ? [`${failed} run${failed === 1 ? '' : 's'} failed and ${failed === 1 ? 'is' : 'are'} not in these numbers.`]
      : []),
  ];
}

function whereabouts({ directory, figures = [] }: ClosingContext): string[] {
  const numbers = `Numbers: ${directory}/summary.csv (means and intervals), ${directory}/scalars.csv (every run).`;
  return [numbers, ...(figures.length > 0 ? [`Figures: ${figures.join(' ')}`] : [])];
}
