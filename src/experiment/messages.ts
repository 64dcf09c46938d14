import { nearest } from './nearest.ts';
import type { Finding } from './problem.ts';

/** A value as a message shows it: JSON, cut at 60 characters. */
export function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A name that is not in its table. `kind` is what the table holds: policy, key, factor. */
export function unknownName(kind: string, name: unknown, allowed: readonly string[]): Finding {
  const near = nearest(String(name), allowed);
  return { message: `unknown ${kind} ${show(name)}`, allowed, ...(near === undefined ? {} : { nearest: near }) };
}

/** A value of the wrong type. */
export function wrongType(expected: string, value: unknown, allowed?: readonly string[]): Finding {
  return { message: `expected ${expected}, got ${show(value)}`, ...(allowed === undefined ? {} : { allowed }) };
}

/** A number outside its range; `unit` may be empty. */
export function outOfRange(value: number, low: number, high: number, unit: string): Finding {
  return { message: `${value} is out of range`, allowed: [`${low} to ${high}${unit === '' ? '' : ` ${unit}`}`] };
}

/** More cores than the machine has. */
export function tooManyCores(cores: number, machine: string, maxCores: number): Finding {
  return { message: `${cores} cores asked of machine "${machine}"`, allowed: [`1 to ${maxCores}`] };
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

/** Two measurements of a study are the same run. */
export function sameRun(first: string, second: string): Finding {
  return {
    message: `measurements "${first}" and "${second}" are the same run: a factor has no effect or a level is given twice`,
  };
}

/** An expression that cannot be read or evaluated, with the position from 1 within its text. */
export function badExpression(position: number, message: string): Finding {
  return { message: `${message} (character ${position} of the expression)` };
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
    message: `cannot read ${show(option)}`,
    allowed: ['key=value, such as policy=kernelmode or params.connections=16'],
  };
}

/** A study of no runs. */
export function emptyStudy(): Finding {
  return { message: 'no combination of levels satisfies the constraint: the study has no runs' };
}
