import type { Problem } from '../sim/errors.ts';

/** What is wrong with a value, without saying where it stands; `value` when it is not simply the value at that place. */
export type Finding = Pick<Problem, 'message' | 'allowed' | 'nearest' | 'value'>;

const SHOWN_LENGTH = 80;

/** The value of a problem, unless it is too large to help in a message. */
export function shownValue(value: unknown): { value?: unknown } {
  return value === undefined || JSON.stringify(value).length > SHOWN_LENGTH ? {} : { value };
}

/** Problems in the order of the text, each once; those of the command line come last. */
export function tidyProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.file, problem.line, problem.column, problem.path, problem.message]);
    if (!seen.has(key)) seen.set(key, problem);
  }
  return [...seen.values()].toSorted((a, b) => lineOf(a) - lineOf(b) || (a.column ?? 0) - (b.column ?? 0));
}

function lineOf(problem: Problem): number {
  return problem.line ?? Number.MAX_SAFE_INTEGER;
}
