/** What is wrong with a value, without saying where it stands. */
export interface Finding {
  readonly message: string;
  /** What would be right: names, or a range in words. */
  readonly allowed?: readonly string[];
  /** The valid name nearest to what was written. */
  readonly nearest?: string;
}

/** A mistake of the experimenter: what, where, the value, what is allowed. */
export interface Problem extends Finding {
  /** File as the user named it, or the command-line option, such as `-o cores=99`. */
  readonly file: string;
  /** From 1; absent for options of the command line. */
  readonly line?: number;
  readonly col?: number;
  /** Dotted path, such as `vary.policy.1`; `(root)` for the whole study. */
  readonly path: string;
  readonly value?: unknown;
}

const LIST_LIMIT = 24;

/** `study.yaml:4:9 base.kpti: expected boolean, got "on" (allowed: true, false)`. */
export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}:${problem.col ?? 1}`;
  const hints: string[] = [];
  if (problem.allowed !== undefined && problem.allowed.length > 0) hints.push(`allowed: ${list(problem.allowed)}`);
  if (problem.nearest !== undefined) hints.push(`did you mean "${problem.nearest}"?`);
  return `${place} ${problem.path}: ${problem.message}${hints.length > 0 ? ` (${hints.join('; ')})` : ''}`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, LIST_LIMIT).join(', ');
  return names.length > LIST_LIMIT ? `${shown}, ... ${names.length - LIST_LIMIT} more` : shown;
}

/** All mistakes of one study or command, listed at once; ends a command with exit code 2. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Problems in the order of the text, each once; those of the command line come last. */
export function tidyProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of problems) {
    const key = formatProblem(problem);
    if (!seen.has(key)) seen.set(key, problem);
  }
  return [...seen.values()].toSorted((a, b) => rank(a) - rank(b) || (a.col ?? 0) - (b.col ?? 0));
}

function rank(problem: Problem): number {
  return problem.line ?? Number.MAX_SAFE_INTEGER;
}
