import type { Core } from '../../hw/core.ts';
import type { Thread } from '../thread.ts';
import { KernelFile, PollEvent, type FileHost, type Watcher } from './file.ts';

/** Flags of an interest beside its events, as bits; those of Linux, moved down to fit. */
export const EpollFlag = { OneShot: 1 << 16, EdgeTriggered: 1 << 17, Exclusive: 1 << 18 } as const;

/** One row of an interest list. */
interface Interest {
  readonly file: KernelFile;
  events: number;
  /** A one-shot interest that has been reported: silent until it is modified. */
  isSpent: boolean;
}

/** An interest list; descriptors become ready in the order in which their files announced it. Level-triggered unless an interest says otherwise. */
export class Epoll extends KernelFile implements Watcher {
  readonly #interests = new Map<number, Interest>();
  readonly #ready: number[] = [];

  /** Watches a file; one that is already ready is ready at once. False for a descriptor that is watched already. */
  add(host: FileHost, core: Core, descriptor: number, file: KernelFile, events: number = PollEvent.In): boolean {
    if (this.#interests.has(descriptor)) return false;
    this.#interests.set(descriptor, { file, events, isSpent: false });
    file.watchers.set(this, descriptor);
    if (file.readyEvents(events) !== 0) this.notify(host, core, descriptor, events);
    return true;
  }

  /** Changes what is watched for and arms a one-shot interest again; false without such a descriptor. */
  modify(host: FileHost, core: Core, descriptor: number, events: number): boolean {
    const interest = this.#interests.get(descriptor);
    if (interest === undefined) return false;
    interest.events = events;
    interest.isSpent = false;
    if (interest.file.readyEvents(events) !== 0) this.notify(host, core, descriptor, events);
    return true;
  }

  /** Stops watching; false without such a descriptor. */
  remove(descriptor: number): boolean {
    const interest = this.#interests.get(descriptor);
    if (interest === undefined) return false;
    interest.file.watchers.delete(this);
    this.#interests.delete(descriptor);
    const at = this.#ready.indexOf(descriptor);
    if (at >= 0) this.#ready.splice(at, 1);
    return true;
  }

  forget(descriptor: number): void {
    this.remove(descriptor);
  }

  override isReadable(): boolean {
    return this.#ready.some((descriptor) => this.#isDue(descriptor));
  }

  isExclusive(descriptor: number): boolean {
    return ((this.#interests.get(descriptor)?.events ?? 0) & EpollFlag.Exclusive) !== 0;
  }

  notify(host: FileHost, core: Core, descriptor: number, events: number): boolean {
    const interest = this.#interests.get(descriptor);
    if (interest === undefined || interest.isSpent || (interest.events & events) === 0) return false;
    if (!this.#ready.includes(descriptor)) this.#ready.push(descriptor);
    const woken = this.readers.wake(host, core, 1);
    for (const [watcher, self] of this.watchers) watcher.notify(host, core, self, PollEvent.In);
    return woken > 0;
  }

  /** Descriptors that a wait for at most `max` looks at first: those announced and not taken back since. */
  announced(max: number): number {
    return Math.min(max, this.#ready.length);
  }

  /**
   * Writes ready descriptors to the thread and returns their number; with none, sleeps unless `timeout` is 0. What stays on the list, for want of room or
   * as it is level-triggered, is for the next who sleeps here. Source: Linux fs/eventpoll.c, ep_done_scan.
   */
  wait(host: FileHost, core: Core, thread: Thread, max: number, timeout: number): number {
    const count = this.#collect(thread.ready, max);
    if (count === 0 && timeout !== 0) return this.readers.sleep(thread);
    if (this.#ready.length > 0) this.readers.wake(host, core, 1);
    return count;
  }

  #isDue(descriptor: number): boolean {
    const { file, events, isSpent } = this.#interests.get(descriptor)!;
    return !isSpent && file.readyEvents(events) !== 0;
  }

  // Level-triggered: a descriptor that stays ready goes to the end of the list and is reported again. Edge-triggered: it leaves the list.
  #collect(out: Int32Array, max: number): number {
    let count = 0;
    for (let scanned = this.#ready.length; scanned > 0 && count < max; scanned--) {
      const descriptor = this.#ready.shift()!;
      if (!this.#isDue(descriptor)) continue;
      out[count++] = descriptor;
      const interest = this.#interests.get(descriptor)!;
      if ((interest.events & EpollFlag.OneShot) !== 0) interest.isSpent = true;
      else if ((interest.events & EpollFlag.EdgeTriggered) === 0) this.#ready.push(descriptor);
    }
    return count;
  }
}
