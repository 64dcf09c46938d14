import type { BlockDevice } from '../../hw/blockdevice.ts';
import type { Core } from '../../hw/core.ts';
import { assumed } from '../calls/numbers.ts';
import type { KernelMemory } from '../memory.ts';
import { placePath, runPath, type Footprint, type KernelPath } from '../path.ts';
import type { Thread } from '../thread.ts';
import { WaitQueue } from '../waitqueue.ts';
import { KernelFile, type FileHost } from './file.ts';

/** At 0.78 cycles an instruction: `kernelCpi` of Skylake, 0.6, and a retpoline of 28 cycles for each of its indirect calls, one in 160. */
const XRP = 'XRP (OSDI 2022) table 1, read of 512 bytes past the page cache at 3 GHz';
/**
 * Paths of reads past the page cache; buffered ones have their own, which handle pages too. The layers of the table add up to its total, so that the
 * sleep and the wake-up are in one of them: in the file system, which waits (iomap_dio_rw) and is told of the end (iomap_dio_bio_end_io).
 */
const PATHS = {
  fileSystem: assumed(
    2730,
    `${XRP}: ext4 2006 ns, 6020 cycles, less the paths schedule and wake (3900 instructions) and a choice and a switch of threads (850 cycles)`,
  ),
  submit: assumed(950, `${XRP}: block layer 379 ns and driver 113 ns, both ways; half of it`),
  complete: assumed(950, `${XRP}: as submit`),
} as const satisfies Record<string, Footprint>;

/** A file that is read past the page cache (O_DIRECT): each read is a request, whose bytes the device puts into the user's memory. */
export class DirectFile extends KernelFile {
  readonly #device: BlockDevice;
  readonly #paths: Readonly<Record<keyof typeof PATHS, KernelPath>>;
  /** Whose request has been completed, until they have seen it. */
  readonly #served = new Set<Thread>();

  constructor(device: BlockDevice, memory: KernelMemory) {
    super();
    this.#device = device;
    this.#paths = {
      fileSystem: placePath(memory, PATHS.fileSystem),
      submit: placePath(memory, PATHS.submit),
      complete: placePath(memory, PATHS.complete),
    };
  }

  override isReadable(): boolean {
    return true;
  }

  override read(host: FileHost, core: Core, thread: Thread, bytes: number): number {
    if (this.#served.delete(thread)) return bytes;
    runPath(core, this.#paths.fileSystem);
    runPath(core, this.#paths.submit);
    const sleeper = new WaitQueue(false);
    const done = (then: Core): void => {
      runPath(then, this.#paths.complete);
      this.#served.add(thread);
      sleeper.wake(host, then, 1);
    };
    host.submitBlock(core, this.#device, { kind: 'read', bytes, core: core.id, isBare: true, done });
    return sleeper.sleep(thread);
  }
}
