import { nearest } from '../sim/nearest.ts';

/** One thing wrong with a profile, by dotted path. */
export interface ProfileProblem {
  readonly path: string;
  readonly message: string;
}

/** What a file may hold where a record is expected. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with the value at a path. */
export type Check = (value: unknown, path: string) => readonly ProfileProblem[];

const CONFIDENCES = ['seen', 'second-hand', 'recalled', 'assumed'];

/** Whether a value has named parts. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value was meant to be a sourced number. */
export function isSourced(value: unknown): value is Fields {
  return isFields(value) && ('value' in value || 'range' in value || 'confidence' in value);
}

/** A problem at a path, if there is one. */
export const when = (isWrong: boolean, path: string, message: string): ProfileProblem[] =>
  isWrong ? [{ path, message }] : [];
/** Whether a value says something. */
export const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
/** Whether a value is a whole number above 0. */
export const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

/** A text that says something. */
export const text: Check = (value, path) => when(!isText(value), path, 'must be a text');
/** A whole number above 0. */
export const count: Check = (value, path) =>
  when(!isCount(value), path, `is ${String(value)}; it must be a whole number above 0`);
/** True or false. */
export const flag: Check = (value, path) =>
  when(typeof value !== 'boolean', path, `is ${String(value)}; it must be true or false`);
/** One of some names. */
export const oneOf =
  (names: readonly string[]): Check =>
  (value, path) =>
    when(!names.includes(value as string), path, `is ${String(value)}; it must be ${choice(value, names)}`);
/** Names to choose from, with the one that is likely to be meant. */
function choice(value: unknown, names: readonly string[]): string {
  const meant = nearest(String(value), names);
  return `one of ${names.join(', ')}${meant === undefined ? '' : ` (nearest: ${meant})`}`;
}
/** What a machine may lack. */
export const optional =
  (check: Check): Check =>
  (value, path) =>
    value === undefined ? [] : check(value, path);
/** A list of some names. */
export const listOf =
  (names: readonly string[]): Check =>
  (value, path) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => oneOf(names)(item, `${path}.${index}`))
      : [{ path, message: `must be a list of ${names.join(', ')}` }];

/** A sourced number: what is missing of it, and whether value and range agree. */
export const sourcedNumber: Check = (leaf, path) => {
  if (!isSourced(leaf)) return [{ path, message: 'must be a number with value, range, confidence and source' }];
  const { value, range, confidence, source } = leaf;
  return [
    ...when(!isText(source), path, 'has no source'),
    ...when(!CONFIDENCES.includes(confidence as string), path, `has no confidence; one of ${CONFIDENCES.join(', ')}`),
    ...when(!isAmount(value), path, `is ${String(value)}; it must be a finite number, at least 0`),
    ...checkRange(value, range, path),
  ];
};

/** A sourced number above 0, wherever in its range a study puts it. */
export const positive: Check = (leaf, path) => [
  ...sourcedNumber(leaf, path),
  ...when(
    isSourced(leaf) && !([leaf['value'], ...boundsOf(leaf['range'])] as number[]).every((n) => n > 0),
    path,
    'must be above 0, as its range must',
  ),
];

function checkRange(value: unknown, range: unknown, path: string): readonly ProfileProblem[] {
  const [low, high] = boundsOf(range);
  if (low === undefined || high === undefined) return [{ path, message: 'has no range of two numbers' }];
  const isInside = low <= (value as number) && (value as number) <= high;
  return when(!isInside, path, `is ${String(value)}, outside its own range ${low} to ${high}`);
}

/** The bounds of a range; none if it is not two numbers. */
function boundsOf(range: unknown): readonly number[] {
  const bounds = Array.isArray(range) ? (range as readonly unknown[]) : [];
  return bounds.length === 2 && bounds.every((bound) => typeof bound === 'number') ? bounds : [];
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** Sourced numbers by names of a table; `what` they are together, `kind` what a name must be. */
export const numbers =
  (names: object, what: string, kind: string): Check =>
  (value, path) => {
    if (!isFields(value)) return [{ path, message: `must hold ${what}` }];
    return Object.entries(value).flatMap(([name, leaf]) =>
      Object.hasOwn(names, name)
        ? sourcedNumber(leaf, `${path}.${name}`)
        : [{ path: `${path}.${name}`, message: `is no ${kind}` }],
    );
  };

/** What is wrong with the sets of a store of `entries` in `ways`. */
export function checkSets(path: string, entries: number, ways: unknown): ProfileProblem[] {
  if (!isCount(ways)) return when(true, `${path}.ways`, `is ${String(ways)}; it must be a whole number above 0`);
  const sets = entries / ways;
  if (!Number.isInteger(sets))
    return [{ path, message: `has ${entries} entries in ${ways} ways; the ways must divide the entries` }];
  const isPower = sets > 0 && (sets & (sets - 1)) === 0;
  return when(
    !isPower,
    path,
    `has ${entries} entries in ${ways} ways, that is ${sets} sets; sets must be a power of two`,
  );
}
