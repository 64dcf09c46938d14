import { LINE_BYTES } from '../../sim/units.ts';
import type { Counters } from './counters.ts';
import type { Crew } from './crew.ts';
import type { Finalizers } from './finalizers.ts';
import type { Heap } from './heap.ts';
import type { ManagedThread } from './managedthread.ts';
import type { Operations } from './operations.ts';
import type { RuntimeThread } from './runtimethread.ts';

/** What collectors work on, and with. */
export class Collection {
  readonly heap: Heap;
  readonly crew: Crew;
  readonly beside: Crew;
  readonly operations: Operations;
  readonly counters: Counters;
  /** Stack regions of the threads of the program. */
  readonly stacks: readonly string[];
  /** Threads of the program, which hold pieces of the nursery. */
  readonly allocators: { retire(): void }[] = [];
  /** Collections of the nursery that have ended. */
  epoch = 0;
  /** Whether barriers of the program take their slower way, because a collection is under way beside it. */
  isActive = false;

  readonly finalizers: Finalizers;

  constructor(parts: CollectionParts) {
    this.heap = parts.heap;
    this.crew = parts.crew;
    this.beside = parts.beside;
    this.operations = parts.operations;
    this.counters = parts.counters;
    this.stacks = parts.stacks;
    this.finalizers = parts.finalizers;
  }

  /** Frees what is dead in the first `lines` used lines of the nursery, and wakes those who wait for that. */
  *endYoung(thread: RuntimeThread, lines = this.heap.used): Generator<void, void, number> {
    const freed = this.#counting(() => this.heap.collectYoung(lines));
    this.epoch++;
    yield* this.finalizers.onFreed(thread, freed);
  }

  /** Frees so many promoted lines. */
  reclaim(lines = this.heap.tenured): void {
    this.#counting(() => this.heap.reclaim(lines));
  }

  #counting(change: () => void): number {
    const before = this.heap.freed;
    change();
    this.heap.audit();
    const freed = this.heap.freed - before;
    this.counters.add('freed', freed * LINE_BYTES);
    return freed;
  }
}

type CollectionParts = Pick<
  Collection,
  'heap' | 'crew' | 'beside' | 'operations' | 'counters' | 'stacks' | 'finalizers'
>;

/** What a collector does when threads allocate. */
export interface Plan {
  /** Waits until the nursery may have room again. */
  makeRoom(thread: ManagedThread): Generator<void, void, number>;
  /** A thread took a piece of the nursery: time to begin a collection beside the program? */
  onTaken(thread: ManagedThread): Generator<void, void, number>;
}

/** A garbage collector: what it costs the program all the time, how many threads it has, and what it does when. */
export interface Collector {
  readonly doc: string;
  /** Instructions of barriers in 1000 of the program: always, and further ones while a collection is under way beside it. */
  readonly barrier: { readonly always: number; readonly active: number };
  /** Threads that collect while the program stands still, on so many logical CPUs; 0: the thread of the runtime itself. */
  readonly threads: (cpus: number) => number;
  /** Threads that collect beside it. */
  readonly beside: (cpus: number) => number;
  /** Whether objects in use by critical sections may stay where they are, so that a collection need not wait for these. */
  readonly pins: boolean;
  plan(collection: Collection): Plan;
}
