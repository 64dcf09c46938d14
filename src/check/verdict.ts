import { INVARIANT_IDS } from '../kernel/semantics/invariants.ts';
import { EFFECT_NAMES } from '../kernel/semantics/names.ts';
import { refuse } from './nearest.ts';
import { ProgramError } from './operands.ts';
import { RETURN_NAMES } from './outcome.ts';
import type { StepOutcome } from './outcome.ts';

/** An event of a program: a broken invariant, an errno, or an effect, with the step, counted from 1, at which it first showed. */
export interface ProgramEvent {
  readonly what: string;
  readonly step: number;
}

/** What became of a program: invariants it broke, and what refused or stopped its steps. */
export interface Verdict {
  readonly broken: readonly ProgramEvent[];
  readonly stopped: readonly ProgramEvent[];
}

/** What refused or ended a step: the effect on the thread, else the errno; nothing for a value, nor for later steps of a dead thread. */
function stopOf(outcome: StepOutcome): string | undefined {
  const effect = outcome.effects[0];
  if (effect === 'kill' || (effect === undefined && outcome.ret === 'SIGSEGV')) return 'SIGSEGV';
  if (effect !== undefined) return effect;
  return typeof outcome.ret === 'string' && outcome.ret !== 'DEAD' ? outcome.ret : undefined;
}

/** Summary of a program's steps. */
export function verdictOf(outcomes: readonly StepOutcome[]): Verdict {
  const broken = new Map<string, number>();
  const stopped: ProgramEvent[] = [];
  for (const [i, outcome] of outcomes.entries()) {
    for (const id of outcome.violations) if (!broken.has(id)) broken.set(id, i + 1);
    const what = stopOf(outcome);
    if (what !== undefined) stopped.push({ what, step: i + 1 });
  }
  return { broken: [...broken].map(([what, step]) => ({ what, step })), stopped };
}

/** Nothing broken, and nothing refused or stopped. */
const NOTHING = 'ok';

function printEvent({ what, step }: ProgramEvent): string {
  return `${what}@${step}`;
}

/** `I4@1 I2@6 EACCES@7`, or `ok` when nothing was broken and nothing refused. */
export function printVerdict({ broken, stopped }: Verdict): string {
  return [...broken, ...stopped].map(printEvent).join(' ') || NOTHING;
}

const EVENT = /^(?<what>[A-Za-z]\w*)(?:@(?<step>[1-9]\d*))?$/u;

/** An expectation: events, of which `@step` may be left out; none is `ok`. */
export type Expectation = readonly { readonly what: string; readonly step: number | undefined }[];

/** Names of events: invariants, then what refuses and ends steps. */
const EVENT_NAMES = [...INVARIANT_IDS, ...RETURN_NAMES, ...EFFECT_NAMES.filter((name) => name !== 'kill')];

/** Reads one event. Throws ProgramError, saying which there are. */
function readEvent(word: string): Expectation[number] {
  const groups = EVENT.exec(word)?.groups;
  if (groups === undefined) throw new ProgramError(`${word} is no event such as I4@1, EACCES@2 or ok`);
  const what = groups['what'];
  if (!EVENT_NAMES.includes(what)) throw new ProgramError(refuse('event', what, [NOTHING, ...EVENT_NAMES]));
  const step: string | undefined = groups['step'];
  return { what, step: step === undefined ? undefined : Number(step) };
}

/** Reads `I4@1 I2`, `EACCES@2` or `ok`. Throws ProgramError on unknown events. */
export function readExpectation(text: string): Expectation {
  const words = text.split(/\s+/u).filter((word) => word !== '' && word !== NOTHING);
  return words.map(readEvent);
}

/** An expectation as a file has it. */
export function printExpectation(expected: Expectation): string {
  return (
    expected.map(({ what, step }) => (step === undefined ? what : printEvent({ what, step }))).join(' ') || NOTHING
  );
}

/** Whether a verdict is as expected: every expected event happened, and no invariant broke that was not expected; where none is expected, none happened. */
export function meets(verdict: Verdict, expected: Expectation): boolean {
  const happened = [...verdict.broken, ...verdict.stopped];
  if (expected.length === 0) return happened.length === 0;
  const all = expected.every(({ what, step }) =>
    happened.some((event) => event.what === what && (step === undefined || event.step === step)),
  );
  return all && verdict.broken.every(({ what }) => expected.some((event) => event.what === what));
}
