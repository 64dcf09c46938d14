import { latencyCurve } from '../../hw/chase.ts';
import type { MachineProfile } from '../../hw/profile.ts';

/** Load-to-use cycles of one working set on the simulated machine, with pages of 4 KiB and of 2 MiB. */
export interface LatencyRow {
  readonly bytes: number;
  readonly small: number;
  readonly large: number;
}

/** The latency curve of a machine with both page sizes. Takes a second or two. */
export function latencyRows(profile: MachineProfile): readonly LatencyRow[] {
  const large = latencyCurve(profile, 'large');
  return latencyCurve(profile, 'small').map(({ bytes, cycles }, i) => ({
    bytes,
    small: cycles,
    large: large[i].cycles,
  }));
}
