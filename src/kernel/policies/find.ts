import { MITIGATIONS, type Mitigation, type Option } from '../../hw/steps.ts';
import type { Policy } from '../policy.ts';
import { MECHANISM_NAMES, type MechanismName } from '../semantics/config.ts';
import { policies } from './index.ts';

/** Options that a policy can bring, and lose. */
const SOFTWARE: readonly Option[] = ['seccomp', 'audit', 'ptrace'];
/** Calls that a vDSO answers and the model knows. */
const IN_USER = ['clock_gettime'] as const;

type Amend = (policy: Policy) => Policy;

const withMechanism =
  (name: MechanismName): Amend =>
  (policy) => ({ ...policy, mechanisms: [...new Set([...policy.mechanisms, name])] });
const withoutMechanism =
  (name: MechanismName): Amend =>
  (policy) => ({ ...policy, mechanisms: policy.mechanisms.filter((other) => other !== name) });
const withOption =
  (name: Option): Amend =>
  (policy) => ({ ...policy, options: [...new Set([...policy.options, name])] });
const withoutOption =
  (name: Option): Amend =>
  (policy) => ({ ...policy, options: policy.options.filter((other) => other !== name) });
const withoutMitigation =
  (name: Mitigation): Amend =>
  (policy) => ({ ...policy, without: [...new Set([...policy.without, name])] });

function amendmentsOf<Name extends string>(sign: string, names: readonly Name[], amend: (name: Name) => Amend) {
  return names.map((name) => [`${sign}${name}`, amend(name)] as const);
}

/** What may follow the name of a policy, with its sign: `+SFI`, `-KSTK`, `-ibrs`, `+seccomp`, `+vdso`, `+int80`. */
export const POLICY_AMENDMENTS: Readonly<Record<string, Amend>> = Object.fromEntries([
  ...amendmentsOf('+', MECHANISM_NAMES, withMechanism),
  ...amendmentsOf('-', MECHANISM_NAMES, withoutMechanism),
  ...amendmentsOf('+', SOFTWARE, withOption),
  ...amendmentsOf('-', SOFTWARE, withoutOption),
  ...amendmentsOf('-', MITIGATIONS, withoutMitigation),
  // Its path in user mode is shorter than the kernel's, so that `free` does not bound it.
  ['+vdso', (policy: Policy): Policy => ({ ...policy, inUser: IN_USER, bound: 'none' })],
  ['+int80', (policy: Policy): Policy => ({ ...policy, entersBy: 'int80' })],
  ['-vdso', (policy: Policy): Policy => ({ ...policy, inUser: [] })],
]);

/** `+seccomp=200`: a filter of which so many instructions run at each call. */
const FILTER = /^\+seccomp=(\d{1,5})$/;

/** What an amendment does, by its name with its sign; undefined for one that there is not. */
export function amendmentOf(name: string): Amend | undefined {
  const [, instructions] = FILTER.exec(name) ?? [];
  if (instructions === undefined) return POLICY_AMENDMENTS[name];
  return (policy) => ({ ...withOption('seccomp')(policy), filterInstructions: Number(instructions) });
}

/** A policy's name in its parts: that of a listed policy, or all of it, and amendments with their signs. */
export function splitPolicy(name: string): { readonly base: string; readonly amendments: readonly string[] } {
  const bases = Object.keys(policies).filter((base) => name === base || new RegExp(`^[+-]`).test(rest(name, base)));
  const base = bases.reduce((longest, next) => (next.length > longest.length ? next : longest), '');
  if (base === '') return { base: name, amendments: [] };
  return { base, amendments: rest(name, base).match(/[+-][^+-]*/g) ?? [] };
}

/** What follows a base's name in a policy's; empty for another's. */
function rest(name: string, base: string): string {
  return name.startsWith(base) ? name.slice(base.length) : '';
}

/** A policy by its name, amended as the name says, such as `bypage-hardened-KSTK`; undefined for a name that says nothing. */
export function findPolicy(name: string): Policy | undefined {
  const { base, amendments } = splitPolicy(name);
  const steps = amendments.map(amendmentOf);
  const start = policies[base] as Policy | undefined;
  if (start === undefined || steps.includes(undefined)) return undefined;
  return steps.reduce<Policy>((policy, amend) => ({ ...amend!(policy), name }), start);
}
