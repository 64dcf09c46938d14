import { FILES } from '../archive/layout.ts';
import type { PlanRow } from '../archive/rows.ts';

const SAFE = /^[\w@%+=:,./-]+$/;

/** A word as a shell takes it, quoted when it must be. */
export function shellWord(word: string): string {
  return SAFE.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The words after `ringsim` that repeat one run of the results in `dir`, whatever its plan said about the others. */
export function runArguments(dir: string, { spec, itervars }: PlanRow): string[] {
  const levels = Object.entries(itervars).flatMap(([name, level]) => ['-o', `${name}=${level}`]);
  const numbers = ['--seed', String(spec.seed), '--replication', String(spec.replication)];
  return ['run', `${dir}/${FILES.resolved}`, ...levels, ...numbers, '--out', dir];
}

/** The exact command of one run, as `command` and messages about failures print it; `program` is shell text already. */
export function runCommand(program: string, dir: string, row: PlanRow): string {
  return [program, ...runArguments(dir, row).map(shellWord)].join(' ');
}
