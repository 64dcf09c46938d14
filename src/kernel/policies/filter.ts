import { sourced, type MachineProfile } from '../../hw/profile.ts';
import type { StepName } from '../../hw/steps.ts';
import type { CrossingName, Policy } from '../policy.ts';

/** What runs a seccomp filter: the call written down for it, its programs walked, its answer obeyed. Cycles. */
const SET_UP = 50;
/** Cycles of an instruction of a filter, compiled. */
const PER_INSTRUCTION = 1;
const SOURCE = `${SET_UP} cycles around a filter and ${PER_INSTRUCTION} for each instruction that it executes, compiled; assumed, so that 100 give the estimate of the machines`;

/** The machine as a policy finds it: with the price of its own filter, if it says how long that is. */
export function filtering<M extends { readonly profile: MachineProfile }>(
  machine: M,
  { filterInstructions: count }: Policy,
): Pick<M, 'profile'> {
  if (count === undefined) return machine;
  const { profile } = machine;
  const cycles = SET_UP + PER_INSTRUCTION * count;
  const seccompFilter = sourced(cycles, [Math.floor(cycles / 2), cycles * 3], 'assumed', SOURCE);
  return { profile: { ...profile, cost: { ...profile.cost, seccompFilter } } };
}

/** What may look at a call before it is served, by the step that this costs. */
export const HOOKS = { seccomp: 'seccompFilter', audit: 'auditEntry', ptrace: 'ptraceStop' } as const satisfies Record<
  string,
  StepName
>;
/** Name of a hook. */
export type HookName = keyof typeof HOOKS;
/** Names of all hooks. */
export const HOOK_NAMES = Object.keys(HOOKS) as HookName[];

/** A way by which calls come to services under a policy, and the hooks that see them there. */
export interface CallWay {
  readonly way: string;
  readonly seenBy: readonly HookName[];
  /** Hooks that calls by this way get past. */
  readonly missedBy: readonly HookName[];
}

/** A way of calls: which crossing it is, by the CPL of the code, and when a policy has it. */
interface Way {
  readonly way: string;
  readonly crossing: CrossingName;
  readonly cpl: 'cpl3' | 'cpl0';
  readonly exists: (policy: Policy) => boolean;
}

const WAYS: readonly Way[] = [
  { way: 'system call at CPL 3', crossing: 'syscallEnter', cpl: 'cpl3', exists: () => true },
  { way: 'call at CPL 0', crossing: 'syscallEnter', cpl: 'cpl0', exists: ({ grants }) => grants.length > 0 },
  {
    way: 'call from inside',
    crossing: 'syscallEnter',
    cpl: 'cpl0',
    exists: ({ service }) => service.kind === 'inside',
  },
  { way: 'entry of a ring', crossing: 'ringEntry', cpl: 'cpl0', exists: ({ service }) => service.kind === 'ring' },
];

/** The ways of calls under a policy, with what sees them; derived from its steps, so that it cannot say anything else than what is charged. */
export function callWays(
  policy: Policy,
  stepsOf: (crossing: CrossingName, cpl: 'cpl3' | 'cpl0') => readonly StepName[],
): readonly CallWay[] {
  return WAYS.filter(({ exists }) => exists(policy)).map(({ way, crossing, cpl }) => {
    const steps = new Set(stepsOf(crossing, cpl));
    const seenBy = HOOK_NAMES.filter((name) => steps.has(HOOKS[name]));
    return { way, seenBy, missedBy: HOOK_NAMES.filter((name) => !seenBy.includes(name)) };
  });
}
