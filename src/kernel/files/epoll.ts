import type { Core } from '../../hw/core.ts';
import type { Thread } from '../process.ts';
import { BLOCKED, KernelFile, type FileHost } from './file.ts';

/** A level-triggered interest list; descriptors become ready in the order in which their files announced data. */
export class Epoll extends KernelFile {
  readonly #files = new Map<number, KernelFile>();
  readonly #ready: number[] = [];
  readonly #waiters: Thread[] = [];

  /** Watches a file; one that is already readable is ready at once. */
  add(host: FileHost, core: Core, descriptor: number, file: KernelFile): void {
    this.#files.set(descriptor, file);
    file.watchers.set(this, descriptor);
    if (file.isReadable()) this.notify(host, core, descriptor);
  }

  /** Stops watching. */
  remove(descriptor: number): void {
    this.#files.get(descriptor)?.watchers.delete(this);
    this.#files.delete(descriptor);
    const at = this.#ready.indexOf(descriptor);
    if (at >= 0) this.#ready.splice(at, 1);
  }

  /** A watched file became readable. */
  notify(host: FileHost, core: Core, descriptor: number): void {
    if (!this.#ready.includes(descriptor)) this.#ready.push(descriptor);
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) host.wake(core, waiter);
  }

  /** Writes ready descriptors to the thread and returns their number; with none, sleeps unless `timeout` is 0. */
  wait(thread: Thread, max: number, timeout: number): number {
    const count = this.#collect(thread.ready, max);
    if (count > 0 || timeout === 0) return count;
    this.#waiters.push(thread);
    return BLOCKED;
  }

  // Level-triggered: a descriptor that stays readable goes to the end of the list and is reported again.
  #collect(out: Int32Array, max: number): number {
    let count = 0;
    for (let scanned = this.#ready.length; scanned > 0 && count < max; scanned--) {
      const descriptor = this.#ready.shift()!;
      if (!this.#files.get(descriptor)!.isReadable()) continue;
      out[count++] = descriptor;
      this.#ready.push(descriptor);
    }
    return count;
  }
}
