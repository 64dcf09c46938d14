import type { SummaryRow } from '../archive/rows.ts';
import { nearest } from '../sim/nearest.ts';
import type { Figure, FigureDef } from './figure.ts';
import { breakEven } from './figures/breakeven.ts';
import { cpi } from './figures/cpi.ts';
import { gain } from './figures/gain.ts';
import { latency } from './figures/latency.ts';
import { lines } from './figures/lines.ts';
import { placeholder } from './figures/placeholder.ts';
import { risk } from './figures/risk.ts';

/** Names of the figures. */
export type FigureId = 'gain' | 'latency' | 'cpi' | 'lines' | 'risk' | 'break-even';

/** Every figure by name; the table is the list of what `plot` can draw. */
export const figures: Readonly<Record<FigureId, FigureDef>> = {
  gain,
  latency,
  cpi,
  lines,
  risk,
  'break-even': breakEven,
};

/** A figure asked for by an id such as `gain` or `lines:latency.p99:cores`. */
export interface NamedFigure {
  /** The id with dashes for colons: the name of its files. */
  readonly name: string;
  readonly figure: Figure;
}

/** The figures for these ids; every one that the summary can fill when none are named. @throws an Error that lists all unknown ids */
export function figuresFor(rows: readonly SummaryRow[], ids?: readonly string[]): NamedFigure[] {
  if (ids !== undefined) return checked(ids).map((id) => figureFor(rows, id));
  const all = Object.keys(figures).map((id) => figureFor(rows, id));
  const filled = all.filter(({ figure }) => figure.data.length > 0);
  return filled.length > 0 ? filled : all;
}

function figureFor(rows: readonly SummaryRow[], id: string): NamedFigure {
  const [key = '', ...options] = id.split(':');
  const definition = figures[key as FigureId];
  const name = id.replaceAll(':', '-');
  const figure = definition.draw(rows, options);
  return { name, figure: figure.data.length > 0 ? figure : placeholder(id, definition) };
}

function checked(ids: readonly string[]): readonly string[] {
  const allowed = Object.keys(figures);
  const unknown = ids.filter((id) => !allowed.includes(id.split(':')[0]));
  if (unknown.length === 0) return ids;
  const complaints = unknown.map((id) => {
    const near = nearest(id.split(':')[0], allowed);
    return `unknown figure "${id}"${near === undefined ? '' : ` (nearest: ${near})`}`;
  });
  throw new Error(`${complaints.join('; ')}; allowed are ${allowed.join(', ')}`);
}
