import type { Core } from '../hw/core.ts';
import { PART_BUCKET } from '../hw/cpi.ts';
import { STEPS, type Feature, type StepName } from '../hw/profile.ts';
import type { Machine } from '../hw/machine.ts';
import type { Cycles } from '../sim/units.ts';
import { CROSSINGS, type CrossingName, type Policy } from './policy.ts';

/** The cycles of one list of steps, summed by CPI bucket. */
export interface Charge {
  readonly buckets: Int32Array;
  readonly cycles: Float64Array;
}

/** A policy on a machine: what each crossing costs, by the CPL of the user's code. Resolved once per run. */
export type CompiledPolicy = Readonly<Record<CrossingName, Readonly<Record<0 | 3, Charge>>>>;

/** Resolves the steps of all crossings; a step whose feature is off does not exist. */
export function compilePolicy(policy: Policy, machine: Machine, features: ReadonlySet<Feature>): CompiledPolicy {
  const rows = CROSSINGS.map((name) => {
    const plan = policy.crossings[name];
    return [
      name,
      { 3: compileSteps(plan.cpl3, machine, features), 0: compileSteps(plan.cpl0, machine, features) },
    ] as const;
  });
  return Object.fromEntries(rows) as Record<CrossingName, Record<0 | 3, Charge>>;
}

/** Sums a list of steps by bucket. */
export function compileSteps(steps: readonly StepName[], machine: Machine, features: ReadonlySet<Feature>): Charge {
  const sums = new Map<number, Cycles>();
  for (const name of steps.filter((step) => isPresent(step, features))) {
    const bucket = PART_BUCKET[STEPS[name].part];
    sums.set(bucket, (sums.get(bucket) ?? 0) + machine.step(name));
  }
  const buckets = [...sums.keys()].sort((a, b) => a - b);
  return { buckets: Int32Array.from(buckets), cycles: Float64Array.from(buckets, (bucket) => sums.get(bucket)!) };
}

/** Passes the time of a compiled list of steps on a core. hot */
export function spendCharge(core: Core, charge: Charge): void {
  for (let i = 0; i < charge.buckets.length; i++) core.spend(charge.buckets[i], charge.cycles[i]);
}

/** Total cycles of a charge. */
export function totalOf(charge: Charge): Cycles {
  return charge.cycles.reduce((sum, cycles) => sum + cycles, 0);
}

function isPresent(name: StepName, features: ReadonlySet<Feature>): boolean {
  const step = STEPS[name];
  return !('feature' in step) || features.has(step.feature);
}
