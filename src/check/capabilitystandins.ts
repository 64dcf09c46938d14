import {
  CAP_KERNELMODE,
  CAP_KRNLMODEBYPAGE,
  Capability,
  LAST_CAPABILITY,
} from '../kernel/semantics/linux/capability.ts';
import { capSet, combine, intersect, isSubset, without } from '../kernel/semantics/linux/capset.ts';
import type { CapSet } from '../kernel/semantics/linux/capset.ts';

/** A capability that has one number in the recording and another here. */
interface Renaming {
  readonly recorded: number;
  readonly ours: number;
}

/**
 * Capabilities of the recording kernel that stand in for the two it does not have. Both are plain members of every set, and the recorder could see
 * them at work, as a raw socket (`can_raw`) and a negative nice value (`can_nice`).
 */
const STAND_INS: readonly Renaming[] = [
  { recorded: Capability.CAP_NET_RAW, ours: CAP_KERNELMODE },
  { recorded: Capability.CAP_SYS_NICE, ours: CAP_KRNLMODEBYPAGE },
];
const RECORDED_STAND_INS = capSet(...STAND_INS.map(({ recorded }) => recorded));
const OUR_STAND_INS = capSet(...STAND_INS.map(({ ours }) => ours));
const MOVES = STAND_INS.map(({ recorded, ours }) => ({ recorded: capSet(recorded), ours: capSet(ours) }));

/** Last capability of the recording kernel, Linux 6.18. */
const LAST_RECORDED: number = Capability.CAP_CHECKPOINT_RESTORE;
const RECORDED_CAPABILITIES = capSet(...Array.from({ length: LAST_RECORDED + 1 }, (_, number) => number));

/** How far its unknown numbers move, so that they stay unknown to a kernel with two capabilities more. */
const UNKNOWN_SHIFT = LAST_CAPABILITY - LAST_RECORDED;

/** Our number for a recorded capability number. */
export function simulatedNumber(recorded: number): number {
  if (recorded > LAST_RECORDED) return recorded + UNKNOWN_SHIFT;
  return STAND_INS.find((renaming) => renaming.recorded === recorded)?.ours ?? recorded;
}

/** Our set for a recorded set. */
export function simulatedSet(recorded: CapSet): CapSet {
  const unknown = without(recorded, RECORDED_CAPABILITIES) << BigInt(UNKNOWN_SHIFT);
  const same = without(intersect(recorded, RECORDED_CAPABILITIES), RECORDED_STAND_INS);
  const moved = MOVES.filter((move) => isSubset(move.recorded, recorded)).map(({ ours }) => ours);
  return [unknown, ...moved].reduce(combine, same);
}

/** The recorded set for one of ours. */
export function recordedSet(simulated: CapSet): CapSet {
  const moved = MOVES.filter((move) => isSubset(move.ours, simulated)).map(({ recorded }) => recorded);
  return moved.reduce(combine, without(simulated, OUR_STAND_INS));
}
