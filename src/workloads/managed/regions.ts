import type { Collection, Collector, Plan } from './collector.ts';
import { copy, roots, trace } from './job.ts';
import type { Operation } from './operations.ts';
import { parallel } from './parallel.ts';
import type { RuntimeThread } from './runtimethread.ts';
import { awaitCollection, collectFull, collectYoung } from './stoptheworld.ts';

/** Occupancy of the room for promoted objects at which marking begins. Source: HotSpot InitiatingHeapOccupancyPercent. */
const START_OCCUPANCY = 0.45;
/** Mixed collections after a marking. Source: HotSpot G1MixedGCCountTarget is 8; half of it, as regions with little garbage are left out. */
const MIXED_COUNT = 4;
/** Live data in the regions that mixed collections empty, relative to the garbage in them. Assumed. */
const LIVE_SHARE = 0.15;

/** Young collections that stop the program; marking of the old space beside it; its garbage goes in the young collections that follow (HotSpot G1). */
class Regions implements Plan {
  readonly #collection: Collection;
  /** Collections that still empty old regions, and the garbage that each may take. */
  #mixedLeft = 0;
  #share = 0;

  constructor(collection: Collection) {
    this.#collection = collection;
  }

  makeRoom(thread: Parameters<Plan['makeRoom']>[0]): Generator<void, void, number> {
    return awaitCollection(this.#collection, thread, this.#young);
  }

  *onTaken(): Generator<void, void, number> {}

  readonly #young: Operation = { run: (vm) => this.#collect(vm) };
  readonly #remark: Operation = { run: (vm) => this.#endMarking(vm) };

  *#collect(vm: RuntimeThread): Generator<void, void, number> {
    const { heap } = this.#collection;
    yield* collectYoung(this.#collection, vm);
    if (this.#mixedLeft > 0) yield* this.#emptyRegions(vm);
    if (heap.isOldFull) yield* collectFull(this.#collection, vm);
    else if (heap.occupancy > START_OCCUPANCY) yield* this.#beginMarking(vm);
  }

  *#beginMarking(vm: RuntimeThread): Generator<void, void, number> {
    const { isActive, heap, beside, operations } = this.#collection;
    if (isActive || this.#mixedLeft > 0) return;
    this.#collection.isActive = true;
    const job = trace('old', heap.sizes.live + heap.tenured);
    yield* beside.begin(vm, job, (thread) => operations.post(thread, this.#remark));
  }

  *#endMarking(vm: RuntimeThread): Generator<void, void, number> {
    const { heap, crew, counters, stacks } = this.#collection;
    yield* crew.run(vm, [roots(stacks)]);
    this.#collection.isActive = false;
    this.#mixedLeft = MIXED_COUNT;
    this.#share = Math.ceil(heap.tenured / MIXED_COUNT);
    counters.add('concurrentCycles');
  }

  *#emptyRegions(vm: RuntimeThread): Generator<void, void, number> {
    const { heap, crew } = this.#collection;
    const lines = Math.min(this.#share, heap.tenured);
    this.#mixedLeft--;
    yield* crew.run(vm, [copy('old', lines, 'survivors', Math.floor(lines * LIVE_SHARE))]);
    this.#collection.reclaim(lines);
  }
}

/** Instructions of barriers in 1000 of the program. Assumed: a post-write barrier of some five instructions; and one before the write while marking. */
const BARRIER = { always: 50, active: 30 } as const;

/** A G1-like collector. */
export const regions: Collector = {
  ...parallel,
  doc: 'young collections stop the program, the old space is marked beside it and emptied a share at a time (G1-like)',
  barrier: BARRIER,
  beside: (cpus) => Math.max(1, Math.floor(cpus / 4)),
  // Source: JEP 423, JDK 22.
  pins: true,
  plan: (collection) => new Regions(collection),
};
