import type { Collection, Collector, Plan } from './collector.ts';
import { copy, roots, trace } from './job.ts';
import { Word } from './layout.ts';
import type { Operation } from './operations.ts';
import { parallel } from './parallel.ts';
import type { RuntimeThread } from './runtimethread.ts';
import { retireAll } from './stoptheworld.ts';

/** Share of the nursery in use at which a cycle begins. Assumed; ZGC reckons it from the rate of allocation. */
const START_SHARE = 0.4;

/**
 * Everything beside the program but three short stops: begin of marking, its end, begin of relocation (ZGC-like, one generation). A thread that
 * finds no room waits for the end of the cycle (allocation stall).
 */
class Concurrent implements Plan {
  readonly #collection: Collection;
  /** Lines in use when marking began: what this cycle may free. */
  #marked = 0;

  constructor(collection: Collection) {
    this.#collection = collection;
  }

  *makeRoom(thread: Parameters<Plan['makeRoom']>[0]): Generator<void, void, number> {
    const { counters } = this.#collection;
    const { epoch } = this.#collection;
    const began = thread.env.now();
    yield* this.#begin(thread);
    yield* thread.await(Word.Stall, () => this.#collection.epoch !== epoch);
    counters.add('stalls');
    counters.add('stallCycles', thread.env.now() - began);
  }

  *onTaken(thread: RuntimeThread): Generator<void, void, number> {
    const { heap } = this.#collection;
    if (heap.used > heap.sizes.eden * START_SHARE) yield* this.#begin(thread);
  }

  readonly #markStart: Operation = { run: (vm) => this.#startMarking(vm) };
  readonly #markEnd: Operation = { run: (vm) => this.#endMarking(vm) };

  *#begin(thread: RuntimeThread): Generator<void, void, number> {
    if (this.#collection.isActive) return;
    this.#collection.isActive = true;
    yield* this.#collection.operations.post(thread, this.#markStart);
  }

  *#startMarking(vm: RuntimeThread): Generator<void, void, number> {
    const { heap, crew, beside, stacks, operations } = this.#collection;
    this.#marked = heap.used;
    retireAll(this.#collection);
    yield* crew.run(vm, [roots(stacks)]);
    const job = trace('old', heap.sizes.live + heap.tenured);
    yield* beside.begin(vm, job, (thread) => operations.post(thread, this.#markEnd));
  }

  /** Marking has ended; relocation begins in the same stop, as nothing in the model happens between the two. */
  *#endMarking(vm: RuntimeThread): Generator<void, void, number> {
    const { heap, crew, beside, stacks } = this.#collection;
    yield* crew.run(vm, [roots(stacks)]);
    const lines = Math.floor(this.#marked * heap.sizes.survival) + heap.survivors;
    yield* beside.begin(vm, copy('eden', this.#marked, 'survivors', lines), (thread) => this.#end(thread));
  }

  *#end(thread: RuntimeThread): Generator<void, void, number> {
    const { counters } = this.#collection;
    this.#collection.reclaim();
    this.#collection.isActive = false;
    yield* this.#collection.endYoung(thread, this.#marked);
    counters.add('concurrentCycles');
    yield* thread.wake(Word.Stall);
  }
}

/** Instructions of barriers in 1000 of the program. Assumed: a test at some 50 loads of references; beside a cycle some take the slow way and heal. */
const BARRIER = { always: 60, active: 60 } as const;

/** A ZGC-like collector. */
export const concurrent: Collector = {
  ...parallel,
  doc: 'marks and moves beside the program, with a barrier at every load of a reference and short stops (ZGC-like)',
  barrier: BARRIER,
  beside: (cpus) => Math.max(1, Math.floor(cpus / 4)),
  plan: (collection) => new Concurrent(collection),
};
