import { latencyCurve } from '../../hw/chase.ts';
import type { MachineProfile } from '../../hw/profile.ts';

/** Load-to-use cycles of one working set on the simulated machine, with pages of 4 KiB and of 2 MiB. */
export interface LatencyRow {
  readonly bytes: number;
  readonly small: number;
  readonly large: number;
  /** With pages of 2 MiB in memory of another socket, where there are two. */
  readonly remote?: number;
}

/** The latency curve of a machine with both page sizes, and of remote memory. Takes a second or two. */
export function latencyRows(profile: MachineProfile): readonly LatencyRow[] {
  const large = latencyCurve(profile, 'large');
  const local = latencyCurve(profile, 'small').map(({ bytes, cycles }, i) => ({
    bytes,
    small: cycles,
    large: large[i].cycles,
  }));
  if (profile.sockets === undefined) return local;
  const sets = local.map(({ bytes }) => bytes);
  const remote = latencyCurve(profile, 'large', sets, 'remote');
  return local.map((row, i) => Object.assign(row, { remote: remote[i].cycles }));
}
