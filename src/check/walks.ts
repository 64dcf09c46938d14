import type { Rules } from '../kernel/semantics/config.ts';
import { apply } from '../kernel/semantics/apply.ts';
import { INVARIANT_IDS } from '../kernel/semantics/invariants.ts';
import type { InvariantId } from '../kernel/semantics/invariants.ts';
import { GENEROUS, makeLayout } from '../kernel/semantics/layout.ts';
import type { Machine } from '../kernel/semantics/machine.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { DEFAULT_SETUP, start } from '../kernel/semantics/setup.ts';
import type { Setup } from '../kernel/semantics/setup.ts';
import { Status, threadExists, threadStatus } from '../kernel/semantics/thread.ts';
import { openStream } from '../sim/rng.ts';
import type { Rng } from '../sim/rng.ts';
import { operationsOf } from './alphabet.ts';
import type { Alphabet } from './alphabet.ts';
import { Kind, excludedKinds, isLegitimate, kindOf, runsVerified } from './enabled.ts';
import { replayBroken } from './witness.ts';

/** Random programs beyond the bounds of the exhaustive search. */
export interface Walks {
  readonly rules: Rules;
  readonly alphabet: Alphabet;
  readonly setup?: Setup;
  readonly seed: number;
  readonly walks: number;
  /** Most steps of a walk. */
  readonly length: number;
}

/** What random walks found: steps made, and for each broken invariant a program, shortened as far as leaving out steps goes. */
export interface WalkReport {
  readonly walks: number;
  readonly steps: number;
  readonly programs: ReadonlyMap<InvariantId, readonly Operation[]>;
}

const LAYOUT = makeLayout({
  ...GENEROUS,
  threads: 8,
  processes: 8,
  spaces: 8,
  frames: 120,
  slots: 70,
  signals: 70,
  pins: 70,
});

/** Whether a step can happen now. */
function isEnabled(m: Machine, op: Operation): boolean {
  const kind = kindOf(op);
  if ((kind & Kind.Device) !== 0) return true;
  if (!threadExists(m, op.thread) || threadStatus(m, op.thread) !== Status.Running) return false;
  if ((kind & excludedKinds(m, op.thread)) !== 0) return false;
  return (kind & Kind.Transfer) === 0 || !runsVerified(m, op.thread) || isLegitimate(m, op.thread, op);
}

/** One walk from the start; calls `broke` at each step that breaks something. Returns its steps. */
function walk(
  spec: Walks,
  operations: readonly Operation[],
  rng: Rng,
  broke: (mask: number, steps: readonly Operation[]) => void,
): Operation[] {
  const m = start(spec.rules, LAYOUT, spec.setup ?? DEFAULT_SETUP);
  const steps: Operation[] = [];
  for (let tries = 0; steps.length < spec.length && tries < spec.length * 20; tries++) {
    const op = operations[rng.below(operations.length)];
    if (!isEnabled(m, op)) continue;
    steps.push(op);
    apply(m, op);
    if (m.overflow !== '') break;
    if (m.violations.mask !== 0) broke(m.violations.mask, steps);
  }
  return steps;
}

/** Leaves out every step whose absence does not save the invariant, from the last to the first. */
function shorten(spec: Walks, id: InvariantId, steps: readonly Operation[]): readonly Operation[] {
  let kept = [...steps];
  for (let i = kept.length - 1; i >= 0; i--) {
    const shorter = kept.toSpliced(i, 1);
    const broken = replayBroken(spec.rules, spec.setup ?? DEFAULT_SETUP, shorter);
    const at = broken.findIndex((ids) => ids.includes(id));
    if (at >= 0) kept = shorter.slice(0, at + 1);
  }
  return kept;
}

/** Walks between two looks at whether to go on. */
const SLICE = 64;

/** Walks at random, repeatably for a seed. Yields the walks done after each slice, and is told whether to go on. */
export function* walking(spec: Walks): Generator<number, WalkReport, boolean> {
  const operations = operationsOf(spec.alphabet);
  const rng = openStream(spec.seed, 0, 'check/walks');
  const programs = new Map<InvariantId, readonly Operation[]>();
  const note = (mask: number, steps: readonly Operation[]): void => {
    for (const [i, id] of INVARIANT_IDS.entries()) {
      if ((mask & (2 << i)) !== 0 && !programs.has(id)) programs.set(id, shorten(spec, id, steps));
    }
  };
  let steps = 0;
  let walks = 0;
  while (walks < spec.walks && (walks % SLICE !== 0 || (yield walks))) {
    steps += walk(spec, operations, rng, note).length;
    walks++;
  }
  return { walks, steps, programs };
}

/** All the walks at once. */
export function randomWalks(spec: Walks): WalkReport {
  const walks = walking(spec);
  let at = walks.next(true);
  while (at.done !== true) at = walks.next(true);
  return at.value;
}
