import type { Core } from '../../hw/core.ts';
import type { Thread } from '../thread.ts';
import { WaitQueue } from '../waitqueue.ts';
import { PollEvent, type FileHost, type KernelFile, type Watcher } from './file.ts';

/** One poll in progress: asks a run of descriptors whether they are readable, and watches them while its thread sleeps here. */
export class Poll extends WaitQueue implements Watcher {
  readonly #watched: readonly (KernelFile | undefined)[];

  /** `count` descriptors of `files` from `first` on. */
  constructor(files: readonly (KernelFile | undefined)[], first: number, count: number) {
    super();
    this.#watched = files.slice(first, first + count);
  }

  /** Number of readable descriptors; with none, sleeps unless `timeout` is 0. */
  wait(thread: Thread, timeout: number): number {
    let count = 0;
    for (const file of this.#watched) if (file?.isReadable() === true) count++;
    if (count > 0 || timeout === 0) return count;
    for (const file of this.#watched) file?.watchers.set(this, 0);
    return this.sleep(thread);
  }

  notify(host: FileHost, core: Core, _descriptor: number, events: number): boolean {
    if ((events & PollEvent.In) === 0) return false;
    this.#unwatch();
    return this.wake(host, core, 1) > 0;
  }

  /** The time is over, or a signal has come. */
  override remove(thread: Thread): void {
    this.#unwatch();
    super.remove(thread);
  }

  forget(): void {}

  isExclusive(): boolean {
    return false;
  }

  #unwatch(): void {
    for (const file of this.#watched) file?.watchers.delete(this);
  }
}
