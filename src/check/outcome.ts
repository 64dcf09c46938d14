import { apply } from '../kernel/semantics/apply.ts';
import { Errno, errnoName } from '../kernel/semantics/errno.ts';
import { INVARIANT_IDS } from '../kernel/semantics/invariants.ts';
import type { InvariantId } from '../kernel/semantics/invariants.ts';
import type { Machine, Marks } from '../kernel/semantics/machine.ts';
import { EFFECT_NAMES, OFFSET_NAMES, PAGE_NAMES, Result, offsetOf, pageOf } from '../kernel/semantics/names.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { Status, cpl, entered, rip, threadExists, threadStatus } from '../kernel/semantics/thread.ts';

/** What a step gave back: 0 or another value, or the name of an errno, SIGSEGV, DEAD, BUSY. */
export type Returned = number | string;

/** What one step did. */
export interface StepOutcome {
  readonly ret: Returned;
  readonly effects: readonly string[];
  readonly violations: readonly InvariantId[];
}

/** A thread at the end of a program. */
export interface FinalThread {
  readonly state: 'run' | 'dead';
  readonly page: string;
  readonly offset: string;
  readonly cpl: number;
  readonly ent: number;
}

const RESULT_NAMES = new Map<number, string>(Object.entries(Result).map(([name, value]) => [value, name]));

/** What a step can give back besides numbers. */
export const RETURN_NAMES = [...Object.keys(Result), ...Object.keys(Errno).filter((name) => name !== 'OK')];

/** A value of `apply` in the words of the recorded programs. */
export function returned(value: number): Returned {
  if (value >= 0) return value;
  return RESULT_NAMES.get(value) ?? errnoName(-value);
}

function named<Name>(marks: Marks, nameOf: (mark: number) => Name): Name[] {
  return [...marks.list.subarray(0, marks.count)].map(nameOf);
}

/** Applies one operation and says what happened. Throws RangeError, with the room that is missing, when the program is too large. */
export function runStep(machine: Machine, op: Operation): StepOutcome {
  const value = apply(machine, op);
  if (machine.overflow !== '') throw new RangeError(`the program needs more room: ${machine.overflowText}`);
  return {
    ret: returned(value),
    effects: named(machine.effects, (mark) => EFFECT_NAMES[mark]),
    violations: named(machine.violations, (mark) => INVARIANT_IDS[mark - 1]),
  };
}

/** All threads that ever lived, in order. */
export function finalThreads(machine: Machine): FinalThread[] {
  const threads: FinalThread[] = [];
  for (let t = 0; threadExists(machine, t); t++) {
    const address = rip(machine, t);
    threads.push({
      state: threadStatus(machine, t) === Status.Running ? 'run' : 'dead',
      page: PAGE_NAMES[pageOf(address)],
      offset: OFFSET_NAMES[offsetOf(address)],
      cpl: cpl(machine, t),
      ent: entered(machine, t) ? 1 : 0,
    });
  }
  return threads;
}
