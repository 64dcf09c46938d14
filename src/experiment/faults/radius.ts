import { finalThreads, runStep } from '../../check/outcome.ts';
import { readOperations, splitProgram } from '../../check/programtext.ts';
import type { Policy } from '../../kernel/policy.ts';
import { rulesOf } from '../../kernel/policyrules.ts';
import { INVARIANTS } from '../../kernel/semantics/invariants.ts';
import { GENEROUS, makeLayout } from '../../kernel/semantics/layout.ts';
import { DEFAULT_SETUP, start } from '../../kernel/semantics/setup.ts';
import { capabilitiesOf } from '../hostile.ts';
import type { WildOperation } from './wildoperations.ts';

/** What a wild operation takes down, least first. */
export const RADII = ['thread', 'process', 'machine'] as const;
/** The thread of native code in the programs of wild operations. */
const NATIVE = 1;
/** Name of a radius. */
export type Radius = (typeof RADII)[number];

/**
 * How far a wild operation reaches under a policy, by the pure rules. The machine: an invariant of security or availability breaks, or a
 * thread that may do anything now goes on at CPL 0. Code that software confines reaches as far as code at CPL 3, whatever its own.
 */
export function radiusOf(policy: Policy, wild: WildOperation): Radius {
  const capabilities = policy.isConfined ? 0 : capabilitiesOf(policy);
  const machine = start(rulesOf(policy), makeLayout(GENEROUS), { ...DEFAULT_SETUP, capabilities });
  const steps = splitProgram(wild.program).flatMap(({ text }) => readOperations(text, policy.semantics));
  const breaks = steps
    .flatMap((operation) => runStep(machine, operation).violations)
    .some((id) => INVARIANTS[id].class !== 'F');
  const threads = finalThreads(machine);
  const victim = threads[wild.victim];
  // Native code that was killed in the attempt has changed nothing.
  const happened = threads[NATIVE].state === 'run';
  const isLoose = wild.seizes && happened && victim.state === 'run' && victim.cpl === 0;
  return breaks || isLoose ? 'machine' : wild.contained;
}
