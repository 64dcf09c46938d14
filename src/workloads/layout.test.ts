import { describe, expect, it } from 'vitest';
import type { BuildContext, ProcessSpec } from '../kernel/abi.ts';
import { openStream } from '../sim/rng.ts';
import { StatsRegistry } from '../sim/stats.ts';
import { makeClock } from '../sim/units.ts';
import { workloads } from './index.ts';
import type { ParamSpec, ParamValue, Params, Workload } from './workload.ts';

const CORES = 3;

function context(): BuildContext {
  return {
    clock: makeClock(1e9),
    cores: CORES,
    stats: new StatsRegistry(),
    openStream: (name) => openStream(1, 0, name),
    begin: () => {},
    complete: () => {},
  };
}

/** Values at and between the bounds of a parameter, odd ones among them, or each of its choices. */
function valuesOf({ kind, default: own, min, max, choices = [] }: ParamSpec): readonly ParamValue[] {
  if (kind === 'choice') return choices;
  if (kind === 'boolean') return [true, false];
  if (typeof own !== 'number' || min === undefined || max === undefined) return [];
  // Bounds of memory: larger ones are of work and of rates, which no layout depends on.
  const inner = [67, 1001, 12_345].filter((value) => value > min && value < max);
  return [min, ...inner, ...(max <= 1e6 ? [max] : [])];
}

/** Processes of a workload with one parameter at each of its values, the others at their defaults. */
function* built(workload: Workload): Generator<readonly [setting: string, process: ProcessSpec]> {
  const defaults: Params = Object.fromEntries(
    Object.entries(workload.params).map(([name, spec]) => [name, spec.default]),
  );
  for (const [name, spec] of Object.entries(workload.params))
    for (const value of valuesOf(spec))
      for (const process of workload.build(context(), { ...defaults, [name]: value }).processes)
        yield [`${name}: ${String(value)}, ${process.name}`, process];
}

/** What a loader could not map: regions that are no whole number of pages, and threads without a buffer. */
function faultsOf({ regions, threads, children = [] }: ProcessSpec): readonly string[] {
  const names = new Set(regions.map(({ name }) => name));
  return [
    ...regions.filter(({ pages }) => !(Number.isInteger(pages) && pages > 0)).map(({ name }) => `pages of ${name}`),
    ...(names.size < regions.length ? ['two regions of one name'] : []),
    ...[...threads, ...children].filter(({ buffer }) => !names.has(buffer)).map(({ name }) => `buffer of ${name}`),
  ];
}

describe('regions of a process', () => {
  it.each(Object.keys(workloads))(
    'of %s are whole pages, a buffer for each thread among them, at all values of a parameter',
    (name) => {
      const faults = [...built(workloads[name])].flatMap(([setting, process]) =>
        faultsOf(process).map((fault) => `${setting}: ${fault}`),
      );

      expect(faults).toEqual([]);
    },
  );
});
