import type { Rules } from '../kernel/semantics/config.ts';
import { INVARIANT_IDS } from '../kernel/semantics/invariants.ts';
import type { InvariantId } from '../kernel/semantics/invariants.ts';
import { GENEROUS, makeLayout } from '../kernel/semantics/layout.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { SPECS } from '../kernel/semantics/operations.ts';
import { DEFAULT_SETUP, start } from '../kernel/semantics/setup.ts';
import type { Setup } from '../kernel/semantics/setup.ts';
import type { Explorer } from './explorer.ts';
import { STEP_MASK, SWAPPED } from './offers.ts';
import type { Found } from './findings.ts';
import { runStep } from './outcome.ts';
import { printProgram } from './programtext.ts';
import { printSetup } from './settings.ts';
import type { Value } from './operands.ts';

/** A program that breaks an invariant with its last step. */
export interface Witness {
  readonly invariant: InvariantId;
  readonly steps: readonly Operation[];
  /** Invariants that it breaks on the way, in order. */
  readonly before: readonly InvariantId[];
  /** Invariants that its last step breaks too. */
  readonly beside: readonly InvariantId[];
}

const LAYOUT = makeLayout(GENEROUS);

/** The stored steps that lead to a state, and a last one. */
function storedSteps({ store }: Explorer, { state, step }: Found): number[] {
  const steps = [step];
  for (let s = state; store.parents[s] >= 0; s = store.parents[s]) steps.push(store.steps[s]);
  return steps.reverse();
}

/** An operation with its threads renamed, as actor and as victim. */
function rename(op: Operation, nameOf: (t: number) => number): Operation {
  const hasVictim = SPECS[op.code].operands[0] === 'thread';
  return { ...op, thread: op.thread < 0 ? op.thread : nameOf(op.thread), a: hasVictim ? nameOf(op.a) : op.a };
}

/**
 * Names each step's threads as attack files do: undoes the exchanges of symmetric threads, and counts threads made later from 2, since
 * attack files always start with two.
 */
function renamed({ operations, threads }: Explorer, steps: readonly number[]): Operation[] {
  let exchanged = false;
  const nameOf = (t: number): number => (t >= threads ? t - threads + 2 : exchanged ? 1 - t : t);
  return steps.map((stored) => {
    const operation = rename(operations[stored & STEP_MASK], nameOf);
    if ((stored & SWAPPED) !== 0) exchanged = !exchanged;
    return operation;
  });
}

/** Runs a program without bounds and reductions; returns what each step broke. */
export function replayBroken(
  rules: Rules,
  setup: Setup,
  steps: readonly Operation[],
): readonly (readonly InvariantId[])[] {
  const machine = start(rules, LAYOUT, setup);
  return steps.map((operation) => runStep(machine, operation).violations);
}

/**
 * The shortest program of the search for a violation, proved by running it. Throws Error when it does not break the invariant: the search
 * and the state machine would then disagree, which is a bug.
 */
export function witnessOf(explorer: Explorer, rules: Rules, found: Found, setup: Setup = DEFAULT_SETUP): Witness {
  const invariant = INVARIANT_IDS[found.invariant - 1];
  const steps = renamed(explorer, storedSteps(explorer, found));
  const broken = replayBroken(rules, setup, steps);
  if (!broken.at(-1)!.includes(invariant)) {
    throw new Error(
      `the witness of ${invariant} does not replay: ${printProgram(steps)} breaks ${JSON.stringify(broken)}`,
    );
  }
  const before = [...new Set(broken.slice(0, -1).flat())];
  const beside = broken.at(-1)!.filter((id) => id !== invariant && !before.includes(id));
  return { invariant, steps, before, beside };
}

function flow(value: Value): string {
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(flow).join(', ')}]`;
  if (typeof value !== 'object') return typeof value === 'string' && value.includes(':') ? `'${value}'` : String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${key}: ${flow(inner)}`)
    .join(', ')}}`;
}

/** A witness as an attack file, which replays with the same outcome. */
export function witnessYaml(
  { invariant, steps, before, beside }: Witness,
  rules: Rules,
  setup: Setup = DEFAULT_SETUP,
): string {
  const id = `${rules.profile}-${invariant}`;
  const written = flow(printSetup(setup));
  const way = before.length === 0 ? '' : ` (after ${before.join(', ')})`;
  const program = `'${printProgram(steps)}'`;
  const programs = ['L0', 'L1', 'H'].map((profile) => `    ${profile}: ${profile === rules.profile ? program : "''"}`);
  return [
    `- id: ${id}`,
    `  title: shortest program that breaks ${invariant} under ${rules.profile}${way}`,
    ...(rules.era === '2004' ? ["  era: '2004'"] : []),
    ...(written === '{}' ? [] : [`  setup: ${written}`]),
    '  program:',
    ...programs,
    '  expect:',
    `    ${rules.profile}: ${[...before, `${invariant}@${steps.length}`, ...beside].join(' ')}`,
    '',
  ].join('\n');
}
