import { KernelFile } from './file.ts';

/** A ring of io_uring: entries are submitted by io_uring_enter and complete before it returns. */
export class Uring extends KernelFile {
  override isWritable(): boolean {
    return false;
  }
}
