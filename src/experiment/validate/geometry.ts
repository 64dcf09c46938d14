import { hostOf } from './machines.ts';
import type { Target } from './target.ts';

/** A part of a level's description: what it says, and the unit that this is in. */
const PARTS: readonly (readonly [RegExp, string, string])[] = [
  [/(\d+(?:\.\d+)?) ?([KM]i?B)(?!\/core)(?:\/\w+)?(?![a-z])/i, 'size', ''],
  [/(\d+)[- ]?w(?:ays?)?\b/i, 'ways', 'ways'],
  [/(\d+) entries/i, 'entries', 'entries'],
];
const LEVEL = /^((?:L[12] )?[sdi]?TLB|L[123][di]?)\b/i;
/** Sizes of slices: the model has one last level. */
const PER_CORE = /\d+(?:\.\d+)? ?[KM]i?B\/core/i;
/** What a miss of a TLB takes is not its size. */
const MISS = /;? ?miss(?:es)? \d+/i;
/** What is left when sizes, ways and entries are taken away: a latency, or the entries of a TLB. */
const REST = /[~≈]?(\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)?)(?! ?\/\w)/;

/** Whether a text names a level of caches or TLBs and says no more. */
export const isLevel = (text: string): boolean => LEVEL.exec(text)?.[0] === text;

/** Figures of a geometry, which stand in the metric (`see metric`) or in the value; undefined for a row of another kind. */
export function geometryFigures(target: Target): readonly Target[] | undefined {
  const { metric, value } = target;
  if (/^see metric$/i.test(value)) return metric.split(/; ?/).flatMap((text) => described(target, text));
  const sum = sumFigure(target);
  if (sum !== undefined) return [sum];
  if (/\d ?[KM]i?B\b|\d+-?w(ay)?\b|\d entries/i.test(value) && LEVEL.test(metric))
    return described(target, `${metric} ${value.replaceAll(';', ' ')}`);
  return LEVEL.test(metric) && /\d ?[KM]i?B\b|\d-?w(ay)?\b/i.test(metric)
    ? described(target, `${metric} ${value}`)
    : undefined;
}

/** `40 cycles + 67` ns: the cycles are those of the row's processor. */
function sumFigure(target: Target): Target | undefined {
  const [, cycles, ns] = /^(\d+) cycles \+ (\d+)$/.exec(target.value) ?? [];
  const gigahertz = hostOf(target)?.gigahertz;
  if (ns === undefined || gigahertz === undefined) return undefined;
  return { ...target, value: (Number(ns) + Number(cycles) / gigahertz).toFixed(1) };
}

/** `L1d 48 KB 12w 5` as size, ways and latency of L1d; alternatives belong to alternative processors. */
function described(target: Target, text: string): readonly Target[] {
  const level = LEVEL.exec(text)?.[0];
  if (level === undefined) return [{ ...target, metric: text }];
  const cpus = target.cpu.split(' / ');
  const rests = text.slice(level.length).split(' / ');
  return rests.flatMap((rest, i) => partsOf({ ...target, cpu: cpus[i] ?? target.cpu }, level, rest));
}

function partsOf(target: Target, level: string, text: string): readonly Target[] {
  const figures: Target[] = [];
  let rest = text.replace(PER_CORE, '').replace(MISS, '');
  for (const [pattern, name, unit] of PARTS) {
    const found = pattern.exec(rest);
    if (found === null) continue;
    const [all, value, suffix] = found;
    figures.push({ ...target, metric: `${level} ${name}`, value, unit: unit === '' ? suffix : unit });
    rest = rest.replace(all, '');
  }
  const number = REST.exec(rest)?.[1];
  if (number === undefined) return figures;
  const isTlb = /tlb/i.test(level);
  const last = {
    ...target,
    value: number,
    metric: isTlb ? `${level} entries` : level,
    unit: isTlb ? 'entries' : 'cycles',
  };
  return [...figures, last];
}
