import type { Bytes } from '../sim/units.ts';

/** How a number was come by; only `seen` and `second-hand` may serve as validation targets. */
export type Confidence = 'seen' | 'second-hand' | 'recalled' | 'assumed';

/** A number with its origin; `range` doubles as the bounds of sensitivity sweeps. */
export interface Sourced {
  readonly value: number;
  readonly range: readonly [low: number, high: number];
  readonly confidence: Confidence;
  readonly source: string;
}

/** Makes a sourced number; the argument order reads as a table row. */
export function sourced(
  value: number,
  range: readonly [number, number],
  confidence: Confidence,
  source: string,
): Sourced {
  return { value, range, confidence, source };
}

/** One cache level; latency is load-to-use in cycles. */
export interface CacheSpec {
  readonly sizeBytes: Bytes;
  readonly ways: number;
  readonly latency: Sourced;
}

/** One TLB array; `hit` is the extra latency in cycles over an L1 TLB hit. */
export interface TlbSpec {
  readonly entries: number;
  readonly ways: number;
  readonly hit: Sourced;
}

/**
 * Primitive costs in cycles. A crossing is a list of these; adding one breaks the build until every profile has a sourced value.
 * `part` says which of the four parts of a crossing a step belongs to, and with it the CPI bucket it is charged to;
 * `feature` names the switch without which the step does not exist.
 */
export const STEPS = {
  syscallInstr: { part: 'hardware', doc: 'SYSCALL: CPL 3 to 0' },
  sysretInstr: { part: 'hardware', doc: 'SYSRET: CPL 0 to 3' },
  swapgs: { part: 'hardware', doc: 'exchange of the GS base with the kernel one' },
  eventEntry: { part: 'hardware', doc: 'interrupt or exception taken at CPL 3, with stack switch from the TSS' },
  eventEntrySame: { part: 'hardware', doc: 'interrupt or exception taken at CPL 0' },
  iret: { part: 'hardware', doc: 'IRET to CPL 3' },
  iretSame: { part: 'hardware', doc: 'IRET that stays at CPL 0' },
  saveRegisters: { part: 'software', doc: 'save and clear the user registers' },
  restoreRegisters: { part: 'software', doc: 'restore the user registers' },
  stackSwitch: { part: 'software', doc: 'load the kernel stack pointer' },
  entryWork: { part: 'software', doc: 'checks of work flags, context tracking, accounting on entry' },
  exitWork: { part: 'software', doc: 'checks of signals, rescheduling, accounting on exit' },
  dispatch: { part: 'software', doc: 'bounds check and indirect call through the system call table' },
  directCall: { part: 'software', doc: 'CALL and RET of a kernel function by code at CPL 0' },
  leaveHandler: { part: 'software', doc: 'page-fault handler that demotes a thread which left trusted pages' },
  cr3Write: { part: 'pageTable', feature: 'kpti', doc: 'switch between user and kernel page tables' },
  specCtrlWrite: { part: 'pageTable', feature: 'ibrs', doc: 'write of SPEC_CTRL (IBRS on entry, off on exit)' },
  untrainReturn: { part: 'pageTable', feature: 'untrain', doc: 'untraining of return prediction on entry' },
  returnThunks: {
    part: 'pageTable',
    feature: 'thunks',
    doc: 'retpolines and return thunks on the entry and dispatch path',
  },
  bhbClear: { part: 'pageTable', feature: 'bhb', doc: 'clearing of the branch history buffer on entry' },
  verw: { part: 'pageTable', feature: 'mds', doc: 'VERW: clearing of CPU buffers on exit' },
  capabilityCheck: { part: 'check', doc: 'test of CAP_KERNELMODE and CAP_KRNLMODEBYPAGE' },
  pageTrustCheck: { part: 'check', doc: 'test of KERNELTRUST on the target page' },
  entryLookup: { part: 'check', doc: 'look-up of the address among the declared entries' },
  pickNext: { part: 'scheduler', doc: 'choice of the next thread' },
  threadSwitch: { part: 'scheduler', doc: 'switch of stacks, FPU and debug state between threads' },
  spaceSwitch: { part: 'scheduler', doc: 'CR3 load of another address space, with its bookkeeping' },
  ipiSend: { part: 'interrupt', doc: 'write of the local APIC command register' },
  idleExit: { part: 'interrupt', doc: 'wake-up of a halted core' },
} as const satisfies Record<string, { part: StepPart; feature?: Feature; doc: string }>;

/** The parts of a crossing that published systems remove separately, and the other places where steps are charged. */
export type StepPart = 'hardware' | 'software' | 'pageTable' | 'check' | 'scheduler' | 'interrupt';
/** Kernel features that add steps to crossings; `kpti` is a factor of its own, the others are the mitigations. */
export type Feature = 'kpti' | 'ibrs' | 'untrain' | 'thunks' | 'bhb' | 'mds';
/** Name of a primitive step. */
export type StepName = keyof typeof STEPS;

/** A machine as data. Every number carries its source; times in ns are converted to cycles once, when the machine is built. */
export interface MachineProfile {
  readonly name: string;
  readonly doc: string;
  readonly clockHz: Sourced;
  readonly maxCores: number;
  /** Cycles per instruction when everything hits in the first level, of user code and of kernel code. */
  readonly userCpi: Sourced;
  readonly kernelCpi: Sourced;
  readonly l1i: CacheSpec;
  readonly l1d: CacheSpec;
  readonly l2: CacheSpec;
  readonly llc: CacheSpec & { readonly inclusive: boolean };
  readonly itlb: TlbSpec;
  readonly dtlb: TlbSpec;
  readonly largeTlb: TlbSpec;
  readonly stlb: TlbSpec;
  readonly pcid: boolean;
  /** Latency beyond a miss of the last level. */
  readonly dramLatencyNs: Sourced;
  readonly dramBytesPerNs: Sourced;
  /** Average number of outstanding misses over which a data or fetch stall is spread (memory-level parallelism). */
  readonly dataOverlap: Sourced;
  readonly fetchOverlap: Sourced;
  /** Latency of a line that another core holds modified. */
  readonly remoteCycles: Sourced;
  readonly ipiNs: Sourced;
  /** One way between client and server. */
  readonly wireNs: Sourced;
  /** Interrupt moderation of the network device: time from a message in an empty ring to the interrupt. */
  readonly moderationNs: Sourced;
  readonly features: readonly Feature[];
  readonly cost: Readonly<Record<StepName, Sourced>>;
}
