import type { Sourced } from '../hw/profile.ts';
import type { Mitigation, Option, StepName } from '../hw/steps.ts';
import type { CallName } from './abi.ts';
import type { KernelWork } from './calls/classes.ts';
import type { MechanismName, ProfileName } from './semantics/config.ts';
import type { ServiceSpec } from './services/service.ts';

/**
 * Changes of privilege and protection on one core; `userCopy` opens user memory for one copy, `pageFault` is a minor fault and back, `doubleFault` what comes on top when the frame of an event finds no stack;
 * `downcall` and `downcallReturn` take trusted code out to a native function and back where the kernel holds its frame (KFRAME);
 * `accessFault` is a forbidden access and back, without its signal; `signal` is what the kernel checks of the mode at the delivery of a signal and again at its return; `ringPost` writes a call to a ring, `ringEntry` is the kernel's work for each of them.
 */
export const CROSSINGS = [
  'syscallEnter',
  'syscallExit',
  'eventEnter',
  'eventExit',
  'kernelModeEnter',
  'kernelModeLeave',
  'trustEnter',
  'trustLeave',
  'downcall',
  'downcallReturn',
  'userCopy',
  'pageFault',
  'accessFault',
  'signal',
  'doubleFault',
  'ringPost',
  'ringEntry',
] as const;
/** Name of a crossing. */
export type CrossingName = (typeof CROSSINGS)[number];

/** What a kernel does between threads, by the CPL of the thread switched to; an interrupt is sent and a core woken without one. */
export const SWITCHES = ['threadSwitch', 'spaceSwitch', 'ipiSend', 'idleExit'] as const;
/** Name of a switch. */
export type SwitchName = (typeof SWITCHES)[number];

/** Steps of a crossing, by the CPL of the user's code at that moment; those whose features are off do not exist. */
export interface CrossingPlan {
  readonly cpl3: readonly StepName[];
  readonly cpl0: readonly StepName[];
}

/** The two capabilities of the proposal, as a policy may grant them to the server's executable. */
export type KernelModeCapability = 'CAP_KERNELMODE' | 'CAP_KRNLMODEBYPAGE';

/** An isolation policy: data only. It says what each crossing consists of and which rights the trusted server holds. */
export interface Policy {
  readonly name: string;
  readonly doc: string;
  /** Capabilities of the trusted processes. */
  readonly grants: readonly KernelModeCapability[];
  /** KERNELTRUST on the pages of verified code. */
  readonly trustsVerifiedCode: boolean;
  /** Reading of the proposal that decides grants and refusals. */
  readonly semantics: ProfileName;
  /** Whether KPTI, when it is on, splits the page tables under this policy. */
  readonly splitsTables: boolean;
  /** Options that come with the policy, such as a seccomp filter. */
  readonly options: readonly Option[];
  /** Instructions of the seccomp filter, where the machine's estimate of a filter is not meant. */
  readonly filterInstructions?: number;
  /** Programs enter by INT 0x80, whatever faster instruction the machine has. */
  readonly entersBy?: 'int80';
  /** Mitigations that it runs without, whatever machine and study say; `kpti` also joins the page tables. */
  readonly without: readonly Mitigation[];
  /** Mechanisms of the hardened reading in force: the rules obey them, and they add their steps (policies/mechanisms.ts). */
  readonly mechanisms: readonly MechanismName[];
  /** Steps of instrumented code: what they cost, in instructions, comes on top of every 1000 instructions of user code. */
  readonly code: CrossingPlan;
  /** Whether all code of the server is held to its own memory by software, so that a wild write or jump of it ends there at any CPL. */
  readonly isConfined: boolean;
  /** Calls answered by code that the kernel maps into the process, without entering. */
  readonly inUser: readonly CallName[];
  /** Share of a call's own kernel path that is left, where it is not all of it. */
  readonly work: Readonly<Partial<Record<CallName, Sourced>>>;
  /** Whether all processes live in one address space, so that a switch between them drops no translation. */
  readonly isOneSpace?: boolean;
  /** Shares of classes of paths of a kernel of its own, in place of those of the machine's kernel. */
  readonly kernelWork?: KernelWork;
  /** How calls come to the kernel. */
  readonly service: ServiceSpec;
  /** What bounds its gain: `free` if it takes away crossings alone, `none` if it also takes away work of the kernel. */
  readonly bound: 'free' | 'none';
  readonly crossings: Readonly<Record<CrossingName, CrossingPlan>>;
  readonly switches: Readonly<Record<SwitchName, CrossingPlan>>;
}
