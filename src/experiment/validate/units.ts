import type { Time } from './lab.ts';
import type { Reading } from './patterns.ts';
import type { Quantity } from './scenario.ts';
import { scenarioOf } from './scenarios.ts';

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
  'req/s': ({ ns }) => 1e9 / ns,
  QPS: ({ ns }) => 1e9 / ns,
  IOPS: ({ ns }) => 1e9 / ns,
  'KB/s': ({ ns }, { args: [bytes = 1] }) => (bytes / BYTES_PER_KB / ns) * 1e9,
};
const plainly: Convert = ({ ns }) => ns;
const SHARES: Readonly<Record<string, Convert>> = { ratio: plainly, x: plainly, '%': plainly };
const COUNTS = 'count calls entries pages ways instructions syscalls/request syscalls/s syscalls/s/core'.split(' ');
const BYTES: Readonly<Record<string, number>> = { B: 1, KB: 1024, KiB: 1024, MB: 1 << 20, MiB: 1 << 20 };
/** Units of each quantity. */
const QUANTITIES: Readonly<Record<Quantity, Readonly<Record<string, Convert>>>> = {
  time: TIMES,
  count: Object.fromEntries(COUNTS.map((unit) => [unit, plainly])),
  ipc: { IPC: plainly },
  bytes: Object.fromEntries(Object.entries(BYTES).map(([unit, size]) => [unit, ({ ns }: Time) => ns / size])),
  share: SHARES,
};
const SHARE_KINDS: ReadonlySet<string> = new Set(['ratio', 'speedup', 'load', 'gain', 'rise', 'change']);

/** A prediction in the unit of its target; undefined when the unit does not fit what is compared. */
export function amountOf(unit: string, reading: Reading, time: Time): number | undefined {
  const { gives = 'time' } = scenarioOf(reading.scenario);
  const table = SHARE_KINDS.has(reading.compare.kind) ? SHARES : QUANTITIES[gives];
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
