import type { Time } from './lab.ts';
import type { Reading } from './patterns.ts';

type Convert = (time: Time, reading: Reading) => number;

const BYTES_PER_KB = 1000;

/** A time in the unit of a target; only ratios and shares may be in units without a dimension. */
const TIMES: Readonly<Record<string, Convert>> = {
  ns: ({ ns }) => ns,
  us: ({ ns }) => ns / 1e3,
  ms: ({ ns }) => ns / 1e6,
  s: ({ ns }) => ns / 1e9,
  cycles: ({ cycles }) => cycles,
  'loops/s': ({ ns }) => 1e9 / ns,
  'ops/s': ({ ns }) => 1e9 / ns,
  'KB/s': ({ ns }, { args: [bytes = 1] }) => (bytes / BYTES_PER_KB / ns) * 1e9,
};
const SHARES: Readonly<Record<string, Convert>> = {
  ratio: ({ ns }) => ns,
  x: ({ ns }) => ns,
  '%': ({ ns }) => ns,
};
const SHARE_KINDS: ReadonlySet<string> = new Set(['ratio', 'speedup', 'load', 'gain', 'rise']);

/** A prediction in the unit of its target; undefined when the unit does not fit what is compared. */
export function amountOf(unit: string, reading: Reading, time: Time): number | undefined {
  const table = SHARE_KINDS.has(reading.compare.kind) ? SHARES : TIMES;
  return Object.hasOwn(table, plain(unit)) ? table[plain(unit)](time, reading) : undefined;
}

/** Whether errors of a unit are differences and not ratios. */
export function isAbsolute(unit: string): boolean {
  return plain(unit) === '%';
}

/** `us`, `µs` and `% (up to)` as the table has them. */
function plain(unit: string): string {
  return unit.replace('µ', 'u').replace(/ .*/, '');
}
