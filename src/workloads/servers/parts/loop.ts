import type { FileSpec, ThreadEnv } from '../../../kernel/abi.ts';
import type { RoleScript } from '../../server.ts';
import type { Work } from './stated.ts';

/** Work before the calls of a loop. Assumed, near the recorded event loops: 0.3 us before epoll_wait, 0.6 us before a wake-up. */
export const LOOP_WORK: Work = { poll: 1500, wakeup: 1500, drain: 600, register: 1000 };

/** Files of a loop: its epoll instance and its eventfd. */
export const LOOP_FILES = 2;
/** Bytes of an eventfd; events asked for at a time; timeouts of epoll_wait. */
const WAKEUP_BYTES = 8;
const MAX_EVENTS = 1024;
const WAIT_FOREVER = -1;
const POLL_ONLY = 0;

/** An epoll instance with an inbox: other threads put messages in and interrupt the wait by an eventfd, if there is one. */
export class Loop<T> {
  readonly files: readonly FileSpec[] = [{ kind: 'epoll' }, { kind: 'eventfd' }];
  readonly epoll: number;
  readonly #wakeup: number;
  readonly #inbox: T[] = [];
  #isWaiting = false;
  #isTold = false;

  /** `first`: descriptor of the first of its two files. */
  constructor(first: number) {
    this.epoll = first;
    this.#wakeup = first + 1;
  }

  /** Watches the eventfd, and descriptors that are open already. */
  *start(role: RoleScript, fds: readonly number[]): Generator<void, void, number> {
    for (const fd of [this.#wakeup, ...fds]) role.script.syscall('epoll_add', this.epoll, fd);
    yield;
  }

  /** Leaves a message, and interrupts the wait. */
  *tell(role: RoleScript, message: T): Generator<void, void, number> {
    this.#inbox.push(message);
    if (!this.#isWaiting || this.#isTold) return;
    this.#isTold = true;
    role.step('wakeup', 'write', this.#wakeup, WAKEUP_BYTES);
    yield;
  }

  /** Messages that have come, which are taken out. */
  takeMessages(): readonly T[] {
    return this.#inbox.splice(0);
  }

  /** Waits for readiness or a message; the ready descriptors. Only looks when messages are there. */
  *wait(env: ThreadEnv, role: RoleScript): Generator<void, readonly number[], number> {
    this.#isWaiting = this.#inbox.length === 0;
    role.step('poll', 'epoll_wait', this.epoll, MAX_EVENTS, this.#isWaiting ? WAIT_FOREVER : POLL_ONLY);
    const count = yield;
    this.#isWaiting = false;
    const ready = [...env.ready.subarray(0, Math.max(0, count))];
    if (!ready.includes(this.#wakeup)) return ready;
    role.step('drain', 'read', this.#wakeup, WAKEUP_BYTES);
    yield;
    this.#isTold = false;
    return ready.filter((fd) => fd !== this.#wakeup);
  }
}
