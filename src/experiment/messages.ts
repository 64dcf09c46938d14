import type { Difference } from './differ.ts';
import { nearest } from '../sim/nearest.ts';
import type { Finding } from './problem.ts';

/** Names a message lists before it only counts the rest. */
const LIST_LIMIT = 30;

/** A name that is not in its table. `kind` is what the table holds: policy, key, factor. */
export function unknownName(kind: string, name: unknown, allowed: readonly string[]): Finding {
  const near = nearest(String(name), allowed);
  const hint = near === undefined ? {} : { nearest: near };
  const known = allowed.length === 0 ? `none, as there is no ${kind}` : shortened(allowed);
  return { message: `unknown ${kind}`, value: name, allowed: known, ...hint };
}

function shortened(names: readonly string[]): readonly string[] {
  if (names.length <= LIST_LIMIT) return names;
  return [...names.slice(0, LIST_LIMIT), `${names.length - LIST_LIMIT} more`];
}

/** A value of the wrong type. */
export function wrongType(expected: string, allowed?: readonly string[]): Finding {
  return { message: `expected ${expected}`, ...(allowed === undefined ? {} : { allowed }) };
}

/** A number outside its range; `unit` may be empty. */
export function outOfRange(low: number, high: number, unit: string): Finding {
  return { message: 'out of range', allowed: `${low} to ${high}${unit === '' ? '' : ` ${unit}`}` };
}

/** More cores than the machine has. */
export function tooManyCores(machine: string, maxCores: number): Finding {
  return { message: `more cores than machine "${machine}" has`, allowed: `1 to ${maxCores}` };
}

/** Hardware threads on a machine that has none. */
export function noSiblings(machine: string): Finding {
  return { message: `machine "${machine}" has one thread a core`, allowed: 'false' };
}

/** A sample of lines cannot follow the streams of a prefetcher. */
export function noPrefetch(machine: string): Finding {
  return {
    message: `fidelity interval has no prefetch, which machine "${machine}" does here; set profile.prefetching to 0`,
    allowed: 'exact',
  };
}

/** A key that must be present. */
export function missing(key: string, reason: string): Finding {
  return { message: `${key} is missing: ${reason}` };
}

/** Zipped factors have different numbers of levels. */
export function unequalZip(lengths: readonly (readonly [factor: string, levels: number])[]): Finding {
  const text = lengths.map(([factor, levels]) => `${factor} has ${levels}`).join(', ');
  return { message: `zipped factors need equally many levels: ${text}` };
}

/** A factor in two zip groups, or twice in one. */
export function zippedTwice(): Finding {
  return { message: 'zipped twice' };
}

/** Two measurements of a study are the same run. */
export function sameRun(first: string, second: string): Finding {
  return {
    message: `measurements "${first}" and "${second}" are the same run: a factor has no effect or a level is given twice`,
  };
}

/** A study of no runs. */
export function emptyStudy(): Finding {
  return { message: 'no combination of levels satisfies the constraint: the study has no runs' };
}

/** A study resolved by other model behaviour. */
export function otherVersion(version: number): Finding {
  return { message: `resolved by another model version than ${version}` };
}

/** An expression that cannot be read or evaluated, with the position from 0 within its text. */
export function badExpression(position: number, message: string): Finding {
  return { message: `${message} at character ${position + 1}` };
}

/** A file that cannot be read. */
export function unreadable(file: string, reason: string): Finding {
  return { message: `cannot read ${file}: ${reason}` };
}

/** A chain of `extends` that comes back to where it was. */
export function extendsItself(file: string): Finding {
  return { message: `${file} extends itself` };
}

/** A `-o` option without a name or a value. */
export function badOverride(option: string): Finding {
  return {
    message: 'cannot read the option',
    value: option,
    allowed: 'key=value, such as policy=kernelmode or params.connections=16',
  };
}

/** A precision target on a response that the runs do not have. */
export function noTarget(wanted: string, have: readonly string[]): Finding & { path: string } {
  return { path: 'repeat.target.metric', ...unknownName('response', wanted, have) };
}

/** A key in which stored results differ from the study that wants their folder. */
export function otherStudy(dir: string, { path, before, after }: Difference): Finding & { path: string; file: string } {
  const values = `stored ${JSON.stringify(before) ?? 'nothing'}, asked ${JSON.stringify(after) ?? 'nothing'}`;
  const allowed = '--out DIR for another folder, or --replace to make this folder the new study';
  return { file: dir, path, message: `results of another study: ${values}`, allowed };
}
