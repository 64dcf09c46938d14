import type { Credentials } from '../kernel/semantics/linux/credentials.ts';
import type { ExecutableFile } from '../kernel/semantics/linux/filemode.ts';
import { applyOperation } from '../kernel/semantics/linux/operations.ts';
import type { Operation, OpName } from '../kernel/semantics/linux/operations.ts';
import type { Outcome } from '../kernel/semantics/linux/outcome.ts';
import { caseReader } from './capabilitycase.ts';
import type { CaseReader, RecordedCase } from './capabilitycase.ts';
import { differences } from './capabilityobservation.ts';
import type { Difference } from './capabilityobservation.ts';

/** The first step that came out otherwise: `line` counts from 1, `step` from 0. */
export interface Disagreement {
  readonly line: number;
  readonly seed: number;
  readonly case: number;
  readonly step: number;
  readonly op: OpName;
  readonly differences: readonly Difference[];
}

/** Result of a replay; `agree` and `disagree` count steps, and a malformed line counts in none of the numbers. */
export interface CapabilityReplay {
  readonly cases: number;
  readonly steps: number;
  readonly agree: number;
  readonly disagree: number;
  readonly firstDisagreement: Disagreement | null;
  readonly malformed: readonly { readonly line: number; readonly message: string }[];
}

/** The rules under test. */
export type Apply = (before: Credentials, operation: Operation) => Outcome;

/** Replays a recording line by line: `add` each line in order, then take the `result`. */
export class CapabilityReplayer {
  readonly #read: CaseReader;
  readonly #apply: Apply;
  readonly #malformed: { line: number; message: string }[] = [];
  #line = 0;
  #cases = 0;
  #agree = 0;
  #disagree = 0;
  #first: Disagreement | null = null;

  /** `files`: the executables of the recording, see `readCapabilityFiles`; `apply`: the rules under test. */
  constructor(files: ReadonlyMap<string, ExecutableFile>, apply: Apply = applyOperation) {
    this.#read = caseReader(files);
    this.#apply = apply;
  }

  /** Replays one line. Blank lines are passed over; a malformed one is noted with every mistake in it. */
  add(text: string): void {
    this.#line++;
    if (text.trim() === '') return;
    const recorded = this.#read(text);
    if ('steps' in recorded) this.#replay(recorded);
    else this.#malformed.push({ line: this.#line, message: recorded.join('; ') });
  }

  /** Every step starts from the recorded state before it, so that one wrong rule does not spoil the steps that follow. */
  #replay(recorded: RecordedCase): void {
    this.#cases++;
    let before = recorded.init.credentials;
    for (const [index, step] of recorded.steps.entries()) {
      const found = differences(step, this.#apply(before, step.operation));
      if (found.length === 0) this.#agree++;
      else this.#note(recorded, index, found);
      before = step.after.credentials;
    }
  }

  #note({ seed, case: number, steps }: RecordedCase, step: number, found: readonly Difference[]): void {
    this.#disagree++;
    const op = steps[step].operation.op;
    this.#first ??= { line: this.#line, seed, case: number, step, op, differences: found };
  }

  /** Counts so far. */
  result(): CapabilityReplay {
    return {
      cases: this.#cases,
      steps: this.#agree + this.#disagree,
      agree: this.#agree,
      disagree: this.#disagree,
      firstDisagreement: this.#first,
      malformed: this.#malformed,
    };
  }
}

/** Replays the lines of a recording (already decompressed JSONL) and compares every field of every step. */
export function replayCapabilities(
  lines: Iterable<string>,
  files: ReadonlyMap<string, ExecutableFile>,
  apply: Apply = applyOperation,
): CapabilityReplay {
  const replayer = new CapabilityReplayer(files, apply);
  for (const line of lines) replayer.add(line);
  return replayer.result();
}
