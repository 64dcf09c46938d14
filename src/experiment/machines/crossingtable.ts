import { CPI_BUCKETS } from '../../hw/cpi.ts';
import type { MachineProfile } from '../../hw/profile.ts';
import type { Feature, StepName } from '../../hw/steps.ts';
import { compilePolicy, presentSteps, totalOf, type Charge } from '../../kernel/crossing.ts';
import { policies } from '../../kernel/policies/index.ts';
import type { CrossingName, Policy, SwitchName } from '../../kernel/policy.ts';

/** Parts of a crossing in cycles; pollution of caches, TLBs and predictors comes on top and shows in runs alone. */
export interface CrossingParts {
  readonly hardware: number;
  readonly software: number;
  readonly pageTable: number;
  readonly check: number;
  readonly total: number;
}

/** What one policy costs on one machine, by steps alone. */
export interface PolicyRow {
  readonly policy: string;
  readonly kpti: boolean;
  /** A system call and its return, by code in the mode that the policy grants. */
  readonly call: CrossingParts;
  /** An interrupt and its return. */
  readonly event: number;
  readonly pageFault: number;
  /** A switch to a thread of another address space. */
  readonly switch: number;
}

/** A step of a crossing that exists on a machine. */
export interface StepRow {
  readonly step: StepName;
  readonly cycles: number;
}

const PARTS = {
  crossingHardware: 'hardware',
  crossingSoftware: 'software',
  crossingPageTable: 'pageTable',
  check: 'check',
} as const;

/** Costs of every policy on a machine with its own mitigations, without and with KPTI. */
export function policyRows(profile: MachineProfile): readonly PolicyRow[] {
  return Object.values(policies).flatMap((policy) => [false, true].map((kpti) => policyRow(profile, policy, kpti)));
}

function policyRow(profile: MachineProfile, policy: Policy, kpti: boolean): PolicyRow {
  const compiled = compilePolicy(policy, { profile }, featuresOf(profile, kpti));
  const cpl = policy.grants.length > 0 ? 0 : 3;
  const cycles = (...names: readonly (CrossingName | SwitchName)[]): number =>
    names.reduce((sum, name) => sum + totalOf(compiled[name][cpl]), 0);
  return {
    policy: policy.name,
    kpti,
    call: partsOf([compiled.syscallEnter[cpl], compiled.syscallExit[cpl]]),
    event: cycles('eventEnter', 'eventExit'),
    pageFault: cycles('pageFault'),
    switch: cycles('threadSwitch', 'spaceSwitch'),
  };
}

/** The steps of a stock system call on a machine, in order. */
export function callSteps(profile: MachineProfile, kpti: boolean): readonly StepRow[] {
  const { syscallEnter, syscallExit } = policies['baseline'].crossings;
  const steps = [...syscallEnter.cpl3, ...syscallExit.cpl3];
  return presentSteps(steps, { profile }, featuresOf(profile, kpti)).map((step) => ({
    step,
    cycles: Math.round(profile.cost[step]!.value),
  }));
}

/** The mitigations of a machine, with split page tables or without. */
export function featuresOf({ features }: MachineProfile, kpti: boolean): ReadonlySet<Feature> {
  return new Set<Feature>([...features.filter((feature) => feature !== 'kpti'), ...(kpti ? (['kpti'] as const) : [])]);
}

function partsOf(charges: readonly Charge[]): CrossingParts {
  const parts = { hardware: 0, software: 0, pageTable: 0, check: 0, total: 0 };
  for (const { buckets, cycles } of charges) {
    buckets.forEach((bucket, i) => {
      parts[PARTS[CPI_BUCKETS[bucket] as keyof typeof PARTS]] += cycles[i];
      parts.total += cycles[i];
    });
  }
  return parts;
}
