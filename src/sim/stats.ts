import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { SimulationBug, invariant } from './errors.ts';
import { Histogram } from './histogram.ts';

/** Units of raw statistics; ratios are derived later from numerators and denominators. */
export type Unit = 'count' | 'cycles' | 'bytes' | 'instructions' | 'ns';

/** A registered statistic: what it is called, its unit and a sentence on what it counts. */
export interface StatEntry {
  readonly name: string;
  readonly unit: Unit;
  readonly doc: string;
}

/** A statistic with its value; the shape of the archive's rows. */
export interface StatValue extends StatEntry {
  readonly value: number;
}

/** A distribution reduced to what reports need; the shape of the archive's rows. */
export interface HistogramSummary extends StatEntry {
  readonly samples: number;
  readonly mean: number;
  readonly stdev: number;
  readonly min: number;
  readonly max: number;
  readonly quantiles: Readonly<Record<'p50' | 'p90' | 'p95' | 'p99' | 'p999', number>>;
  readonly buckets: readonly (readonly [upper: number, count: number])[];
}

/** Dotted path of lower-camel segments, such as `core0.cpi.dram`; later segments may be verbatim names such as `epoll_wait`, `EPERM` or `2`. */
const NAME = /^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9][A-Za-z0-9_]*)*$/;
const LABEL = /^[A-Za-z0-9][A-Za-z0-9_]*$/;

/** Values of all counters at one instant. */
export class StatsSnapshot {
  readonly names: readonly string[];
  readonly values: Float64Array;

  constructor(names: readonly string[], values: Float64Array) {
    this.names = names;
    this.values = values;
  }

  /** What was counted since `earlier`, a snapshot of the same registry. */
  minus(earlier: StatsSnapshot): StatsSnapshot {
    invariant(
      this.values.length === earlier.values.length,
      `snapshots of ${this.values.length} and ${earlier.values.length} counters`,
    );
    return new StatsSnapshot(
      this.names,
      this.values.map((value, id) => value - earlier.values[id]),
    );
  }
}

/** All counters and histograms of a run. Registered while the machine is built, then sealed; hot code writes `values[id] += n`. */
export class StatsRegistry {
  /** Counters by id; the same array from construction on. */
  readonly values: Float64Array;
  readonly #counters: StatEntry[] = [];
  readonly #histograms: (StatEntry & { readonly histogram: Histogram })[] = [];
  readonly #taken = new Set<string>();
  #layoutHash: string | undefined;

  /** `capacity`: the largest number of counters. */
  constructor(capacity = 65_536) {
    this.values = new Float64Array(capacity);
  }

  /** Registers a counter and returns its id. */
  counter(name: string, unit: Unit, doc: string): number {
    this.#claim(name, unit, doc);
    const id = this.#counters.length;
    if (id >= this.values.length)
      throw new SimulationBug(`${name}: the registry is full at ${id} counters`, { component: 'stats' });
    this.#counters.push({ name, unit, doc });
    return id;
  }

  /** Registers one counter per label, named `${name}.${label}`; returns the base id: label i has id base + i. */
  vector(name: string, labels: readonly string[], unit: Unit, doc: string): number {
    const base = this.#counters.length;
    for (const label of labels) {
      invariant(LABEL.test(label), `${name}: label ${JSON.stringify(label)} is not of the form ${LABEL}`, {
        component: 'stats',
      });
      this.counter(`${name}.${label}`, unit, doc);
    }
    return base;
  }

  /** Registers a histogram. */
  histogram(name: string, unit: Unit, doc: string): Histogram {
    this.#claim(name, unit, doc);
    const histogram = new Histogram();
    this.#histograms.push({ name, unit, doc, histogram });
    return histogram;
  }

  /** Ends registration and fixes the layout hash. */
  seal(): void {
    const lines = [...this.#counters, ...this.#histograms].map(({ name, unit }) => `${name}\t${unit}\n`);
    this.#layoutHash ??= bytesToHex(sha256(utf8ToBytes(lines.sort(byCodeUnit).join(''))));
  }

  /** SHA-256 over the sorted names and units; equal layouts have equal hashes. Throws before `seal`. */
  get layoutHash(): string {
    invariant(this.#layoutHash !== undefined, 'layoutHash read before seal()', { component: 'stats' });
    return this.#layoutHash;
  }

  /** Copies the values of all counters. */
  snapshot(): StatsSnapshot {
    return new StatsSnapshot(
      this.#counters.map(({ name }) => name),
      this.values.slice(0, this.#counters.length),
    );
  }

  /** A snapshot (or a difference of two) as rows sorted by name. */
  rows(snapshot: StatsSnapshot): StatValue[] {
    invariant(
      snapshot.values.length === this.#counters.length,
      `rows of a snapshot of ${snapshot.values.length} counters, registry has ${this.#counters.length}`,
    );
    return this.#counters
      .map(({ name, unit, doc }, id) => ({ name, value: snapshot.values[id], unit, doc }))
      .sort(byName);
  }

  /** Empties all histograms, at the start of the measured phase. */
  resetHistograms(): void {
    for (const { histogram } of this.#histograms) histogram.reset();
  }

  /** All histograms as rows sorted by name. */
  histogramRows(): HistogramSummary[] {
    return this.#histograms
      .map(({ name, unit, doc, histogram }) => ({ name, unit, doc, ...summary(histogram) }))
      .sort(byName);
  }

  #claim(name: string, unit: Unit, doc: string): void {
    const site = { component: 'stats' };
    invariant(this.#layoutHash === undefined, `${name} registered after seal()`, site);
    invariant(NAME.test(name), `name ${JSON.stringify(name)} is not a dotted lower-camel path`, site);
    invariant(!this.#taken.has(name), `name ${name} registered twice`, site);
    invariant(doc.trim() !== '', `${name} (${unit}) has no description`, site);
    this.#taken.add(name);
  }
}

function summary(histogram: Histogram): Omit<HistogramSummary, keyof StatEntry> {
  const { samples, mean, stdev, min, max } = histogram;
  const quantiles = {
    p50: histogram.quantile(0.5),
    p90: histogram.quantile(0.9),
    p95: histogram.quantile(0.95),
    p99: histogram.quantile(0.99),
    p999: histogram.quantile(0.999),
  };
  return { samples, mean, stdev, min, max, quantiles, buckets: histogram.buckets() };
}

/** Not localeCompare: the order must be the same everywhere. */
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byName(a: StatEntry, b: StatEntry): number {
  return byCodeUnit(a.name, b.name);
}
