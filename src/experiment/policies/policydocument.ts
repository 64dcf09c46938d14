import { stepCycles, type MachineProfile } from '../../hw/profile.ts';
import type { Feature, StepName } from '../../hw/steps.ts';
import { compilePolicy, inflationOf, planOf, presentSteps, featuresUnder, totalOf } from '../../kernel/crossing.ts';
import { callWays, type CallWay } from '../../kernel/policies/filter.ts';
import { findPolicy, POLICY_AMENDMENTS } from '../../kernel/policies/find.ts';
import { policies } from '../../kernel/policies/index.ts';
import { AMENDMENTS, type Amendment } from '../../kernel/policies/mechanisms.ts';
import { CROSSINGS, SWITCHES, type CrossingName, type Policy, type SwitchName } from '../../kernel/policy.ts';
import { MECHANISMS } from '../../kernel/semantics/mechanism.ts';
import { ConfigError } from '../../sim/errors.ts';
import { featuresOf } from '../machines/crossingtable.ts';
import { radiusOf, type Radius } from '../faults/radius.ts';
import { WILD_NAMES, WILD_OPERATIONS } from '../faults/wildoperations.ts';
import { exampleOf } from './examples.ts';
import { policyFinding } from '../policyname.ts';

/** Names of the listed policies. */
export const policyNames: readonly string[] = Object.keys(policies);

/** A policy on a line; cycles are of a system call and its return by steps alone, by code in the mode that the policy grants. */
export interface PolicySummary {
  readonly name: string;
  readonly doc: string;
  readonly grants: readonly string[];
  readonly reading: string;
  readonly bound: Policy['bound'];
  readonly callCycles: number;
  readonly callCyclesKpti: number;
}

/** What a crossing costs on the machine, and the steps of it that exist there, by the CPL of the user's code. */
export interface CrossingRow {
  readonly crossing: CrossingName | SwitchName;
  readonly cpl: 0 | 3;
  readonly cycles: number;
  readonly steps: readonly StepName[];
  /** Cycles of each of them. */
  readonly stepCycles: readonly number[];
}

/** A mechanism in force: what it is, and the steps it adds or why it adds none. */
export interface MechanismRow {
  readonly name: string;
  readonly doc: string;
  readonly price: string;
}

/** Everything there is to show of a policy on a machine. */
export interface PolicyDocument extends PolicySummary {
  readonly machine: string;
  readonly kpti: boolean;
  readonly crossings: readonly CrossingRow[];
  readonly mechanisms: readonly MechanismRow[];
  /** Instructions that 1000 of user code take, at CPL 3 and 0. */
  readonly thousand: Readonly<Record<0 | 3, number>>;
  readonly options: readonly string[];
  /** Instructions of its own seccomp filter, if it has one of known length. */
  readonly filterInstructions?: number;
  /** How calls come to services, and whether filter, audit and tracer see them there. */
  readonly ways: readonly CallWay[];
  readonly without: readonly string[];
  readonly inUser: readonly string[];
  readonly service: Policy['service'];
  readonly work: Readonly<Record<string, { readonly value: number; readonly source: string }>>;
  /** Wild writes and jumps of native code, by what they take down. */
  readonly reach: Readonly<Record<Radius, readonly string[]>>;
  /** Study that shows it at work. */
  readonly example: string | undefined;
  /** What its name may be followed by. */
  readonly amendments: readonly string[];
}

/** A part in which two policies differ. */
export interface PolicyDifference {
  readonly path: string;
  readonly a: string;
  readonly b: string;
}

/** A policy by name, with amendments. Throws ConfigError with the nearest valid name. */
export function namedPolicy(name: string): Policy {
  const policy = findPolicy(name);
  if (policy !== undefined) return policy;
  throw new ConfigError([{ path: 'policy', ...policyFinding(name, policyNames)! }]);
}

/** A policy in one line, on a machine. */
export function policySummary(policy: Policy, profile: MachineProfile): PolicySummary {
  const { name, doc, grants, semantics, bound } = policy;
  const cycles = (kpti: boolean): number => {
    const compiled = compilePolicy(policy, { profile }, featuresOf(profile, kpti));
    const cpl = cplOf(policy);
    return totalOf(compiled.syscallEnter[cpl]) + totalOf(compiled.syscallExit[cpl]);
  };
  return { name, doc, grants, reading: semantics, bound, callCycles: cycles(false), callCyclesKpti: cycles(true) };
}

/** A policy in full, on a machine. */
export function policyDocument(policy: Policy, profile: MachineProfile, kpti: boolean): PolicyDocument {
  const features = featuresOf(profile, kpti);
  const inflation = inflationOf(policy, { profile }, features);
  const work = Object.entries({ ...policy.work, ...policy.kernelWork }).map(
    ([call, { value, source }]) => [call, { value, source }] as const,
  );
  return {
    ...policySummary(policy, profile),
    machine: profile.name,
    kpti,
    crossings: crossingRows(policy, profile, features),
    mechanisms: policy.mechanisms.map((name) => ({ name, doc: MECHANISMS[name], price: priceOf(AMENDMENTS[name]) })),
    thousand: { 0: inflation[0] * 1000, 3: inflation[3] * 1000 },
    options: policy.options,
    ...(policy.filterInstructions === undefined ? {} : { filterInstructions: policy.filterInstructions }),
    ways: callWays(policy, (crossing, cpl) => planOf(policy, crossing)[cpl]),
    without: policy.without,
    inUser: policy.inUser,
    service: policy.service,
    work: Object.fromEntries(work),
    reach: reachOf(policy),
    example: exampleOf(policy.name),
    amendments: [...Object.keys(POLICY_AMENDMENTS), '+seccomp=N'],
  };
}

/** Where two policies differ: their fields, and the steps of crossings on any machine. */
export function policyDifferences(a: Policy, b: Policy): readonly PolicyDifference[] {
  const [left, right] = [partsOf(a), partsOf(b)];
  return Object.keys(left)
    .filter((path) => left[path] !== right[path])
    .map((path) => ({ path, a: left[path] || 'nothing', b: right[path] || 'nothing' }));
}

function partsOf(policy: Policy): Record<string, string> {
  const {
    name: _n,
    doc: _d,
    crossings: _c,
    switches: _s,
    code: _i,
    work,
    kernelWork = {},
    service,
    ...fields
  } = policy;
  const shares = Object.entries({ ...work, ...kernelWork }).map(([call, { value }]) => `${call} x ${value}`);
  const lists = [...CROSSINGS, ...SWITCHES, 'code' as const].flatMap((name) => {
    const { cpl3, cpl0 } = planOf(policy, name);
    return [[`${name} at CPL 3`, cpl3.join(' ')] as const, [`${name} at CPL 0`, cpl0.join(' ')] as const];
  });
  const plain = Object.entries(fields).map(([field, value]) => [field, [value].flat().join(' ')] as const);
  return Object.fromEntries([...plain, ['work', shares.join(', ')], ['service', JSON.stringify(service)], ...lists]);
}

function crossingRows(policy: Policy, profile: MachineProfile, features: ReadonlySet<Feature>): CrossingRow[] {
  const compiled = compilePolicy(policy, { profile }, features);
  const inForce = featuresUnder(policy, features);
  return [...CROSSINGS, ...SWITCHES].flatMap((crossing) => {
    const { cpl3, cpl0 } = planOf(policy, crossing);
    const row = (cpl: 0 | 3, listed: readonly StepName[]): CrossingRow => {
      const steps = presentSteps(listed, { profile }, inForce);
      const cycles = totalOf(compiled[crossing][cpl]);
      return { crossing, cpl, cycles, steps, stepCycles: steps.map((step) => stepCycles(profile, step)) };
    };
    return [row(3, cpl3), row(0, cpl0)].filter(({ steps }) => steps.length > 0);
  });
}

/** The steps of a mechanism by crossing, as text. */
function priceOf({ cpl3 = {}, cpl0 = {}, free }: Amendment): string {
  if (free !== undefined) return `nothing: ${free}`;
  const names = [...new Set([...Object.keys(cpl3), ...Object.keys(cpl0)])] as (keyof typeof cpl3)[];
  const at = (name: keyof typeof cpl3): string =>
    [...new Set([...(cpl3[name] ?? []), ...(cpl0[name] ?? [])])].join(' ');
  return names.map((name) => `${name}: ${at(name)}`).join('; ');
}

function reachOf(policy: Policy): Record<Radius, readonly string[]> {
  const names = (radius: Radius): string[] =>
    WILD_NAMES.filter((name) => radiusOf(policy, WILD_OPERATIONS[name]) === radius);
  return { thread: names('thread'), process: names('process'), machine: names('machine') };
}

function cplOf({ grants }: Policy): 0 | 3 {
  return grants.length > 0 ? 0 : 3;
}
