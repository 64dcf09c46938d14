import type { ParamSpec } from '../../workload.ts';

type Range = readonly [min: number, max: number];

/** A whole number with its range and unit. */
export function integer(value: number, [min, max]: Range, unit: string, doc: string): ParamSpec {
  return { kind: 'integer', default: value, min, max, unit, doc };
}

/** A number with its range and unit. */
export function number(value: number, [min, max]: Range, unit: string, doc: string): ParamSpec {
  return { kind: 'number', default: value, min, max, unit, doc };
}

/** One of several names. */
export function choice(choices: readonly string[], doc: string): ParamSpec {
  return { kind: 'choice', default: choices[0], choices, unit: 'none', doc };
}

/** On or off. */
export function toggle(value: boolean, doc: string): ParamSpec {
  return { kind: 'boolean', default: value, unit: 'none', doc };
}
