import type { ThreadEnv } from '../../../kernel/abi.ts';
import type { RoleScript } from '../../server.ts';
import type { Work } from './stated.ts';

/** Work before the futex calls of a lock: the uncontended way costs two atomic instructions, which are in the user work around it. Assumed. */
export const MUTEX_WORK: Work = { lockWait: 300, lockWake: 150 };

const State = { Free: 0, Held: 1, Contended: 2 } as const;

/** A lock of user code that enters the kernel only when it is contended. Source: Drepper, "Futexes are tricky" (2011), mutex 2. */
export class Mutex {
  readonly #word: number;

  /** `word`: futex word of its own. */
  constructor(word: number) {
    this.#word = word;
  }

  /** Takes the lock at the time when the thread has come so far; sleeps while another one has it. */
  *lock(env: ThreadEnv, role: RoleScript): Generator<void, void, number> {
    yield;
    let taken: number = State.Held;
    while (env.words[this.#word] !== State.Free) {
      env.words[this.#word] = State.Contended;
      role.step('lockWait', 'futex_wait', this.#word, State.Contended);
      yield;
      taken = State.Contended;
    }
    env.words[this.#word] = taken;
  }

  /** Gives the lock back when the work under it is done, and wakes one waiter if there may be any. */
  *unlock(env: ThreadEnv, role: RoleScript): Generator<void, void, number> {
    yield;
    const wasContended = env.words[this.#word] === State.Contended;
    env.words[this.#word] = State.Free;
    if (!wasContended) return;
    role.step('lockWake', 'futex_wake', this.#word, 1);
    yield;
  }
}
