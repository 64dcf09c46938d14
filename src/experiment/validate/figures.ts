import { geometryFigures, isLevel } from './geometry.ts';
import type { Target } from './target.ts';

/** Between alternatives of a metric, a processor or a value; the slash of `I/O` or `req/s` has no blanks. */
const SLASH = / \/ /;

/**
 * The figures of a row, each as a row of its own: `L1 / L2 / L3` with `4 / 12 / 26-34` are three, `L1d 48 KB 12w` is a size and a number of
 * ways. A row with one figure is itself.
 */
export function figuresOf(target: Target): readonly Target[] {
  return geometryFigures(target) ?? slashed(target);
}

/** One row for each alternative of the value, with the alternative of the metric, the processor and the unit that it belongs to. */
function slashed(target: Target): readonly Target[] {
  const values = alternatives(target.value);
  if (values.length < 2) return [target];
  const metrics = alternatives(target.metric);
  const units = target.unit.split(';').map((unit) => unit.trim());
  const figure = (value: string, i: number): Target => {
    const metric = metrics[i] ?? `${target.metric} (figure ${i + 1})`;
    return { ...target, value, metric, unit: units[unitIndex(target.value, i)] ?? units[0] };
  };
  return values.map(figure);
}

/** Groups of figures stand between semicolons, each group with a unit of its own. */
function unitIndex(value: string, figure: number): number {
  let seen = 0;
  return value.split(';').findIndex((group) => (seen += group.split(SLASH).length) > figure);
}

/** `a x / y b; c / d` as `a x b`, `a y b`, `c`, `d`: words before the first and after the last alternative belong to all of a group. */
function alternatives(text: string): readonly string[] {
  const groups = text.split(/; /).map((group) => group.split(SLASH));
  const spread = groups.flatMap((parts) => (parts.length === 1 ? parts : inContext(parts)));
  const isList = groups.every((parts) => parts.length > 1);
  return isList ? spread : lastList(groups);
}

/** A list after or before words that are none, such as a processor's working set before what differs. */
function lastList(groups: readonly (readonly string[])[]): readonly string[] {
  const at = groups.findLastIndex((parts) => parts.length > 1);
  if (at < 0) return [groups.map(([only]) => only).join('; ')];
  const words = (from: number, to?: number): string[] => groups.slice(from, to).map(([only]) => only);
  return inContext(groups[at]).map((one) => [...words(0, at), one, ...words(at + 1)].join('; '));
}

function inContext(parts: readonly string[]): readonly string[] {
  if (parts.every((part) => isLevel(part))) return parts;
  const [first, ...rest] = parts;
  const last = rest.at(-1)!;
  const before = /^(.*[:,] )?(.*?)(\S+)$/.exec(first);
  const after = /^([^\s(]+)(.*)$/.exec(last);
  if (before === null || after === null) return parts;
  const prefix = `${before[1] ?? ''}${before[1] === undefined ? before[2] : ''}`;
  const label = before[1] === undefined ? before[3] : `${before[2]}${before[3]}`;
  const labels = [label, ...rest.slice(0, -1), after[1]];
  return labels.map((one) => `${prefix}${one}${after[2]}`.trim());
}
