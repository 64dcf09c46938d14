import type { Rules } from '../kernel/semantics/config.ts';
import type { Capacity } from '../kernel/semantics/layout.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { Kind, kindOf } from './enabled.ts';
import { allTranslations, footprintOfFetch, isWithin, withParts } from './footprint.ts';
import type { Footprint } from './footprint.ts';
import { MEMORY } from './parts.ts';
import { groupSteps } from './stepgroup.ts';
import type { StepGroup } from './stepgroup.ts';
import type { Stepper } from './stepper.ts';
import { ThreadStart } from './threadstart.ts';
import type { Begin, ThreadSteps } from './threadstart.ts';

/** What a thread does: how it starts, and, where that depends on more, what it performs itself and what happens to it. */
export interface Actor {
  readonly start: ThreadStart;
  /** What `start` is built on, and itself. */
  readonly starts: readonly ThreadStart[];
  readonly code: readonly StepGroup[];
  readonly events: readonly StepGroup[];
}

/** Steps of thread `t` (−1: devices) of some kinds (`Kind`, as bits), by what they depend on in states of a capacity. */
export function stepsOf(
  t: number,
  kinds: number,
  operations: readonly Operation[],
  rules: Rules,
  capacity: Capacity,
  stepper: Stepper,
): StepGroup[] {
  const steps = [...operations.keys()].filter(
    (i) => operations[i].thread === t && (kindOf(operations[i]) & kinds) !== 0,
  );
  return groupSteps(steps, operations, rules, capacity, stepper);
}

/** The steps of groups that depend on no more than something else, or those of the others. */
function choose({ code, events }: ThreadSteps, reach: Footprint, within: boolean): ThreadSteps {
  const isChosen = ({ inputs }: StepGroup): boolean => isWithin(inputs.footprint, reach) === within;
  return { code: code.filter(isChosen), events: events.filter(isChosen) };
}

/** What thread `t` does in an alphabet, in states of a capacity. Two stages: what its own core decides, and what the translations of all do. */
export function makeActor(
  t: number,
  operations: readonly Operation[],
  rules: Rules,
  capacity: Capacity,
  stepper: Stepper,
): Actor {
  const of = (kinds: number): StepGroup[] => stepsOf(t, kinds, operations, rules, capacity, stepper);
  let rest: ThreadSteps = { code: of(Kind.Code), events: of(Kind.Event | Kind.Iret) };
  const steps = Int32Array.from(rest.code.flatMap((group) => [...group.steps])).sort();
  const flow = footprintOfFetch(t, capacity);
  const all = withParts(flow, (1 << MEMORY) | allTranslations(capacity));
  const inputs = stepper.inputsOf(flow);
  let begin: Begin = (state, out) => stepper.fetch(t, steps, inputs, state, out);
  const starts: ThreadStart[] = [];
  for (const reach of [flow, all]) {
    const start = new ThreadStart(reach, choose(rest, reach, true), begin, stepper);
    starts.push(start);
    begin = (state, out) => start.find(state, out);
    rest = choose(rest, reach, false);
  }
  const after = (groups: readonly StepGroup[]): StepGroup[] => groups.map((group) => group.after(flow));
  return { start: starts[starts.length - 1], starts, code: after(rest.code), events: after(rest.events) };
}
