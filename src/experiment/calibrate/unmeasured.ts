import { possibleSteps, sourcedLeaves } from '../../hw/checkprofile.ts';
import type { MachineProfile, Sourced } from '../../hw/profile.ts';
import { spreadOf, valuesOf, type Readings, type Spread } from './readings.ts';

/** Parts of the profile that come from the base profile, and why. */
export interface Unmeasured {
  readonly why: string;
  readonly paths: readonly string[];
}

/** A reading that is shown but has no place of its own in a profile. */
export interface SumRow extends Spread {
  readonly name: string;
  readonly unit: string;
  readonly doc: string;
}

/** Why a part that is not in the readings of the probe is not, by the start of its path; the first that fits counts. */
const REASONS: readonly (readonly [start: RegExp, why: string])[] = [
  [
    /^(userCpi|kernelCpi|overlap\..*)$/,
    'depends on the code of the server: needs hardware counters and the server itself',
  ],
  [/^(wireNs|moderationNs)$/, 'of the network: needs the client machine and the adapter'],
  [/^(ipiNs|remoteCycles)$/, 'needs two CPUs that run at the same time'],
  [/^dram\./, 'needs access patterns by bank, of which a program sees no addresses'],
  [/^dramBytesPerNs$/, 'one core alone does not fill the memory channels; see read_stream for a lower bound'],
  [
    /^(l1i|itlb|largeTlb|dtlb)\b/,
    'no probe for code fetches and for TLB entries of large pages; first-level TLB hits are the zero of the scale',
  ],
  [/^cost\.cr3(Write|Flush)$/, 'a program cannot write CR3; switching KPTI on and off needs a boot'],
  [
    /^cost\.(event|iret|fredEntry|eret|istSwitch)/,
    'seen only as a part of the page fault, which has its handler in it',
  ],
  [/^cost\.int80/, 'the gate for 32-bit programs, which kernels may lack; taken for one like any interrupt'],
  [
    /^cost\.(pickNext|threadSwitch|idleExit|ipiSend)$/,
    'seen only as a sum with kernel code that the model runs itself: see the pipe and futex round trips',
  ],
  [
    /^cost\.(capabilityCheck|pageTrustCheck|entryLookup|kernelFrame|argumentCheck|callGate|leaveHandler|lstarWrite)$/,
    'of the proposal: no kernel does it',
  ],
  [
    /^cost\.(seccompFilter|auditEntry|auditExit|ptraceStop|specCtrlWrite|ibpb|stibp|rsbFill|bhbClear|verw|untrainReturn|returnThunks|retpoline|safeReturn|sspSwitch|userAccess)$/,
    'not on the path of the calls that were measured, or not told apart from it',
  ],
  [/^cost\./, 'not on the path of the calls that were measured'],
  [/./, 'no reading from which it follows'],
];

/** Every number of the base profile that the measured fields do not replace, by reason; steps that cannot exist here are left out. */
export function unmeasured(
  base: MachineProfile,
  fields: Readonly<Record<string, unknown>>,
  profile: MachineProfile,
): readonly Unmeasured[] {
  const possible: ReadonlySet<string> = new Set(possibleSteps(profile).map((step) => `cost.${step}`));
  const paths = sourcedLeaves(base as unknown as Record<string, Sourced>)
    .map(([path]) => path)
    .filter((path) => fields[path] === undefined)
    .filter((path) => !path.startsWith('cost.') || possible.has(path));
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const why = REASONS.find(([start]) => start.test(path))![1];
    groups.set(why, [...(groups.get(why) ?? []), path]);
  }
  return [...groups].map(([why, paths]) => ({ why, paths }));
}

/** Readings that no field of a profile holds. */
const SUMS: Readonly<Record<string, string>> = {
  tsc: 'rate of the time-stamp counter',
  call_enosys: 'system call that does not exist: entry and exit alone',
  call_getppid: 'getppid',
  clock_vdso: 'clock_gettime by the vDSO',
  clock_call: 'clock_gettime by a system call',
  write_null: 'write of a byte to /dev/null',
  pipe_same_thread: 'write and read of a byte through a pipe, without a switch',
  futex_wake_nobody: 'futex wake with nobody waiting',
  page_fault: 'write to a fresh page of a file in memory',
  pipe_threads: 'pipe round trip between two threads on one CPU',
  pipe_processes: 'pipe round trip between two processes on one CPU',
  futex_same_cpu: 'futex round trip between two threads on one CPU',
  pipe_two_cpus: 'pipe round trip between two CPUs, with their wake-ups',
  line_round_trip: 'round trip of a line between two CPUs',
  membarrier_alone: 'memory barrier with nobody to interrupt',
  membarrier_peer: 'memory barrier that interrupts a peer',
  read_stream: 'sequential reads of one core',
};

/** The single readings over all runs, in the order of the table. */
export function sumRows(readings: Readings): readonly SumRow[] {
  return Object.entries(SUMS).flatMap(([name, doc]) => {
    const spread = spreadOf([...valuesOf(readings, name).values()]);
    const unit = readings.readings.find((reading) => reading.name === name)?.unit ?? '';
    return spread === undefined ? [] : [{ name, unit, doc, ...spread }];
  });
}
