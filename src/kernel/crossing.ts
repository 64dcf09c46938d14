import type { Core } from '../hw/core.ts';
import { PART_BUCKET } from '../hw/cpi.ts';
import { emptiedBy } from '../hw/frontend.ts';
import { fixedFeatures, stepCycles, type MachineProfile } from '../hw/profile.ts';
import { isPresent, STEPS, type Feature, type StepName } from '../hw/steps.ts';
import type { Cycles } from '../sim/units.ts';
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
  const inForce = new Set([...features, ...policy.options]);
  const compile = (plan: CrossingPlan): Record<0 | 3, Charge> => ({
    3: compileSteps(plan.cpl3, machine, inForce),
    0: compileSteps(plan.cpl0, machine, inForce),
  });
  const crossings = CROSSINGS.map((name) => [name, compile(policy.crossings[name])] as const);
  const switches = SWITCHES.map((name) => [name, compile(policy.switches[name])] as const);
  return Object.fromEntries([...crossings, ...switches]) as Record<CrossingName | SwitchName, Record<0 | 3, Charge>>;
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

/** Passes the time of a compiled list of steps on a core. hot */
export function spendCharge(core: Core, charge: Charge): void {
  for (let i = 0; i < charge.buckets.length; i++) core.spend(charge.buckets[i], charge.cycles[i]);
  if (charge.empties !== 0) core.frontEnd.empty(charge.empties);
}

/** Total cycles of a charge. */
export function totalOf(charge: Charge): Cycles {
  return charge.cycles.reduce((sum, cycles) => sum + cycles, 0);
}
