import type { Core } from '../../hw/core.ts';
import { EAGAIN } from '../abi.ts';
import type { Thread } from '../thread.ts';
import { KernelFile, type FileHost } from './file.ts';

const COUNTER_BYTES = 8;

/** A timer as a file: readable once its time has come, until it is read. Nonblocking. */
export class TimerFile extends KernelFile {
  #setting = 0;
  #hasExpired = false;

  override isReadable(): boolean {
    return this.#hasExpired;
  }

  override isWritable(): boolean {
    return false;
  }

  /** Arms the timer for `ns` from now; 0 disarms it. */
  set(host: FileHost, core: Core, ns: number): void {
    this.#hasExpired = false;
    const setting = ++this.#setting;
    if (ns > 0) host.after(core, ns, (then) => this.#expire(host, then, setting));
  }

  override read(host: FileHost, core: Core, thread: Thread, _bytes: number): number {
    if (!thread.isRestarted) host.runPath(core, 'eventRead');
    if (!this.#hasExpired) return -EAGAIN;
    this.#hasExpired = false;
    return COUNTER_BYTES;
  }

  // A setting that was replaced in the meantime finds nothing to do.
  #expire(host: FileHost, core: Core, setting: number): void {
    if (setting !== this.#setting) return;
    this.#hasExpired = true;
    this.announce(host, core);
  }
}
