import { Dram } from '../dram.ts';
import { Hierarchy, type HierarchySpec } from '../hierarchy.ts';
import { Slab } from '../slab.ts';
import type { MemoryNode } from '../memorynodes.ts';
import type { DramSpec } from '../rowbuffers.ts';
import { ExactLines } from './exactlines.ts';
import type { MemorySystem } from './lines.ts';
import { LineSample } from './linesample.ts';
import { SampledDram } from './sampleddram.ts';
import { SampledLines } from './sampledlines.ts';
import { SampledWalks } from './sampledwalks.ts';

type Maker = (spec: HierarchySpec, dram: DramSpec) => MemorySystem;

/**
 * How caches and memory are simulated: `exact` sends every access through them, `interval` one of four lines through a quarter of
 * their sets, for long runs and many cores. docs/fidelity.md has the measured errors and speeds.
 */
export const FIDELITIES = { exact: makeExact, interval: makeInterval } as const satisfies Record<string, Maker>;
/** Name of a fidelity. */
export type Fidelity = keyof typeof FIDELITIES;

/** Lines that a sampled line stands for, where the smallest cache has as many sets. */
const EVERY = 4;

function makeExact(spec: HierarchySpec, dram: DramSpec): MemorySystem {
  const nodes = nodesOf(spec, () => new Dram(dram));
  const hierarchy = new Hierarchy(spec, ...nodes);
  return {
    walks: hierarchy,
    traffic: hierarchy.traffic,
    nodes,
    prefetches: hierarchy.prefetches,
    linesCounted: 1,
    linesOf: (owner) => new ExactLines(owner, hierarchy),
  };
}

function makeInterval(spec: HierarchySpec, dram: DramSpec): MemorySystem {
  const { cores, l1i, l1d, l2, llc } = spec;
  const sample = new LineSample(Math.min(EVERY, l1i.sets, l1d.sets, l2.sets, llc.sets));
  const nodes = nodesOf(spec, () => new SampledDram(dram, sample.every));
  const slab = new Slab();
  const hierarchy = new Hierarchy(shrink(spec, sample.every), ...nodes);
  return {
    traffic: hierarchy.traffic,
    nodes,
    prefetches: hierarchy.prefetches,
    linesCounted: sample.every,
    walks: new SampledWalks(cores, hierarchy, sample),
    linesOf: (owner) => new SampledLines(owner, hierarchy, sample, slab),
  };
}

/** Memory of each socket. */
function nodesOf({ cores, sockets }: HierarchySpec, make: () => MemoryNode): MemoryNode[] {
  return Array.from({ length: Math.ceil(cores / (sockets?.coresPerSocket ?? cores)) }, make);
}

/** The same caches with one of `every` sets, and as few lines to put there; they do not prefetch, as neighbours are hardly ever both in the sample. */
function shrink(spec: HierarchySpec, every: number): HierarchySpec {
  const part = <S extends { readonly sets: number }>(store: S): S => ({ ...store, sets: store.sets / every });
  const { l1i, l1d, l2, llc, lines } = spec;
  const { prefetch: _first, ...first } = l1d;
  const { prefetch: _second, ...second } = l2;
  return { ...spec, l1i: part(l1i), l1d: part(first), l2: part(second), llc: part(llc), lines: lines / every };
}
