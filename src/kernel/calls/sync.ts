import type { Core } from '../../hw/core.ts';
import { EAGAIN, EDEADLK, EPERM, ETIMEDOUT } from '../abi.ts';
import type { Thread } from '../thread.ts';
import { FutexQueue } from '../futexqueue.ts';
import { isMoreUrgent } from '../sched/task.ts';
import type { WaitQueue } from '../waitqueue.ts';
import { assumed, holding, measured } from './numbers.ts';
import type { CallHost, CallSpec } from './spec.ts';

const NS_PER_US = 1000;

/** Futexes: words of the process on which threads sleep. */
export const syncCalls = {
  futex_wait: {
    doc: 'futex(FUTEX_WAIT): (word, expected value, timeout in us or 0 for never)',
    footprint: assumed(900, 'a wake without waiter takes 157 ns on the recorded host; queueing assumed'),
    blocks: 'while the word holds the expected value',
    lock: holding('futexBucket'),
    effect: wait,
  },
  futex_wake: {
    doc: 'futex(FUTEX_WAKE): (word, most); returns how many it woke',
    footprint: measured(150, 'futex wake without waiter 231 ns, 157 beyond an empty call'),
    blocks: 'never',
    lock: holding('futexBucket'),
    effect: (host, core, thread) => thread.process.futexes.get(thread.arg0)?.wake(host, core, thread.arg1) ?? 0,
  },
  futex_requeue: {
    doc: 'futex(FUTEX_REQUEUE): (word, other word, most moved): wakes one, moves others; returns both together',
    footprint: assumed(1100, 'as a wake, with two buckets'),
    blocks: 'never',
    lock: holding('futexBucket'),
    effect: requeue,
  },
  futex_lock_pi: {
    doc: 'futex(FUTEX_LOCK_PI): (word): the word holds the id of its owner, who becomes as urgent as a real-time waiter; EDEADLK for the owner',
    footprint: assumed(2200, 'as a wait, with an rt-mutex and its chain of owners'),
    blocks: 'until the owner unlocks',
    lock: holding('futexBucket'),
    effect: lockPi,
  },
  futex_unlock_pi: {
    doc: 'futex(FUTEX_UNLOCK_PI): (word): hands the word to the most urgent waiter; EPERM for who does not own it',
    footprint: assumed(1600, 'as a wake, with an rt-mutex'),
    blocks: 'never',
    lock: holding('futexBucket'),
    effect: unlockPi,
  },
} as const satisfies Record<string, CallSpec>;

/** The sleepers of a word. */
function sleepersOf({ process: { futexes } }: Thread, word: number): WaitQueue {
  const known = futexes.get(word);
  if (known !== undefined) return known;
  const fresh = new FutexQueue();
  futexes.set(word, fresh);
  return fresh;
}

/** Sleeps while the word still holds the expected value: the comparison and the queueing are one step, so no wake-up is lost. */
function wait(host: CallHost, core: Core, thread: Thread): number {
  if (thread.isTimedOut) return -ETIMEDOUT;
  if (thread.isWoken) return 0;
  if (thread.process.words[thread.arg0] !== thread.arg1) return -EAGAIN;
  if (thread.arg2 > 0) host.setDeadline(core, thread, thread.arg2 * NS_PER_US);
  return sleepersOf(thread, thread.arg0).sleep(thread);
}

function requeue(host: CallHost, core: Core, thread: Thread): number {
  const from = thread.process.futexes.get(thread.arg0);
  if (from === undefined) return 0;
  const woken = from.wake(host, core, 1);
  return woken + from.move(sleepersOf(thread, thread.arg1), thread.arg2);
}

// A woken waiter owns the word already: its owner handed it over. An owner that is less urgent than a real-time waiter becomes as urgent as that
// one; ordinary tasks do not change weight, and what the owner itself waits for is left alone. Source: Linux kernel/locking/rtmutex.c, rt_mutex_setprio.
function lockPi(host: CallHost, _core: Core, thread: Thread): number {
  const { words, family } = thread.process;
  const word = thread.arg0;
  if (words[word] === thread.tid) return thread.isWoken ? 0 : -EDEADLK;
  if (words[word] === 0) {
    words[word] = thread.tid;
    return 0;
  }
  const owner = family.threads.get(words[word]);
  if (owner !== undefined && isMoreUrgent(thread, owner))
    host.setUrgency(owner, { policy: thread.policy, priority: thread.priority });
  return sleepersOf(thread, word).sleep(thread);
}

function unlockPi(host: CallHost, core: Core, thread: Thread): number {
  const { words, futexes } = thread.process;
  if (words[thread.arg0] !== thread.tid) return -EPERM;
  const sleepers = futexes.get(thread.arg0);
  words[thread.arg0] = sleepers?.first?.tid ?? 0;
  if (thread.policy !== thread.own.policy || thread.priority !== thread.own.priority || thread.wanted !== undefined)
    host.setUrgency(thread, thread.own);
  sleepers?.wake(host, core, 1);
  return 0;
}
