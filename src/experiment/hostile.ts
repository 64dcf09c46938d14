import { readOperations, splitProgram } from '../check/programtext.ts';
import { runStep } from '../check/outcome.ts';
import type { HostileCode } from '../kernel/abi.ts';
import type { Policy } from '../kernel/policy.ts';
import { rulesOf } from '../kernel/policyrules.ts';
import { INVARIANT_IDS } from '../kernel/semantics/invariants.ts';
import { GENEROUS, makeLayout } from '../kernel/semantics/layout.ts';
import type { Machine } from '../kernel/semantics/machine.ts';
import { CAP_B, CAP_K } from '../kernel/semantics/names.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { OPERATION_NAMES, type OperationName } from '../kernel/semantics/operations.ts';
import { DEFAULT_SETUP, start } from '../kernel/semantics/setup.ts';
import type { StatsRegistry } from '../sim/stats.ts';

/** Operations that are plain code; every other one enters the kernel. */
const PLAIN: ReadonlySet<OperationName> = new Set([
  ...(['step', 'jump', 'call', 'ret', 'store', 'smash', 'smashIrq', 'etwrite', 'directCall'] as const),
  ...(['setRsp', 'setDF', 'setArg', 'flipArg', 'useArg', 'kmem', 'cli', 'corruptHeap', 'useHeap'] as const),
]);

/** The operations of an attack program as a policy's profile spells them. Throws ProgramError, saying what is allowed. */
export function readHostile(text: string, policy: Pick<Policy, 'semantics'>): readonly Operation[] {
  return splitProgram(text).flatMap((step) => readOperations(step.text, policy.semantics));
}

/**
 * An attack program for a hostile native thread. Each round plays on a fresh model of the process beside the timed one, under the rules and
 * capabilities of the run's policy; what the rules refuse and which invariants break is counted, and the timed thread pays for its calls.
 */
export class HostileProgram implements HostileCode {
  readonly steps: number;
  readonly #operations: readonly Operation[];
  readonly #begin: () => Machine;
  readonly #stats: Float64Array;
  readonly #rounds: number;
  readonly #refused: number;
  readonly #killed: number;
  readonly #broken: number;
  #machine: Machine;

  constructor(text: string, policy: Policy, stats: StatsRegistry) {
    this.#operations = readHostile(text, policy);
    this.steps = this.#operations.length;
    const rules = rulesOf(policy);
    const layout = makeLayout(GENEROUS);
    this.#begin = () => start(rules, layout, { ...DEFAULT_SETUP, capabilities: capabilitiesOf(policy) });
    this.#machine = this.#begin();
    this.#stats = stats.values;
    this.#rounds = stats.counter('semantics.attack.rounds', 'count', 'Times that the hostile thread began its program');
    this.#refused = stats.counter('semantics.attack.refused', 'count', 'Steps of it that returned an error');
    this.#killed = stats.counter('semantics.attack.killed', 'count', 'Steps of it that ended a thread by a signal');
    this.#broken = stats.vector('semantics.attack.broken', INVARIANT_IDS, 'count', 'Invariants that it broke');
  }

  entersKernel(step: number): boolean {
    return !PLAIN.has(OPERATION_NAMES[this.#operations[step].code]);
  }

  perform(step: number): void {
    if (step === 0) {
      this.#machine = this.#begin();
      this.#stats[this.#rounds]++;
    }
    const { ret, effects, violations } = runStep(this.#machine, this.#operations[step]);
    if (typeof ret === 'string' && ret.startsWith('E')) this.#stats[this.#refused]++;
    if (effects.some((effect) => effect === 'kill' || effect === 'cp' || effect === 'ktrust'))
      this.#stats[this.#killed]++;
    for (const id of violations) this.#stats[this.#broken + INVARIANT_IDS.indexOf(id)]++;
  }
}

/** Capabilities of a policy's server as the model of the process takes them. */
export function capabilitiesOf(policy: Policy): number {
  const bits = { CAP_KERNELMODE: CAP_K, CAP_KRNLMODEBYPAGE: CAP_B } as const;
  return policy.grants.reduce((set, name) => set | bits[name], 0);
}
