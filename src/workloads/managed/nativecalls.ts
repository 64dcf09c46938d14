import { Word } from './layout.ts';
import type { Mutator } from './mutator.ts';
import type { Transition } from './transitions.ts';

/** Native functions that a thread is in, innermost last, and what calling them meant for safepoints. */
export class NativeCalls {
  readonly #thread: Mutator;
  readonly #transition: Transition;
  /** Whether each function of the program on the stack is a native one. */
  readonly #stack: boolean[] = [];
  #depth = 0;

  constructor(thread: Mutator, transition: Transition) {
    this.#thread = thread;
    this.#transition = transition;
  }

  /** Whether the thread is in native code without having said so. */
  get isHidden(): boolean {
    return this.#depth > 0 && !this.#transition.leaves;
  }

  /** Before the program calls a function; `isPaid`: the program has the work of the transition in its own. */
  *call(isNative: boolean, isPaid: boolean): Generator<void, void, number> {
    this.#stack.push(isNative);
    if (!isNative || this.#depth++ > 0) return;
    const { instructions, leaves, locks } = this.#transition;
    this.#thread.counters.add('nativeCalls');
    if (!isPaid) this.#thread.runStub(instructions);
    if (locks) yield* this.#lock();
    if (!leaves) return;
    yield;
    this.#thread.leave();
  }

  /** After the program has returned from a function. */
  *return(): Generator<void, void, number> {
    const isNative = this.#stack.pop() === true;
    if (!isNative || --this.#depth > 0) return;
    yield;
    if (this.#transition.locks) yield* this.#unlock();
    if (this.#transition.leaves) yield* this.#thread.enter();
  }

  /** Objects must not move from here on; who comes while a collection waits for others to leave waits for it first. */
  *#lock(): Generator<void, void, number> {
    const { safepoint } = this.#thread;
    if (safepoint.isLockedOut) yield* this.#thread.await(Word.Resume, () => !safepoint.isLockedOut);
    safepoint.locks++;
  }

  *#unlock(): Generator<void, void, number> {
    const { safepoint } = this.#thread;
    safepoint.locks--;
    if (safepoint.locks === 0 && safepoint.isLockedOut) yield* this.#thread.wake(Word.Critical, 1);
  }
}
