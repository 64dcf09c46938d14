import { sourced } from '../../hw/profile.ts';
import { footprint, type Footprint } from '../path.ts';
import type { LockUse, SizeDependence } from './spec.ts';

/** Cycles per ns of the recorded host, whose kernel takes about one cycle an instruction: half of it by `kernelCpi` of its profile, half in thunks. */
const HOST_CYCLES_PER_NS = 3.68;
const HOST = 'recorded host, Linux 6.18 on Zen 4 (experiments/micro/recorded.csv)';

/** A footprint from a latency on the recorded host in ns, crossing and copies already taken off; `what` says which. */
export function measured(ns: number, what: string): Footprint {
  return footprint(Math.round(ns * HOST_CYCLES_PER_NS), `${HOST}: ${what}`, 'second-hand');
}

/** A footprint that no measurement gives; `why` says what it is like. */
export function assumed(instructions: number, why: string): Footprint {
  return footprint(instructions, `assumed: ${why}`);
}

/** The same of code that most systems never run. */
export function rare(path: Footprint): Footprint {
  return { ...path, isRare: true };
}

/** A lock held for part of a path, within wide bounds: nobody has published shares. */
export function holding(name: LockUse['name'], share = 0.5): LockUse {
  const source = 'assumed: share of the path under the lock, from reading Linux 6.x';
  return { name, share: sourced(share, [0.1, 1], 'assumed', source) };
}

/** Work for each unit that a call is asked for, beyond what its footprint holds. */
export function each(
  unit: SizeDependence['unit'],
  instructions: number,
  source: string,
  count: SizeDependence['count'],
): SizeDependence {
  const range = [Math.floor(instructions / 3), instructions * 3] as const;
  return { unit, instructions: sourced(instructions, range, 'assumed', source), count };
}
