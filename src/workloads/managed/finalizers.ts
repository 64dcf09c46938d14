import { Op } from '../../kernel/abi.ts';
import { LINE_BYTES, MiB } from '../../sim/units.ts';
import { Word } from './layout.ts';
import type { Counters } from './counters.ts';
import type { ManagedThread } from './managedthread.ts';
import type { RuntimeThread } from './runtimethread.ts';

const LINES_PER_MIB = MiB / LINE_BYTES;
/** Managed code of one finalizer: a reference is taken off its queue, a resource is closed. Assumed. */
const FINALIZER_INSTRUCTIONS = 800;
const FINALIZER_LINES = 16;

/** Dead objects that wait for their finalizers, and the thread that runs these. */
export class Finalizers {
  readonly #counters: Counters;
  readonly #perLine: number;
  #waiting = 0;

  /** `perMiB`: objects with a finalizer in a MiB that a collection frees. */
  constructor(counters: Counters, perMiB: number) {
    this.#counters = counters;
    this.#perLine = perMiB / LINES_PER_MIB;
  }

  /** Whether some object waits. */
  get hasWork(): boolean {
    return this.#waiting >= 1;
  }

  /** A collection has freed so many lines. */
  *onFreed(thread: RuntimeThread, lines: number): Generator<void, void, number> {
    this.#waiting += lines * this.#perLine;
    if (this.hasWork) yield* thread.wake(Word.Finalize, 1);
  }

  /** What the thread does that runs finalizers: it runs managed code, and stops with the program. */
  *serve(thread: ManagedThread): Generator<void, void, number> {
    yield* thread.enter();
    for (;;) {
      if (!this.hasWork) yield* thread.await(Word.Finalize, () => this.hasWork);
      this.#waiting--;
      this.#counters.add('finalized');
      this.#finalize(thread);
      yield* thread.poll();
    }
  }

  #finalize({ env }: ManagedThread): void {
    env.stream.push(Op.Call, env.functionOf('compiled'), 0, 0);
    env.stream.push(Op.Execute, env.lineOf('stubs'), FINALIZER_LINES, FINALIZER_INSTRUCTIONS);
    env.stream.push(Op.Return, 0, 0, 0);
  }
}
