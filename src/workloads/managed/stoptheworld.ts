import type { Collection, Plan } from './collector.ts';
import { adjust, copy, roots, trace, type Job } from './job.ts';
import { Word } from './layout.ts';
import type { Operation } from './operations.ts';
import type { RuntimeThread } from './runtimethread.ts';

/** Share of the long-lived data whose cards a collection of the nursery looks through. Assumed. */
const DIRTY_SHARE = 0.02;

/** Copies what is alive in the nursery: roots, dirty cards, survivors. */
export function* collectYoung(collection: Collection, vm: RuntimeThread): Generator<void, void, number> {
  const { heap, crew, counters, stacks } = collection;
  const dirty = Math.floor(heap.sizes.live * DIRTY_SHARE);
  const jobs: Job[] = [roots(stacks), adjust('old', dirty), copy('eden', heap.used, 'survivors', heap.copied)];
  yield* crew.run(vm, jobs);
  retireAll(collection);
  yield* collection.endYoung(vm);
  counters.add('youngCollections');
}

/** Marks, corrects references and slides what is alive, over the whole heap. */
export function* collectFull(collection: Collection, vm: RuntimeThread): Generator<void, void, number> {
  const { heap, crew, counters, stacks } = collection;
  const { live } = heap.sizes;
  yield* crew.run(vm, [roots(stacks), trace('old', live + heap.tenured), adjust('old', live)]);
  collection.reclaim();
  counters.add('fullCollections');
}

/** No thread keeps a piece of a nursery that has been emptied. */
export function retireAll({ allocators }: Collection): void {
  for (const allocator of allocators) allocator.retire();
}

/** A collection while the program stands still, whenever the nursery is full, and of the whole heap when promotions may not fit. */
export function stopTheWorld(collection: Collection): Plan {
  const operation: Operation = {
    *run(vm) {
      yield* collectYoung(collection, vm);
      if (collection.heap.isOldFull) yield* collectFull(collection, vm);
    },
  };
  return {
    makeRoom: (thread) => awaitCollection(collection, thread, operation),
    *onTaken() {},
  };
}

/** Asks for a collection of the nursery and sleeps until there has been one. */
export function* awaitCollection(
  collection: Collection,
  thread: Parameters<Plan['makeRoom']>[0],
  operation: Operation,
): Generator<void, void, number> {
  const { epoch } = collection;
  yield* collection.operations.post(thread, operation);
  yield* thread.await(Word.Resume, () => collection.epoch !== epoch);
}
