import type { Operation } from '../kernel/semantics/operation.ts';
import type { ProfileName } from '../kernel/semantics/config.ts';
import { ConfigError } from '../sim/errors.ts';
import type { Problem } from '../sim/errors.ts';
import { readAttacks } from './attackfile.ts';
import type { Attack } from './attackfile.ts';
import { ProgramError } from './operands.ts';
import type { StepOutcome } from './outcome.ts';
import { readRecorded, requireObject } from './recorded.ts';
import type { RecordedProgram } from './recorded.ts';
import { verdictOf } from './verdict.ts';
import type { Expectation } from './verdict.ts';

/** What a recorded program did, as an expectation. */
function expectationOf({ recorded }: RecordedProgram): Expectation {
  const outcomes = recorded.ret.map(
    (ret, i) => ({ ret, effects: recorded.effects[i], violations: recorded.violations[i] }) as StepOutcome,
  );
  const { broken, stopped } = verdictOf(outcomes);
  return [...broken, ...stopped];
}

/** One recorded row as an attack. Throws ProgramError when it is malformed. */
function attackOf(row: Readonly<Record<string, unknown>>): Attack {
  const recorded = readRecorded(row);
  const programs: Record<ProfileName, readonly Operation[]> = { L0: [], L1: [], H: [] };
  const expect: Partial<Record<ProfileName, Expectation>> = {};
  for (const program of recorded) {
    programs[program.profile] = program.steps;
    expect[program.profile] = expectationOf(program);
  }
  const [first] = recorded;
  return {
    id: first.id,
    title: typeof row['title'] === 'string' ? row['title'] : '',
    hopes: '',
    era: first.rules.era,
    setup: first.setup,
    variant: row['variant'] ?? {},
    mechanisms: {},
    programs,
    expect,
  };
}

/** The attacks of a JSON list in the format of the recorded golden programs. Throws ConfigError that lists every mistake with its row. */
export function readRecordedAttacks(text: string, file: string): Attack[] {
  const problems: Problem[] = [];
  const attacks = parseRows(text, file).flatMap((row, i) => {
    try {
      return [attackOf(requireObject('the row', row))];
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      problems.push({ file, line: lineOfRow(text, row), path: `[${i}]`, message: error.message });
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return attacks;
}

/** Line on which a row with an `id` is named, counted from 1. */
function lineOfRow(text: string, row: unknown): number | undefined {
  const id = (row as { id?: unknown } | null)?.id;
  const at = typeof id === 'string' ? text.indexOf(`"${id}"`) : -1;
  return at < 0 ? undefined : text.slice(0, at).split('\n').length;
}

function parseRows(text: string, file: string): unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch (error) {
    throw new ConfigError([{ file, path: '', message: `no JSON: ${(error as Error).message}` }]);
  }
}

/** The attacks of a file by its name: recorded programs in `.json` and `.json.gz` (already unpacked), else YAML. Throws ConfigError that lists every mistake. */
export function readAttackFile(text: string, file: string): Attack[] {
  return /\.json(\.gz)?$/u.test(file) ? readRecordedAttacks(text, file) : readAttacks(text, file);
}
