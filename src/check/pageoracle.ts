import { OPERATIONS } from '../kernel/semantics/paging/operation.ts';
import type { OperationName } from '../kernel/semantics/paging/operation.ts';
import type { Outcome } from '../kernel/semantics/paging/outcome.ts';
import { pageTable } from '../kernel/semantics/paging/table.ts';
import type { PageTable } from '../kernel/semantics/paging/table.ts';
import { createWorld, spaceOf } from '../kernel/semantics/paging/world.ts';
import type { World } from '../kernel/semantics/paging/world.ts';
import { ARENA_PAGES } from './pagearguments.ts';
import { readCase } from './pagecase.ts';
import type { RecordedCase, RecordedStep } from './pagecase.ts';

/** The first step, or final table, that came out otherwise: `line` counts from 1, `step` from 0. */
export interface PageDisagreement {
  readonly line: number;
  readonly seed: number;
  readonly case: number;
  readonly family: string;
  readonly p: number;
  /** Null: the table of process `p` after the last step. */
  readonly step: number | null;
  readonly op: OperationName | null;
  readonly recorded: Outcome | PageTable;
  readonly computed: Outcome | PageTable;
}

/**
 * Result of a replay. `agree` counts steps, `disagree` steps and final tables, so that all is well only if `agree` is `steps` and
 * `disagree` is 0. A malformed line counts in none of the numbers.
 */
export interface PageReplay {
  readonly cases: number;
  readonly steps: number;
  readonly agree: number;
  readonly disagree: number;
  readonly firstDisagreement: PageDisagreement | null;
  readonly malformed: readonly { readonly line: number; readonly message: string }[];
}

/** The rules under test: a fresh world, and what each operation does to it. */
export interface PageModel {
  createWorld(): World;
  perform(world: World, step: RecordedStep): Outcome;
  pageTable(world: World, p: number): PageTable;
}

/** The rules of `kernel/semantics/paging`, without KERNELTRUST, which no recorded kernel has. */
export const PAGE_MODEL: PageModel = {
  createWorld: () => createWorld(),
  perform: (world, { op, args }) => (OPERATIONS[op] as (world: World, args: unknown) => Outcome)(world, args),
  pageTable: (world, p) => pageTable(spaceOf(world, p), ARENA_PAGES),
};

/** Replays a recording line by line: `add` each line in order, then take the `result`. */
export class PageReplayer {
  readonly #model: PageModel;
  readonly #malformed: { line: number; message: string }[] = [];
  #line = 0;
  #cases = 0;
  #steps = 0;
  #agree = 0;
  #disagree = 0;
  #first: PageDisagreement | null = null;

  /** `model`: the rules under test. */
  constructor(model: PageModel = PAGE_MODEL) {
    this.#model = model;
  }

  /** Replays one line. Blank lines are passed over; a malformed one is noted with every mistake in it. */
  add(text: string): void {
    this.#line++;
    if (text.trim() === '') return;
    const recorded = readCase(text);
    if ('steps' in recorded) this.replay(recorded);
    else this.#malformed.push({ line: this.#line, message: recorded.join('; ') });
  }

  /** Replays one case: the steps in order on one world, then the tables. */
  replay(recorded: RecordedCase): void {
    this.#cases++;
    const world = this.#model.createWorld();
    for (const [index, step] of recorded.steps.entries()) {
      const computed = this.#model.perform(world, step);
      this.#steps++;
      if (sameOutcome(step.outcome, computed)) this.#agree++;
      else this.#note(recorded, { p: step.p, step: index, op: step.op, recorded: step.outcome, computed });
    }
    for (const { p, nvma, pages } of recorded.final) {
      const computed = this.#model.pageTable(world, p);
      const table = { nvma, pages };
      if (!sameTable(table, computed)) this.#note(recorded, { p, step: null, op: null, recorded: table, computed });
    }
  }

  #note(
    { seed, case: number, family }: RecordedCase,
    found: Omit<PageDisagreement, 'line' | 'seed' | 'case' | 'family'>,
  ): void {
    this.#disagree++;
    this.#first ??= { line: this.#line, seed, case: number, family, ...found };
  }

  /** Counts so far. */
  result(): PageReplay {
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

function sameOutcome(one: Outcome, other: Outcome): boolean {
  return one.res === other.res && one.got === other.got;
}

function sameTable(one: PageTable, other: PageTable): boolean {
  return one.nvma === other.nvma && one.pages.every((page, index) => page === other.pages[index]);
}

/** Replays the lines of a recording (already decompressed JSONL): every result, every byte read, and every final page table. */
export function replayPages(lines: Iterable<string>, model: PageModel = PAGE_MODEL): PageReplay {
  const replayer = new PageReplayer(model);
  for (const line of lines) replayer.add(line);
  return replayer.result();
}
