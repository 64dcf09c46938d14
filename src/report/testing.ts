import type { Estimate, Scalar, SummaryRow } from '../archive/rows.ts';

// oxfmt-ignore
/** Cycles of a request by bucket without KPTI, invented for tests; `crossing*` scale with the policy. */
const cycles: Readonly<Record<string, number>> = {
  userBase: 9000, userFetch: 1500, userTlb: 400, userData: 2600,
  kernelBase: 11000, kernelFetch: 2100, kernelTlb: 500, kernelData: 3900,
  crossingHardware: 1300, crossingSoftware: 1500, crossingPageTable: 0, check: 0,
  scheduler: 1900, interrupt: 1100, shootdown: 60, idle: 700,
};
/** Share of the crossing that a policy keeps, and cycles of its checks, invented for tests. */
const policies: Readonly<Record<string, readonly [kept: number, check: number]>> = {
  baseline: [1, 0],
  kernelmode: [0.35, 40],
  bypage: [0.4, 900],
  free: [0, 0],
};

/** Share of wild operations that take the machine down, invented for tests. */
const fatal: Readonly<Record<string, number>> = { baseline: 0, kernelmode: 0.5, bypage: 0.1, free: 0 };

/** What a synthetic study varies, and what it may fix instead of letting it follow from the cycles. */
export interface Synthetic {
  readonly policies?: readonly string[];
  readonly factors?: Readonly<Record<string, readonly Scalar[]>>;
  /** Gain of a policy over the baseline in per cent. */
  readonly gain?: (itervars: SummaryRow['itervars']) => Estimate;
  /** Whether the study compares policies at all. */
  readonly compare?: boolean;
  /** Replications; a single one has no intervals. */
  readonly n?: number;
}

/** Summary rows of an invented study: throughput, latency percentiles and cycles per request, with intervals and gains. */
export function syntheticRows(study: Synthetic = {}): SummaryRow[] {
  return product({ policy: study.policies ?? Object.keys(policies), ...study.factors }).flatMap((itervars) =>
    rowsAt(itervars, study),
  );
}

function product(factors: Readonly<Record<string, readonly Scalar[]>>): Record<string, Scalar>[] {
  return Object.entries(factors).reduce<Record<string, Scalar>[]>(
    (found, [name, levels]) => found.flatMap((setting) => levels.map((level) => ({ ...setting, [name]: level }))),
    [{}],
  );
}

/** Cycles by bucket of one request at a setting. */
function cyclesAt(itervars: SummaryRow['itervars']): Record<string, number> {
  const [kept, check] = policies[String(itervars['policy'])] ?? [0.7, 0];
  const pageTable = itervars['kpti'] === true ? 3600 : 0;
  const scaled = (name: string, value: number): number => (name.startsWith('crossing') ? value * kept : value);
  const all = { ...cycles, crossingPageTable: pageTable, check };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, scaled(name, value)]));
}

function total(itervars: SummaryRow['itervars']): number {
  return Object.values(cyclesAt(itervars)).reduce((sum, value) => sum + value, 0);
}

function rowsAt(itervars: SummaryRow['itervars'], { gain: fixed, compare = true, n = 10 }: Synthetic): SummaryRow[] {
  const cores = Number(itervars['cores'] ?? 4);
  const base = { ...itervars, policy: 'baseline' };
  const speed = ((2.1e9 / (1 + 0.02 * cores)) * cores) / total(base);
  const gain = fixed?.(itervars) ?? { mean: 100 * (total(base) / total(itervars) - 1), halfwidth: 0.4 };
  const factor = itervars['policy'] === 'baseline' ? 1 : 1 + gain.mean / 100;
  const row = (metric: string, unit: string, mean: number, better: number): SummaryRow => {
    const measured = rowOf(itervars, metric, unit, mean, n);
    return compare && itervars['policy'] !== 'baseline'
      ? { ...measured, baseline: 'baseline', pairs: n, gain: estimate(gain.mean * better, gain.halfwidth, n) }
      : measured;
  };
  return [
    row('throughput', 'requests/s', speed * factor, 1),
    ...(
      [
        ['p50', 1],
        ['p95', 2.7],
        ['p99', 5.4],
      ] as const
    ).map(([name, tail]) => row(`latency.${name}`, 'us', (110 * tail) / factor, -1)),
    row('risk.machine', 'share', fatal[String(itervars['policy'])] ?? 0.3, -1),
    ...Object.entries(cyclesAt(itervars)).map(([name, value]) => row(`cyclesPerRequest.${name}`, 'cycles', value, -1)),
  ];
}

function rowOf(itervars: SummaryRow['itervars'], metric: string, unit: string, mean: number, n: number): SummaryRow {
  const measurement = Object.entries(itervars)
    .map(([name, level]) => `${name}=${level}`)
    .join(',');
  const spread = n > 1 && { stdev: mean * 0.006, halfwidth: mean * 0.004 };
  return {
    experiment: 'synthetic',
    measurement,
    itervars,
    component: 'server',
    metric,
    unit,
    n,
    mean,
    level: 0.95,
    ...spread,
  };
}

function estimate(mean: number, halfwidth: number | undefined, n: number): Estimate {
  return n > 1 && halfwidth !== undefined ? { mean, halfwidth } : { mean };
}

/** The rows with some of their values changed. */
export function changed(rows: readonly SummaryRow[], change: (row: SummaryRow) => Partial<SummaryRow>): SummaryRow[] {
  return rows.map((row) => Object.assign({}, row, change(row)));
}

/** The rows as the text of a `summary.csv`, columns as the archive writes them. */
export function toSummaryCsv(rows: readonly SummaryRow[]): string {
  const factors = Object.keys(rows[0]?.itervars ?? {});
  const own = ['n', 'mean', 'stdev', 'halfwidth', 'level', 'baseline', 'pairs'] as const;
  const differences = ['diff', 'diffHalfwidth', 'gain', 'gainHalfwidth'];
  const header = ['experiment', 'measurement', ...factors, 'component', 'metric', 'unit', ...own, ...differences];
  const lines = rows.map((row) => {
    const levels = factors.map((factor) => row.itervars[factor]);
    const { experiment, measurement, component, metric, unit, diff, gain } = row;
    const estimates = [diff?.mean, diff?.halfwidth, gain?.mean, gain?.halfwidth];
    const cells = [
      experiment,
      `"${measurement}"`,
      ...levels,
      component,
      metric,
      unit,
      ...own.map((name) => row[name]),
      ...estimates,
    ];
    return cells.map((cell) => cell ?? '').join(',');
  });
  return `${[header.join(','), ...lines].join('\n')}\n`;
}
