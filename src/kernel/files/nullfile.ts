import type { Core } from '../../hw/core.ts';
import type { Thread } from '../thread.ts';
import { KernelFile, type FileHost } from './file.ts';

/** /dev/null: takes everything, gives nothing. */
export class NullFile extends KernelFile {
  override isReadable(): boolean {
    return true;
  }

  override read(_host: FileHost, _core: Core, _thread: Thread, _bytes: number): number {
    return 0;
  }

  override write(_host: FileHost, _core: Core, _thread: Thread, bytes: number): number {
    return bytes;
  }
}
