import { LINE_BYTES } from '../../sim/units.ts';
import type { Plan } from './collector.ts';
import type { Counters } from './counters.ts';
import type { Heap } from './heap.ts';
import type { ManagedThread } from './managedthread.ts';

/** Work to take a piece of the nursery. Assumed: a compare-and-swap and the bounds of the buffer. */
const TAKE_INSTRUCTIONS = 150;

/** What allocation needs of a runtime. */
export interface Nursery {
  readonly heap: Heap;
  readonly plan: Plan;
  readonly counters: Counters;
  /** Lines that a thread takes at a time. */
  readonly pieceLines: number;
}

/** A thread's piece of the nursery, in which it allocates alone. */
export class Tlab {
  readonly #thread: ManagedThread;
  readonly #nursery: Nursery;
  readonly #eden: number;
  /** Next line and the one after the last. */
  #next = 0;
  #end = 0;
  /** Bytes allocated but not yet written. */
  #owed = 0;

  constructor(thread: ManagedThread, nursery: Nursery) {
    this.#thread = thread;
    this.#nursery = nursery;
    this.#eden = thread.env.lineOf('eden');
  }

  /** Gives up the rest of the piece. */
  retire(): void {
    this.#end = this.#next;
  }

  /** Writes fresh objects of so many bytes; waits for a collection where there is no room. */
  *allocate(bytes: number): Generator<void, void, number> {
    this.#owed += bytes;
    while (this.#owed >= LINE_BYTES) {
      if (this.#next === this.#end) yield* this.#takePiece();
      const lines = Math.min(Math.floor(this.#owed / LINE_BYTES), this.#end - this.#next);
      this.#thread.store(this.#eden + this.#next, lines);
      this.#next += lines;
      this.#owed -= lines * LINE_BYTES;
    }
  }

  *#takePiece(): Generator<void, void, number> {
    const { heap, plan, pieceLines, counters } = this.#nursery;
    let first = heap.take(pieceLines);
    for (; first < 0; first = heap.take(pieceLines)) yield* plan.makeRoom(this.#thread);
    this.#next = first;
    this.#end = first + pieceLines;
    counters.add('allocated', pieceLines * LINE_BYTES);
    this.#thread.work('vm', TAKE_INSTRUCTIONS);
    this.#thread.store(this.#thread.env.lineOf('shared'), 1);
    yield* plan.onTaken(this.#thread);
  }
}
