/** What one operation did: how it is written, the mode before, what it gave back, which invariants it broke, and the mode (or death) after. */
export interface Outcome {
  readonly step: string;
  readonly before: 0 | 3;
  readonly ret: string;
  readonly broken: readonly number[];
  readonly after: '0' | '3' | 'dead';
}

/** One search: what it met, how much of it there was, and how long it took. */
export interface Opinion {
  /** Distinct outcomes, printed. */
  readonly outcomes: ReadonlySet<string>;
  /** Numbers of the invariants that some outcome broke, ascending. */
  readonly broken: readonly number[];
  readonly states: number;
  readonly seconds: number;
  /** Whether every reachable state was expanded. */
  readonly complete: boolean;
}

/** Numbers of the bits of a mask, ascending. */
export function bitsOf(mask: number): number[] {
  return Array.from({ length: 31 }, (_, i) => i).filter((i) => (mask & (1 << i)) !== 0);
}

/** "publish W at 3: EACCES, at 3" or "skjGo at 3: 0, breaks I2 I5, at 0". */
export function printOutcome({ step, before, ret, broken, after }: Outcome): string {
  const breaks = broken.length === 0 ? '' : `, breaks ${broken.map((i) => `I${i}`).join(' ')}`;
  return `${step} at ${before}: ${ret}${breaks}, ${after === 'dead' ? 'dead' : `at ${after}`}`;
}

/** An opinion from what a search met. */
export function opinionOf(met: readonly Outcome[], found: Pick<Opinion, 'states' | 'seconds' | 'complete'>): Opinion {
  const broken = [...new Set(met.flatMap((outcome) => outcome.broken))].sort((a, b) => a - b);
  return { ...found, outcomes: new Set(met.map(printOutcome)), broken };
}
