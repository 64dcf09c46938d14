import type { SummaryRow } from '../archive/rows.ts';
import { inOrder } from './figure.ts';
import { metricLabel, unitSymbol } from './labels.ts';
import { panelLabel, seriesLabel } from './layout.ts';
import type { Layout } from './layout.ts';
import { decimalsFor, fixed, signOf, significant } from './numbers.ts';
import type { Sign } from './numbers.ts';
import { rowsOf, settingFactors } from './study.ts';

/** How a difference of a metric reads. */
interface Wording {
  readonly verb: string;
  readonly more: string;
  readonly fewer: string;
  /** When zero lies within the interval. */
  readonly none: string;
}

type Place = (row: SummaryRow) => string;
type Compared = SummaryRow & Required<Pick<SummaryRow, 'gain'>>;

/** One sentence on a metric: each compared level against the base, or the metric's range where the study compares nothing. */
export function finding(rows: readonly SummaryRow[], metric: string, layout: Layout, lead: string): string {
  const found = inOrder(rowsOf(rows, metric), layout);
  const compared = found.filter((row): row is Compared => row.gain !== undefined);
  const factors = settingFactors(rows, layout.series.factor);
  const place: Place = (row) => panelLabel(factors, row.itervars);
  const body = compared.length > 0 ? comparison(compared, layout, place) : range(found, layout, place);
  return `${lead}, ${body}.`;
}

/** A clause for each level in legend order, those without a difference together at the end. */
function comparison(rows: readonly Compared[], { series }: Layout, place: Place): string {
  const metric = rows[0].metric;
  const groups = [...Map.groupBy(rows, (row) => seriesLabel(series, row.itervars))];
  const differing = groups.filter(([, cells]) => commonSign(cells) !== 'none');
  const equal = groups.filter(([, cells]) => commonSign(cells) === 'none');
  const told = new Set<string>();
  const clauses = differing.map(([name, cells]) => difference(name, cells, series.base ?? '', told, place));
  const same = equal.length > 0 ? sameness(equal, wordings(metric), place) : '';
  return [listed(clauses), same].filter((clause) => clause !== '').join('; ');
}

/** One level's difference; `told` holds the directions whose wording was already written out, so that later clauses are short. */
function difference(name: string, cells: readonly Compared[], base: string, told: Set<string>, place: Place): string {
  const sign = commonSign(cells);
  const text = amount(cells, sign, place);
  const { metric } = cells[0];
  const { verb, ...words } = wordings(metric);
  const first = !told.has(sign);
  told.add(sign);
  if (sign === 'mixed')
    return first ? `${name} ranges from ${text} in ${metricLabel(metric)} against ${base}` : `${name} from ${text}`;
  return first ? `${name} ${verb} ${text} ${words[sign]} than ${base}` : `${name} ${text} ${words[sign].split(' ')[0]}`;
}

/** The levels whose intervals all contain zero. */
function sameness(
  groups: readonly (readonly [string, readonly Compared[]])[],
  { none }: Wording,
  place: Place,
): string {
  const cells = groups.flatMap(([, group]) => group);
  const names = listed(groups.map(([name]) => name));
  const within = cells.length === 1 ? 'its interval contains zero' : 'every interval contains zero';
  return `${names} ${groups.length === 1 ? 'shows' : 'show'} ${none} (${amount(cells, 'none', place)}; ${within})`;
}

function wordings(metric: string): Wording {
  const label = metricLabel(metric);
  return metric === 'throughput'
    ? { verb: 'serves', more: 'more requests per second', fewer: 'fewer requests per second', none: 'no gain' }
    : { verb: 'has', more: `higher ${label}`, fewer: `lower ${label}`, none: `no change in ${label}` };
}

function commonSign(cells: readonly Compared[]): Sign | 'mixed' {
  const signs = new Set(cells.map((cell) => signOf(cell.gain)));
  return signs.size === 1 ? signOf(cells[0].gain) : 'mixed';
}

/** `9.1 % (± 0.4)`, or from the smallest to the largest with the settings they belong to when they read differently. */
function amount(cells: readonly Compared[], sign: Sign | 'mixed', place: Place): string {
  const bare = sign === 'more' || sign === 'fewer';
  const ends = extremes(cells, ({ gain }) => (bare ? Math.abs(gain.mean) : gain.mean));
  const alike = new Set(ends.map((cell) => quantity(cell, sign, ''))).size === 1;
  return alike ? quantity(ends[0], sign, '') : ends.map((cell) => quantity(cell, sign, place(cell))).join(' to ');
}

/** One difference; without its sign where a word says it, and without brackets where the clause has its own. */
function quantity({ gain }: Compared, sign: Sign | 'mixed', at: string): string {
  const decimals = decimalsFor(gain.halfwidth);
  const width = gain.halfwidth === undefined ? 'single run' : `± ${fixed(gain.halfwidth, decimals)}`;
  const mean = sign === 'more' || sign === 'fewer' ? Math.abs(gain.mean) : gain.mean;
  const value = `${fixed(mean, decimals)} %`;
  if (sign === 'none') return at === '' ? `${value} ${width}` : `${value} ${width}, ${at},`;
  return at === '' ? `${value} (${width})` : `${value} (${width}, ${at})`;
}

/** Lowest and highest value where nothing is compared. */
function range(rows: readonly SummaryRow[], { series }: Layout, place: Place): string {
  const values = extremes(rows, ({ mean }) => mean).map((row) => {
    const width = row.halfwidth === undefined ? '' : `± ${significant(row.halfwidth)}`;
    const notes = [width, seriesLabel(series, row.itervars), place(row)].filter((note) => note !== '').join(', ');
    return `${significant(row.mean)} ${unitSymbol(row.unit)}${notes === '' ? '' : ` (${notes})`}`;
  });
  return `${metricLabel(rows[0].metric)} ${values.length === 1 ? 'is' : 'runs from'} ${values.join(' to ')}`;
}

/** The smallest and the largest item, or the only one. */
function extremes<Item>(items: readonly Item[], size: (item: Item) => number): Item[] {
  const ordered = [...items].sort((a, b) => size(a) - size(b));
  return ordered.length === 1 ? ordered : [ordered[0], ordered.at(-1)!];
}

/** `a`, `a and b`, `a, b and c`. */
function listed(clauses: readonly string[]): string {
  return clauses.length < 2 ? clauses.join('') : `${clauses.slice(0, -1).join(', ')} and ${clauses.at(-1)}`;
}
