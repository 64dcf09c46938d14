import type { Core } from '../hw/core.ts';
import { PART_BUCKET } from '../hw/cpi.ts';
import { emptiedBy } from '../hw/frontend.ts';
import { fixedFeatures, stepCycles, type MachineProfile } from '../hw/profile.ts';
import { isPresent, STEPS, type Feature, type StepName } from '../hw/steps.ts';
import type { Cycles } from '../sim/units.ts';
import { filtering, HOOKS, type HookName } from './policies/filter.ts';
import { addedSteps } from './policies/mechanisms.ts';
import { CROSSINGS, SWITCHES, type CrossingName, type CrossingPlan, type Policy, type SwitchName } from './policy.ts';

/** The cycles of one list of steps, summed by CPI bucket. */
export interface Charge {
  readonly buckets: Int32Array;
  readonly cycles: Float64Array;
  /** Structures of the front end that the steps empty, as a bit set. */
  readonly empties: number;
}

/** A policy on a machine: what each crossing and switch costs, by the CPL of the user's code. Resolved once per run. */
export type CompiledPolicy = Readonly<Record<CrossingName | SwitchName, Readonly<Record<0 | 3, Charge>>>>;

/** What compiling needs of a machine. */
interface Priced {
  readonly profile: MachineProfile;
}

/** Resolves the steps of all crossings and switches; a step whose features are off does not exist. */
export function compilePolicy(policy: Policy, machine: Priced, features: ReadonlySet<Feature>): CompiledPolicy {
  const inForce = featuresUnder(policy, features);
  const priced = filtering(machine, policy);
  const compile = (plan: CrossingPlan): Record<0 | 3, Charge> => ({
    3: compileSteps(plan.cpl3, priced, inForce),
    0: compileSteps(plan.cpl0, priced, inForce),
  });
  const crossings = CROSSINGS.map((name) => [name, compile(planOf(policy, name))] as const);
  const switches = SWITCHES.map((name) => [name, compile(planOf(policy, name))] as const);
  return Object.fromEntries([...crossings, ...switches]) as Record<CrossingName | SwitchName, Record<0 | 3, Charge>>;
}

/** A crossing, a switch or the instrumentation of code as the policy has it, with the steps of its mechanisms. */
export function planOf(policy: Policy, name: CrossingName | SwitchName | 'code'): CrossingPlan {
  const { cpl3, cpl0 }: CrossingPlan = { ...policy.crossings, ...policy.switches, code: policy.code }[name];
  const { mechanisms, entersBy } = policy;
  const isUsed = (step: StepName): boolean => entersBy === undefined || !FAST_ENTRIES.has(step);
  return {
    cpl3: [...cpl3, ...addedSteps(mechanisms, 'cpl3', name)].filter(isUsed),
    cpl0: [...cpl0, ...addedSteps(mechanisms, 'cpl0', name)].filter(isUsed),
  };
}

/** Instructions that programs leave alone which enter by INT 0x80. */
const FAST_ENTRIES: ReadonlySet<StepName> = new Set([
  'sysenterInstr',
  'sysexitInstr',
  'syscallInstr',
  'sysretInstr',
  'fredSyscall',
]);

/** Features in force under a policy: those of machine and study, less what it does without, and what it brings. */
export function featuresUnder(policy: Policy, features: ReadonlySet<Feature>): ReadonlySet<Feature> {
  const less = new Set<Feature>([...policy.without, ...(policy.splitsTables ? [] : (['kpti'] as const))]);
  return new Set([
    ...[...features].filter((name) => !less.has(name)),
    ...policy.options,
    ...(policy.entersBy === undefined ? [] : [policy.entersBy]),
  ]);
}

/** Instructions that code takes for each of its own, by CPL: 1 where it is not instrumented. */
export function inflationOf(policy: Policy, machine: Priced, features: ReadonlySet<Feature>): Record<0 | 3, number> {
  const inForce = featuresUnder(policy, features);
  const { cpl3, cpl0 } = planOf(policy, 'code');
  const factor = (steps: readonly StepName[]): number => 1 + totalOf(compileSteps(steps, machine, inForce)) / 1000;
  return { 3: factor(cpl3), 0: factor(cpl0) };
}

/** The steps of a list that exist on a machine under these features of its kernel. */
export function presentSteps(
  steps: readonly StepName[],
  { profile }: Priced,
  features: ReadonlySet<Feature>,
): readonly StepName[] {
  const inForce = new Set([...features, ...fixedFeatures(profile)]);
  return steps.filter((name) => isPresent(name, inForce));
}

/** Whether a hook sees the calls of code at a CPL: its step is part of their entry. */
export function seesCalls(
  hook: HookName,
  policy: Policy,
  machine: Priced,
  features: ReadonlySet<Feature>,
): Readonly<Record<0 | 3, boolean>> {
  const inForce = featuresUnder(policy, features);
  const { cpl3, cpl0 } = planOf(policy, 'syscallEnter');
  const sees = (steps: readonly StepName[]): boolean => presentSteps(steps, machine, inForce).includes(HOOKS[hook]);
  return { 3: sees(cpl3), 0: sees(cpl0) };
}

/** Sums a list of steps by bucket. */
export function compileSteps(steps: readonly StepName[], machine: Priced, features: ReadonlySet<Feature>): Charge {
  const sums = new Map<number, Cycles>();
  const present = presentSteps(steps, machine, features);
  for (const name of present) {
    const bucket = PART_BUCKET[STEPS[name].part];
    sums.set(bucket, (sums.get(bucket) ?? 0) + stepCycles(machine.profile, name));
  }
  const buckets = [...sums.keys()].sort((a, b) => a - b);
  return {
    buckets: Int32Array.from(buckets),
    cycles: Float64Array.from(buckets, (bucket) => sums.get(bucket)!),
    empties: emptiedBy(present),
  };
}

/** What a charge costs more than another, bucket by bucket. */
export function beyond(more: Charge, less: Charge): Charge {
  const cyclesOf = (bucket: number): Cycles => {
    const at = less.buckets.indexOf(bucket);
    return at < 0 ? 0 : less.cycles[at];
  };
  const cycles = more.cycles.map((of, i) => Math.max(0, of - cyclesOf(more.buckets[i])));
  return { ...more, cycles };
}

/** Passes the time of a compiled list of steps on a core. hot */
export function spendCharge(core: Core, charge: Charge): void {
  for (let i = 0; i < charge.buckets.length; i++) core.spend(charge.buckets[i], charge.cycles[i]);
  if (charge.empties !== 0) core.forgetCode(charge.empties);
}

/** Total cycles of a charge. */
export function totalOf(charge: Charge): Cycles {
  return charge.cycles.reduce((sum, cycles) => sum + cycles, 0);
}

/** What the return from a call costs: one that began at CPL 3 and ends at CPL 0 returns by IRET, which SYSRET cannot do. */
export function callExit(
  policy: CompiledPolicy,
  { cpl, callCpl }: { readonly cpl: 0 | 3; readonly callCpl: 0 | 3 },
): Charge {
  return cpl === 0 && callCpl === 3 ? policy.eventExit[0] : policy.syscallExit[cpl];
}
