import type { Core } from '../hw/core.ts';
import type { FileHost } from './files/file.ts';
import type { Thread } from './thread.ts';

/** Result of a call that put its thread to sleep; it is performed again when the thread wakes. */
export const BLOCKED = -(1 << 30);

/** Threads asleep for one event, first come first woken. A sleeping thread stands in at most one. */
export class WaitQueue {
  /** Whether signals end sleeps here; those for a disk they do not. Source: Linux TASK_INTERRUPTIBLE. */
  readonly isInterruptible: boolean;
  protected readonly sleepers: Thread[] = [];

  constructor(isInterruptible = true) {
    this.isInterruptible = isInterruptible;
  }

  /** Threads asleep here. */
  get length(): number {
    return this.sleepers.length;
  }

  /** Who would be woken first. */
  get first(): Thread | undefined {
    return this.sleepers[0];
  }

  /** Puts a thread to sleep: the value that a call returns then. */
  sleep(thread: Thread): number {
    return this.join(thread, -1);
  }

  /** Puts a thread to sleep before the sleeper at a place; at the end for -1. */
  protected join(thread: Thread, place: number): number {
    this.sleepers.splice(place < 0 ? this.sleepers.length : place, 0, thread);
    thread.waitsOn = this;
    return BLOCKED;
  }

  /** Wakes up to `most` sleepers; returns how many there were. */
  wake(host: FileHost, core: Core, most: number): number {
    let woken = 0;
    while (woken < most && this.sleepers.length > 0) {
      const thread = this.sleepers.shift()!;
      thread.waitsOn = undefined;
      host.wake(core, thread);
      woken++;
    }
    return woken;
  }

  /** Has up to `most` sleepers sleep in another queue; returns how many. */
  move(to: WaitQueue, most: number): number {
    const moved = this.sleepers.splice(0, most);
    for (const thread of moved) to.sleep(thread);
    return moved.length;
  }

  /** Takes out a thread that is woken for another reason. */
  remove(thread: Thread): void {
    const at = this.sleepers.indexOf(thread);
    if (at >= 0) this.sleepers.splice(at, 1);
    thread.waitsOn = undefined;
  }
}
