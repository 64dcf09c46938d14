import { z } from 'zod';
import { OPERATION_NAMES } from '../kernel/semantics/paging/operation.ts';
import type { OperationArgs, OperationName } from '../kernel/semantics/paging/operation.ts';
import { RESULTS } from '../kernel/semantics/paging/outcome.ts';
import type { Outcome } from '../kernel/semantics/paging/outcome.ts';
import { mistakes } from './capabilityfiles.ts';
import { ARENA_PAGES, ARGUMENTS, oneOf } from './pagearguments.ts';

/** One recorded step: which process did what, and what it saw. */
export interface RecordedStep {
  readonly p: number;
  readonly op: OperationName;
  /** Belongs to `op`. */
  readonly args: OperationArgs[OperationName];
  readonly outcome: Outcome;
}

/** Page table of one process after the last step. */
export interface RecordedTable {
  readonly p: number;
  readonly nvma: number;
  readonly pages: readonly string[];
}

/** One line of a recording. */
export interface RecordedCase {
  readonly seed: number;
  readonly case: number;
  readonly family: string;
  readonly steps: readonly RecordedStep[];
  readonly final: readonly RecordedTable[];
}

const seen = z.looseObject({
  p: z.int().min(0),
  op: oneOf('operation', OPERATION_NAMES),
  res: oneOf('result', RESULTS),
  got: z.union([z.int().min(0).max(255), z.literal('eof')]).optional(),
});

const step = seen.transform(({ op, res, got, ...rest }, context): RecordedStep => {
  const args = ARGUMENTS[op].safeParse(rest);
  if (args.success) return { p: rest.p, op, args: args.data, outcome: got === undefined ? { res } : { res, got } };
  for (const { path, message } of args.error.issues) context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});

const table = z.object({ p: z.int().min(0), nvma: z.int().min(0), pages: z.array(z.string()).length(ARENA_PAGES) });

const recording = z
  .object({ seed: z.int(), case: z.int(), family: z.string(), steps: z.array(step), final: z.array(table) })
  .superRefine(({ steps, final }, context) => {
    for (const { path, message } of strangers(steps, final)) context.addIssue({ code: 'custom', path, message });
  });

interface Mistake {
  readonly path: (string | number)[];
  readonly message: string;
}

/** Processes that act or are listed without having been forked, or are forked twice. */
function strangers(steps: readonly RecordedStep[], final: readonly RecordedTable[]): Mistake[] {
  const live = new Set([0]);
  const unknown = (p: number): string => `no process ${p} here; allowed: ${[...live].join(', ')}`;
  const mistakes: Mistake[] = [];
  for (const [index, { p, args }] of steps.entries()) {
    if (!live.has(p)) mistakes.push({ path: ['steps', index, 'p'], message: unknown(p) });
    if (!('child' in args)) continue;
    if (live.has(args.child)) {
      mistakes.push({ path: ['steps', index, 'child'], message: `process ${args.child} is already alive` });
    }
    live.add(args.child);
  }
  for (const [index, { p }] of final.entries()) {
    if (!live.has(p)) mistakes.push({ path: ['final', index, 'p'], message: unknown(p) });
  }
  return mistakes;
}

/** JSON of a line, or the parser's message. */
function parseJson(line: string): { readonly json: unknown } | { readonly message: string } {
  try {
    return { json: JSON.parse(line) as unknown };
  } catch (error) {
    return { message: `not JSON: ${(error as Error).message}` };
  }
}

/** Reads one line: the case, or every mistake in it as `steps[3].prot: ...`. */
export function readCase(line: string): RecordedCase | readonly string[] {
  const parsed = parseJson(line);
  if ('message' in parsed) return [parsed.message];
  const result = recording.safeParse(parsed.json);
  if (result.success) return result.data;
  return mistakes(result.error);
}
