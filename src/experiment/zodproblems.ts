import type * as z from 'zod';
import { unknownName, wrongType } from './messages.ts';
import type { Problem } from '../sim/errors.ts';
import { shownValue, type Finding } from './problem.ts';
import type { Layered } from './layers.ts';
import { studySchema } from './studyschema.ts';
import type { Path } from './yamlsource.ts';

type Issue = z.core.$ZodIssue;

/** Mistakes against the schema, with their places; keys that must exist are placed at the map that lacks them. */
export function schemaProblems(layers: Layered): Problem[] {
  const parsed = studySchema.safeParse(layers.value);
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, [], layers));
}

function problemsOf(issue: Issue, prefix: Path, layers: Layered): Problem[] {
  const path = [...prefix, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, layers));
  const value = valueAt(layers.value, path);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return likeliest(issue.errors).flatMap((inner) => problemsOf(inner, path, layers));
  }
  const { place } = layers.locate(path);
  return [{ ...place, path: dotted(path), ...shownValue(value), ...finding(issue, value) }];
}

function unknownKey(path: Path, key: string, layers: Layered): Problem {
  const { place } = layers.locate(path, key);
  return { ...place, path: dotted([...path, key]), ...unknownName('key', key, keysAt(path)) };
}

/** Of the alternatives of a union, the one whose outer shape fits; else a summary of all types. */
function likeliest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] {
  const fitting = alternatives.find((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code !== 'invalid_type'),
  );
  const types = alternatives.flatMap((issues) =>
    issues.map((issue) => (issue.code === 'invalid_type' ? issue.expected : 'value')),
  );
  return fitting ?? [{ code: 'custom', path: [], message: wrongType(types.join(' or ')).message } as unknown as Issue];
}

type IssueOf<Code extends Issue['code']> = Extract<Issue, { code: Code }>;

/** How each kind of schema mistake reads; the others keep the words of the schema. */
const FINDINGS: { readonly [Code in Issue['code']]?: (issue: IssueOf<Code>, value: unknown) => Finding } = {
  invalid_type: (issue, value) => {
    if (value === undefined) return { message: `missing, expected ${issue.expected}` };
    if (!issue.message.startsWith('Invalid input')) return { message: issue.message }; // the schema's own words
    const expected = issue.expected === 'int' ? 'integer' : issue.expected;
    return wrongType(expected, expected === 'boolean' ? ['true', 'false'] : undefined);
  },
  too_small: (issue, value) =>
    tooExtreme('small', value, issue.inclusive === false ? 'more than' : 'at least', issue.minimum),
  too_big: (issue, value) =>
    tooExtreme('large', value, issue.inclusive === false ? 'less than' : 'at most', issue.maximum),
};

function finding(issue: Issue, value: unknown): Finding {
  const write = FINDINGS[issue.code] as ((issue: Issue, value: unknown) => Finding) | undefined;
  return write?.(issue, value) ?? { message: issue.message };
}

function tooExtreme(how: string, value: unknown, bound: string, limit: number | bigint): Finding {
  const what = Array.isArray(value) ? 'number of elements' : typeof value === 'string' ? 'length' : 'value';
  return { message: `${what} too ${how}`, allowed: `${bound} ${limit}` };
}

/** Keys the schema knows at `path`; unions give the keys of their map. */
function keysAt(path: Path): string[] {
  let schema: unknown = studySchema;
  for (const step of path) schema = inner(schema, step);
  return Object.keys(shapeOf(schema) ?? {});
}

function inner(schema: unknown, step: string | number): unknown {
  return shapeOf(schema)?.[step];
}

function shapeOf(schema: unknown): Record<string | number, unknown> | undefined {
  const node = schema as
    | { shape?: Record<string, unknown>; unwrap?: () => unknown; options?: readonly unknown[] }
    | undefined;
  if (node?.shape !== undefined) return node.shape;
  if (node?.options !== undefined) return node.options.map(shapeOf).find((shape) => shape !== undefined);
  return node?.unwrap === undefined ? undefined : shapeOf(node.unwrap());
}

/** The value at `path`, undefined where the path ends early. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, step) => (typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[step] : undefined),
    value,
  );
}

/** A path as messages write it. */
export function dotted(path: Path): string {
  return path.length === 0 ? '(root)' : path.join('.');
}
