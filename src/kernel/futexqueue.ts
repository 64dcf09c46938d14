import { isMoreUrgent } from './sched/task.ts';
import type { Thread } from './thread.ts';
import { WaitQueue } from './waitqueue.ts';

/** Threads asleep on a futex word: real-time ones by their priority, then the others, first come first woken among equals. Source: Linux __futex_queue, plist_add. */
export class FutexQueue extends WaitQueue {
  override sleep(thread: Thread): number {
    return this.join(
      thread,
      this.sleepers.findIndex((other) => isMoreUrgent(thread, other)),
    );
  }
}
