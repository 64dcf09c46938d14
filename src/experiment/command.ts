import { parse } from 'yaml';
import { FILES } from '../archive/layout.ts';
import type { PlanRow, Scalar } from '../archive/rows.ts';

const SAFE = /^[\w@%+=:,./-]+$/;

/** A word as a shell takes it, quoted when it must be. */
export function shellWord(word: string): string {
  return SAFE.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The words after `ringsim` that repeat one run of the results in `dir`, whatever its plan said about the others. */
function runArguments(dir: string, { spec, itervars }: PlanRow): string[] {
  const levels = Object.entries(itervars).flatMap(([name, level]) => ['-o', `${name}=${levelText(level)}`]);
  const numbers = ['--seed', String(spec.seed), '--replication', String(spec.replication)];
  return ['run', `${dir}/${FILES.resolved}`, ...levels, ...numbers, '--out', dir];
}

/** A level as `-o` reads it back: texts that would be taken for something else are quoted. */
function levelText(level: Scalar): string {
  return typeof level === 'string' && !readsBack(level) ? JSON.stringify(level) : String(level);
}

function readsBack(text: string): boolean {
  try {
    return parse(text) === text;
  } catch {
    return false;
  }
}

/** The exact command of one run, as `command` and messages about failures print it; `program` is shell text already. */
export function runCommand(program: string, dir: string, row: PlanRow): string {
  return [program, ...runArguments(dir, row).map(shellWord)].join(' ');
}
