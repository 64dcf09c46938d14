import type { ThreadEnv } from '../../../kernel/abi.ts';
import type { RoleScript } from '../../server.ts';
import type { Work } from './stated.ts';

/** Work before the futex calls of a queue. Assumed, as recorded for the pool of com.sun.net.httpserver: 0.1 to 0.2 us. */
export const QUEUE_WORK: Work = { unpark: 500, park: 900 };

/** A queue between threads: takers sleep on a futex word while it is empty. How often anybody sleeps or is woken follows from the load. */
export class WorkQueue<T> {
  readonly #items: T[] = [];
  readonly #word: number;
  #sleepers = 0;

  /** `word`: futex word of its own. */
  constructor(word: number) {
    this.#word = word;
  }

  /** Puts items in before any thread runs. */
  fill(items: readonly T[]): void {
    this.#items.push(...items);
  }

  /** Puts an item in, and wakes a taker that sleeps. */
  *put(env: ThreadEnv, role: RoleScript, item: T): Generator<void, void, number> {
    this.#items.push(item);
    if (this.#sleepers === 0) return;
    // The word changes, so that a taker that is about to sleep does not.
    env.words[this.#word]++;
    role.step('unpark', 'futex_wake', this.#word, 1);
    yield;
  }

  /** The item that has waited longest; sleeps until there is one. */
  *take(env: ThreadEnv, role: RoleScript): Generator<void, T, number> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) return item;
      this.#sleepers++;
      role.step('park', 'futex_wait', this.#word, env.words[this.#word]);
      yield;
      this.#sleepers--;
    }
  }
}
