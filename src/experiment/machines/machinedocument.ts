import type { MachineProfile } from '../../hw/profile.ts';
import { callSteps, policyRows, type PolicyRow, type StepRow } from './crossingtable.ts';
import { latencyRows, type LatencyRow } from './latency.ts';
import {
  bytesText,
  numberRows,
  reachRows,
  storeRows,
  type NumberRow,
  type ReachRow,
  type StoreRow,
} from './machinetable.ts';

/** A line on a machine: what tells it from the others. */
export interface MachineSummary {
  readonly name: string;
  readonly doc: string;
  readonly clockGHz: number;
  readonly cores: number;
  /** Processors among which the cores are. */
  readonly sockets: number;
  /** Hardware threads of each core, which a study may switch on. */
  readonly threadsPerCore: number;
  readonly entry: string;
  readonly pcid: boolean;
  readonly options: readonly string[];
  readonly mitigations: readonly string[];
  readonly l2: string;
  readonly lastLevel: string;
  /** Cycles of a stock system call and its return by steps alone, with the mitigations of the machine. */
  readonly callCycles: number;
  /** Sourced numbers by how they were come by. */
  readonly confidence: Readonly<Record<string, number>>;
}

/** Everything there is to show of a machine. */
export interface MachineDocument extends MachineSummary {
  readonly stores: readonly StoreRow[];
  readonly numbers: readonly NumberRow[];
  readonly callSteps: readonly StepRow[];
  readonly policies: readonly PolicyRow[];
  readonly tlbReach: readonly ReachRow[];
  readonly latency?: readonly LatencyRow[];
}

/** A machine in one line. */
export function machineSummary(profile: MachineProfile): MachineSummary {
  const { name, doc, maxCores, entry, pcid, options, features, l2, llc } = profile;
  const hasLastLevel = llc.sizeBytes > l2.sizeBytes;
  return {
    name,
    doc,
    clockGHz: profile.clockHz.value / 1e9,
    cores: maxCores,
    sockets: Math.ceil(maxCores / (profile.sockets?.coresPerSocket ?? maxCores)),
    threadsPerCore: profile.smt?.threadsPerCore ?? 1,
    entry,
    pcid,
    options,
    mitigations: features,
    l2: bytesText(l2.sizeBytes),
    lastLevel: hasLastLevel ? bytesText(llc.sizeBytes) : 'none',
    callCycles: ownSteps(profile).reduce((sum, { cycles }) => sum + cycles, 0),
    confidence: countConfidence(profile),
  };
}

/** A machine in full; the latency curve, which takes a second or two, only when it is wanted. */
export function machineDocument(profile: MachineProfile, wantsCurve: boolean): MachineDocument {
  return {
    ...machineSummary(profile),
    stores: storeRows(profile),
    numbers: numberRows(profile),
    callSteps: ownSteps(profile),
    policies: policyRows(profile),
    tlbReach: reachRows(profile),
    ...(wantsCurve ? { latency: latencyRows(profile) } : {}),
  };
}

/** Steps of a stock call with the mitigations that the machine has by itself. */
function ownSteps(profile: MachineProfile): readonly StepRow[] {
  return callSteps(profile, profile.features.includes('kpti'));
}

function countConfidence(profile: MachineProfile): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { confidence } of numberRows(profile)) counts[confidence] = (counts[confidence] ?? 0) + 1;
  return counts;
}
