import { GENEROUS, makeLayout } from '../kernel/semantics/layout.ts';
import type { Layout } from '../kernel/semantics/layout.ts';
import { start } from '../kernel/semantics/setup.ts';
import { ProgramError } from './operands.ts';
import { finalThreads, runStep } from './outcome.ts';
import type { FinalThread, StepOutcome } from './outcome.ts';
import { readRecorded } from './recorded.ts';
import type { RecordedProgram } from './recorded.ts';
import { decodeStep } from './step.ts';
import type { RecordedStep } from './step.ts';

/** The first step, or list of final threads, that came out otherwise: `line` and `step` count from 1. */
export interface SemanticsDisagreement {
  readonly line: number;
  readonly id: string;
  readonly profile: string;
  /** Null: the threads after the last step. */
  readonly step: number | null;
  readonly operation: RecordedStep | null;
  readonly recorded: StepOutcome | readonly FinalThread[];
  readonly computed: StepOutcome | readonly FinalThread[];
}

/**
 * Result of a replay. A case is one program under one profile. `agree` counts steps, `disagree` steps and final lists of threads, so that
 * all is well only if `agree` is `steps` and `disagree` is 0. A malformed line counts in none of the numbers.
 */
export interface SemanticsReplay {
  readonly cases: number;
  readonly steps: number;
  readonly agree: number;
  readonly disagree: number;
  readonly firstDisagreement: SemanticsDisagreement | null;
  readonly malformed: readonly { readonly line: number; readonly message: string }[];
}

/** Whether two outcomes are equal, whatever the order of their keys. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => isEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

/** Replays recorded programs line by line: `add` each line in order, then take the `result`. */
export class SemanticsReplayer {
  readonly #layout: Layout = makeLayout(GENEROUS);
  readonly #malformed: { line: number; message: string }[] = [];
  #line = 0;
  #cases = 0;
  #steps = 0;
  #agree = 0;
  #disagree = 0;
  #first: SemanticsDisagreement | null = null;

  /** Replays one line of JSON Lines, or one row of a JSON list that holds a row a line. Blank lines and brackets are passed over. */
  add(text: string): void {
    this.#line++;
    const row = text
      .trim()
      .replace(/^\[(?=\s*(\{|$))/, '')
      .replace(/(?<=^|\})\s*\]$/, '')
      .replace(/,$/, '')
      .trim();
    if (row !== '') this.#guard(() => this.addRow(JSON.parse(row)));
  }

  /** Replays one row that was parsed already. Throws ProgramError when it is malformed. */
  addRow(row: unknown): void {
    const programs = readRecorded(row);
    for (const program of programs) this.#replay(program);
  }

  /** Notes a malformed line instead of giving up. */
  #guard(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof ProgramError || error instanceof SyntaxError || error instanceof RangeError)) throw error;
      this.#malformed.push({ line: this.#line, message: error.message });
    }
  }

  #replay(program: RecordedProgram): void {
    const machine = start(program.rules, this.#layout, program.setup);
    const computed = program.steps.map((operation) => runStep(machine, operation));
    this.#cases++;
    this.#steps += computed.length;
    for (const [i, outcome] of computed.entries()) this.#compare(program, i, outcome);
    const threads = finalThreads(machine);
    if (!isEqual(threads, program.recorded.final)) this.#note(program, null, program.recorded.final, threads);
  }

  #compare(program: RecordedProgram, i: number, computed: StepOutcome): void {
    const { ret, effects, violations } = program.recorded;
    const recorded = { ret: ret[i], effects: effects[i], violations: violations[i] } as StepOutcome;
    if (isEqual(recorded, computed)) this.#agree++;
    else this.#note(program, i, recorded, computed);
  }

  #note(
    program: RecordedProgram,
    i: number | null,
    recorded: StepOutcome | readonly FinalThread[],
    computed: StepOutcome | readonly FinalThread[],
  ): void {
    this.#disagree++;
    const operation = i === null ? null : decodeStep(program.steps[i]);
    const { id, profile } = program;
    this.#first ??= { line: this.#line, id, profile, step: i === null ? null : i + 1, operation, recorded, computed };
  }

  /** Counts so far. */
  result(): SemanticsReplay {
    return {
      cases: this.#cases,
      steps: this.#steps,
      agree: this.#agree,
      disagree: this.#disagree,
      firstDisagreement: this.#first,
      malformed: this.#malformed,
    };
  }
}

/** Replays recorded programs given as lines, of a golden list or of JSON Lines, and compares every field of every step. */
export function replaySemantics(lines: Iterable<string>): SemanticsReplay {
  const replayer = new SemanticsReplayer();
  for (const line of lines) replayer.add(line);
  return replayer.result();
}

/** As `replaySemantics` for a whole file's text; also takes a JSON list that is laid out over more lines than rows. */
export function replaySemanticsText(text: string): SemanticsReplay {
  const parsed = text.trimStart().startsWith('[') ? parseList(text) : undefined;
  if (parsed === undefined) return replaySemantics(text.split('\n'));
  const isRowPerLine = parsed.length <= text.split('\n').length && text.includes('\n{');
  if (isRowPerLine) return replaySemantics(text.split('\n'));
  return replaySemantics(parsed.map((row) => JSON.stringify(row)));
}

/** The rows of a JSON list; undefined when the text is none. */
function parseList(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
