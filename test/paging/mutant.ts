import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ARENA_PAGES } from '../../src/check/pagearguments.ts';
import type { PageModel } from '../../src/check/pageoracle.ts';
import type { Outcome } from '../../src/kernel/semantics/paging/outcome.ts';
import type * as operation from '../../src/kernel/semantics/paging/operation.ts';
import type * as table from '../../src/kernel/semantics/paging/table.ts';
import type * as world from '../../src/kernel/semantics/paging/world.ts';

type Perform = (state: world.World, args: unknown) => Outcome;

/** One rule of the model, broken: in `file`, the text `from` (which occurs once) becomes `to`. */
export interface Mutation {
  readonly rule: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const MODEL = fileURLToPath(new URL('../../src/kernel/semantics/paging', import.meta.url));

/** Node's own loader: it runs TypeScript as it is, and much faster than the test runner's. */
const native = createRequire(import.meta.url);

/** The model with one rule broken, from a copy in a temporary folder. Throws if `from` does not occur exactly once. */
export function mutant({ file, from, to }: Mutation): PageModel {
  const folder = mkdtempSync(join(tmpdir(), 'ringsim-mutant-'));
  try {
    cpSync(MODEL, folder, { recursive: true, filter: (name) => !name.endsWith('.test.ts') });
    const path = join(folder, file);
    const pieces = readFileSync(path, 'utf8').split(from);
    if (pieces.length !== 2) throw new Error(`${file} holds ${pieces.length - 1} times: ${from}`);
    writeFileSync(path, pieces.join(to));
    return load(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function load(folder: string): PageModel {
  const { OPERATIONS } = native(join(folder, 'operation.ts')) as typeof operation;
  const { pageTable } = native(join(folder, 'table.ts')) as typeof table;
  const { createWorld, spaceOf } = native(join(folder, 'world.ts')) as typeof world;
  return {
    createWorld: () => createWorld(),
    perform: (state, { op, args }) => (OPERATIONS[op] as Perform)(state, args),
    pageTable: (state, p) => pageTable(spaceOf(state, p), ARENA_PAGES),
  };
}
