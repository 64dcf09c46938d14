import { INVARIANT_IDS } from '../kernel/semantics/invariants.ts';
import { EFFECT_NAMES } from '../kernel/semantics/names.ts';
import { makeRules } from '../kernel/semantics/config.ts';
import type { ProfileName, Rules } from '../kernel/semantics/config.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import type { Setup } from '../kernel/semantics/setup.ts';
import { ProgramError, indexOf, readRecord } from './operands.ts';
import type { Value } from './operands.ts';
import { RETURN_NAMES } from './outcome.ts';
import type { FinalThread, Returned } from './outcome.ts';
import { readEra, readProfile, readSetup, readVariant } from './settings.ts';
import { encodeStep } from './step.ts';
import type { RecordedStep } from './step.ts';

/** What a recorded program did, step by step, and its threads at the end. */
export interface RecordedOutcome {
  readonly ret: readonly Returned[];
  readonly effects: readonly (readonly string[])[];
  readonly violations: readonly (readonly string[])[];
  readonly final: readonly FinalThread[];
}

/** One program under one profile with its recorded outcome. */
export interface RecordedProgram {
  /** `T01` and the like, or the case's number. */
  readonly id: string;
  readonly profile: ProfileName;
  readonly rules: Rules;
  readonly setup: Setup;
  readonly steps: readonly Operation[];
  readonly recorded: RecordedOutcome;
}

type Row = Readonly<Record<string, Value>>;

/** A JSON object. Throws ProgramError with its name when it is none. */
export function requireObject(what: string, value: unknown): Row {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row;
  throw new ProgramError(`${what} is no JSON object`);
}

/** A recorded return value: a number, or the name of an errno or of another end of a step. */
function readReturn(value: Value): Returned {
  if (typeof value === 'number') return value;
  return RETURN_NAMES[indexOf('return value', value, RETURN_NAMES)];
}

/** A list of names, each one of `names`. */
function readNames(what: string, value: Value, names: readonly string[]): readonly string[] {
  if (!Array.isArray(value)) throw new ProgramError(`${what} ${JSON.stringify(value)} is no list`);
  return (value as readonly Value[]).map((name) => names[indexOf(what, name, names)]);
}

/** A list that must be as long as the steps. */
function readColumn(row: Row, key: string, length: number): readonly Value[] {
  const column = row[key];
  if (!Array.isArray(column)) throw new ProgramError(`${key} is missing or no list`);
  if (column.length !== length) throw new ProgramError(`${key} has ${column.length} entries for ${length} steps`);
  return column as readonly Value[];
}

/** Encodes all steps; the message of a wrong one names its number, counted from 1. */
function encodeSteps(steps: readonly Value[]): Operation[] {
  return steps.map((step, i) => {
    try {
      if (!Array.isArray(step)) throw new ProgramError(`${JSON.stringify(step)} is no step`);
      return encodeStep(step as unknown as RecordedStep);
    } catch (error) {
      if (error instanceof ProgramError) throw new ProgramError(`step ${i + 1}: ${error.message}`);
      throw error;
    }
  });
}

/** The threads of `final`; their fields are compared by name, whatever their order. */
function readFinal(row: Row): readonly FinalThread[] {
  const final = row['final'];
  if (!Array.isArray(final)) throw new ProgramError('final is missing or no list');
  for (const thread of final as readonly Value[])
    readRecord('thread', thread, ['state', 'page', 'offset', 'cpl', 'ent']);
  return final;
}

/**
 * One profile's outcome. The variants of recorded programs are readings of the text, so the hardened profile, which is not a reading of it,
 * was recorded without them.
 */
function readOutcome(id: string, profile: ProfileName, shared: Row, outcome: Row): RecordedProgram {
  const steps = outcome['steps'];
  if (!Array.isArray(steps)) throw new ProgramError('steps is missing or no list');
  const variant = readVariant(shared['variant']);
  return {
    id,
    profile,
    rules: makeRules(profile, profile === 'H' ? {} : variant, {}, readEra(shared['era'])),
    setup: readSetup(shared['init']),
    steps: encodeSteps(steps as readonly Value[]),
    recorded: {
      ret: readColumn(outcome, 'ret', steps.length).map(readReturn),
      effects: readColumn(outcome, 'effects', steps.length).map((names) => readNames('effect', names, EFFECT_NAMES)),
      violations: readColumn(outcome, 'violations', steps.length).map((ids) =>
        readNames('invariant', ids, INVARIANT_IDS),
      ),
      final: readFinal(outcome),
    },
  };
}

/** A row's name or number; empty when it has none. */
function readId(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? value.toFixed(0) : '';
}

/**
 * The programs of one recorded row: one for each profile of a golden row (`profiles`), else one (`profile`). Throws ProgramError when the
 * row is not of either form.
 */
export function readRecorded(value: unknown): RecordedProgram[] {
  const row = requireObject('the row', value);
  if (row['profiles'] === undefined) {
    return [readOutcome(readId(row['id'] ?? row['case']), readProfile(row['profile'] ?? ''), row, row)];
  }
  const profiles = readRecord('profiles', row['profiles'], ['L0', 'L1', 'H']);
  const programs = Object.entries(profiles);
  if (programs.length === 0) throw new ProgramError('profiles is empty');
  return programs.map(([profile, outcome]) =>
    readOutcome(readId(row['id']), readProfile(profile), row, requireObject(profile, outcome)),
  );
}
