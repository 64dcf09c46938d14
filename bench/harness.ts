/** What one process measured. */
export interface Measured {
  /** Events, jobs, accesses: what the benchmark counts. */
  readonly events: number;
  /** Seconds of the process's CPU time, user and system. */
  readonly cpuSeconds: number;
  /** Must be equal for all implementations that do the same work. */
  readonly outcome: string;
  /** Bytes of a pending event, where the implementation can tell. */
  readonly bytesPerEvent?: number;
}

/** One comparison: implementations by name, ours among them; a call measures one in a process of its own. */
export interface Cell {
  readonly variant: string;
  /** Size: events pending, clients, accesses. */
  readonly n: number;
  readonly measure: ReadonlyMap<string, () => Measured>;
}

/** A cell with what was measured in each round. */
export interface MeasuredCell extends Cell {
  readonly rounds: readonly ReadonlyMap<string, Measured>[];
}

/** How often to measure. */
export interface Rounds {
  /** Rounds of all implementations in turn; the medians are reported. */
  readonly rounds: number;
  /** Told what is being measured. */
  readonly onProgress?: (text: string) => void;
}

/** Ours divided by a peer's, in events per CPU second: the median over rounds. */
export interface Ratio {
  readonly peer: string;
  readonly variant: string;
  readonly n: number;
  readonly ratio: number;
}

/** Millions of events per CPU second: the median over rounds. */
export interface Rate {
  readonly implementation: string;
  readonly variant: string;
  readonly n: number;
  readonly millionsPerSecond: number;
}

/** What a benchmark reports. */
export interface Report {
  readonly ratios: readonly Ratio[];
  readonly rates: readonly Rate[];
  /** Peers that are not installed here. */
  readonly absent: readonly string[];
}

/** The name of ours among the implementations. */
export const OURS = 'ringsim';

/** Measures a cell, all implementations in turn, round after round. Throws when two come to different outcomes. */
export function measureCell(cell: Cell, { rounds, onProgress }: Rounds): MeasuredCell {
  const { variant, n, measure } = cell;
  const measured = Array.from({ length: rounds }, (_, round) => {
    onProgress?.(`${variant}, ${n}, round ${round + 1} of ${rounds}`);
    return new Map([...measure].map(([name, run]) => [name, run()]));
  });
  checkOutcomes(cell, measured[0]);
  return { ...cell, rounds: measured };
}

function checkOutcomes({ variant, n }: Cell, measured: ReadonlyMap<string, Measured>): void {
  const outcomes = [...measured].map(([name, { outcome }]) => `${name} ${outcome}`);
  if (new Set([...measured.values()].map(({ outcome }) => outcome)).size > 1)
    throw new Error(`${variant}, ${n}: the implementations come to different outcomes: ${outcomes.join(', ')}`);
}

/** Ours divided by each peer. */
export function ratiosOf({ variant, n, rounds }: MeasuredCell): Ratio[] {
  const peers = [...rounds[0].keys()].filter((name) => name !== OURS);
  return peers.map((peer) => ({
    peer,
    variant,
    n,
    ratio: median(rounds.map((round) => rate(round.get(OURS)!) / rate(round.get(peer)!))),
  }));
}

/** The rate of each implementation. */
export function ratesOf({ variant, n, rounds }: MeasuredCell): Rate[] {
  return [...rounds[0].keys()].map((implementation) => ({
    implementation,
    variant,
    n,
    millionsPerSecond: median(rounds.map((round) => rate(round.get(implementation)!))) / 1e6,
  }));
}

function rate({ events, cpuSeconds }: Measured): number {
  return events / cpuSeconds;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
