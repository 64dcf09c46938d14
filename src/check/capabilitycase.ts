import { z } from 'zod';
import { Errno } from '../kernel/semantics/errno.ts';
import type { ExecutableFile } from '../kernel/semantics/linux/filemode.ts';
import { RULES } from '../kernel/semantics/linux/operations.ts';
import type { Operation, OpName } from '../kernel/semantics/linux/operations.ts';
import { argumentSchemas } from './capabilityarguments.ts';
import { mistakes } from './capabilityfiles.ts';
import { flag, recordedState } from './capabilitystate.ts';
import type { RecordedState } from './capabilitystate.ts';

/** One recorded step: what was called and what was seen after it. */
export interface RecordedStep {
  readonly operation: Operation;
  readonly ret: number;
  /** Name of the error; null on success. */
  readonly errno: string | null;
  /** AT_SECURE of a started program; null otherwise. */
  readonly secure: 0 | 1 | null;
  readonly after: RecordedState;
}

/** One line of a recording. */
export interface RecordedCase {
  readonly seed: number;
  readonly case: number;
  readonly init: RecordedState;
  readonly steps: readonly RecordedStep[];
}

/** Reads one line: the case, or every mistake in it. */
export type CaseReader = (line: string) => RecordedCase | readonly string[];

const OP_NAMES = Object.keys(RULES) as OpName[];
const ERROR_NAMES = Object.keys(Errno).filter((name) => name !== 'OK');

/** A member of a list of names; the message says which are allowed. */
function oneOf<Name extends string>(what: string, names: readonly Name[]): z.ZodType<Name> {
  const error = (issue: { readonly input?: unknown }): string =>
    `unknown ${what} ${JSON.stringify(issue.input)}; allowed: ${names.join(', ')}`;
  return z.enum(names, { error });
}

const seen = z.looseObject({
  op: oneOf('operation', OP_NAMES),
  ret: z.int(),
  errno: oneOf('errno', ERROR_NAMES).nullable(),
  secure: flag.nullable().default(null),
  after: recordedState,
});

function stepSchema(files: ReadonlyMap<string, ExecutableFile>): z.ZodType<RecordedStep> {
  const schemas = argumentSchemas(files);
  return seen.transform(({ op, ret, errno, secure, after, ...rest }, context): RecordedStep => {
    const args = schemas[op].safeParse(rest);
    if (args.success) return { operation: { op, args: args.data } as Operation, ret, errno, secure, after };
    for (const { path, message } of args.error.issues) context.addIssue({ code: 'custom', path: [...path], message });
    return z.NEVER;
  });
}

/** JSON of a line, or the parser's message. */
function parseJson(line: string): { readonly json: unknown } | { readonly message: string } {
  try {
    return { json: JSON.parse(line) as unknown };
  } catch (error) {
    return { message: `not JSON: ${(error as Error).message}` };
  }
}

/** A reader of cases that may run the given files. */
export function caseReader(files: ReadonlyMap<string, ExecutableFile>): CaseReader {
  const schema = z.object({ seed: z.int(), case: z.int(), init: recordedState, steps: z.array(stepSchema(files)) });
  return (line) => {
    const parsed = parseJson(line);
    if ('message' in parsed) return [parsed.message];
    const result = schema.safeParse(parsed.json);
    return result.success ? result.data : mistakes(result.error);
  };
}
