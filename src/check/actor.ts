import type { Rules } from '../kernel/semantics/config.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { Kind, kindOf } from './enabled.ts';
import { groupSteps } from './stepgroup.ts';
import type { StepGroup } from './stepgroup.ts';
import type { Stepper } from './stepper.ts';
import { ThreadStart, partsOfStart } from './threadstart.ts';

/** What a thread does: how it starts, and, where that depends on more, what it performs itself and what happens to it. */
export interface Actor {
  readonly start: ThreadStart;
  readonly code: readonly StepGroup[];
  readonly events: readonly StepGroup[];
}

/** Steps of thread `t` (−1: devices) of some kinds (`Kind`, as bits), by what they depend on in states of `threads` threads. */
export function stepsOf(
  t: number,
  kinds: number,
  operations: readonly Operation[],
  rules: Rules,
  threads: number,
): StepGroup[] {
  const steps = [...operations.keys()].filter(
    (i) => operations[i].thread === t && (kindOf(operations[i]) & kinds) !== 0,
  );
  return groupSteps(steps, operations, rules, threads);
}

/** What thread `t` of `threads` does in an alphabet. */
export function makeActor(
  t: number,
  operations: readonly Operation[],
  rules: Rules,
  threads: number,
  stepper: Stepper,
): Actor {
  const code = stepsOf(t, Kind.Code, operations, rules, threads);
  const events = stepsOf(t, Kind.Event | Kind.Iret, operations, rules, threads);
  const steps = code.flatMap((group) => [...group.steps]).sort((a, b) => a - b);
  const isEarly = ({ reads }: StepGroup): boolean => (reads & ~partsOfStart(t)) === 0;
  const early = { code: code.filter(isEarly), events: events.filter(isEarly) };
  return {
    start: new ThreadStart(t, Int32Array.from(steps), early, stepper),
    code: code.filter((group) => !isEarly(group)),
    events: events.filter((group) => !isEarly(group)),
  };
}
