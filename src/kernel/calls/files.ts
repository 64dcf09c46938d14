import type { Core } from '../../hw/core.ts';
import { EBADF } from '../abi.ts';
import { PAGE_BYTES } from '../../sim/units.ts';
import { PageCacheFile } from '../files/pagecache.ts';
import type { Thread } from '../thread.ts';
import { closeDescriptor, installFile } from './descriptors.ts';
import { assumed, each, holding, measured } from './numbers.ts';
import { succeed, type CallHost, type CallSpec, type Effect } from './spec.ts';

const FILE_LAYER = measured(106, 'write to /dev/null 197 ns, 122 ns beyond an empty call, less its own function');
const VECTOR = each('segment', 60, 'assumed: one struct iovec copied and checked', ({ arg2 }) => arg2);
const BLOCKS = 'as the file does: a socket, a pipe or a counter without data or room';

const read: Effect = (host, core, thread) => {
  const { process, arg0, arg1 } = thread;
  return process.files[arg0]?.read(host, core, thread, arg1, 0) ?? -EBADF;
};
const write: Effect = (host, core, thread) => {
  const { process, arg0, arg1 } = thread;
  return process.files[arg0]?.write(host, core, thread, arg1) ?? -EBADF;
};
const readAt: Effect = (host, core, thread) => {
  const { process, arg0, arg1, arg2 } = thread;
  return process.files[arg0]?.read(host, core, thread, arg1, arg2) ?? -EBADF;
};
const writeAt: Effect = (host, core, thread) => {
  const { process, arg0, arg1, arg2 } = thread;
  return process.files[arg0]?.write(host, core, thread, arg1, arg2) ?? -EBADF;
};
const sync: Effect = (host, core, thread) => {
  const { process, arg0 } = thread;
  return process.files[arg0]?.sync(host, core, thread) ?? -EBADF;
};
const ifOpen: Effect = (_host, _core, { process, arg0 }) => (process.files[arg0] === undefined ? -EBADF : 0);

/** Reading, writing and naming of files. What a file itself does when it is read or written is a path of its own (`paths.ts`). */
export const fileCalls = {
  read: { doc: 'read(fd, bytes)', footprint: FILE_LAYER, blocks: BLOCKS, effect: read },
  write: { doc: 'write(fd, bytes)', footprint: FILE_LAYER, blocks: BLOCKS, effect: write },
  readv: { doc: 'readv(fd, bytes, segments)', footprint: FILE_LAYER, each: VECTOR, blocks: BLOCKS, effect: read },
  writev: { doc: 'writev(fd, bytes, segments)', footprint: FILE_LAYER, each: VECTOR, blocks: BLOCKS, effect: write },
  pread64: {
    doc: 'pread64(fd, bytes, page)',
    footprint: FILE_LAYER,
    blocks: 'while the device reads a page that is not in memory',
    effect: readAt,
  },
  pwrite64: {
    doc: 'pwrite64(fd, bytes, page)',
    footprint: FILE_LAYER,
    blocks: 'while too many pages are dirty',
    effect: writeAt,
  },
  preadv: { doc: 'preadv(fd, bytes, page)', footprint: FILE_LAYER, blocks: 'never', effect: readAt },
  pwritev: { doc: 'pwritev(fd, bytes, page)', footprint: FILE_LAYER, blocks: 'never', effect: writeAt },
  lseek: {
    doc: 'lseek(fd): the model keeps no position',
    footprint: measured(76.7, 'lseek 152 ns, 77 beyond an empty call'),
    blocks: 'never',
    effect: ifOpen,
  },
  openat: {
    doc: 'openat(pages): the file of so many pages, all in the page cache; returns its descriptor',
    footprint: measured(1550, 'open and close on tmpfs 2064 ns, less two empty calls; its share is assumed'),
    blocks: 'never',
    lock: holding('fileTable', 0.1),
    effect: (host, _core, thread) => {
      const pages = Math.max(1, thread.arg0);
      return installFile(thread, new PageCacheFile(host.cachedFile(pages), pages));
    },
  },
  close: {
    doc: 'close(fd)',
    footprint: measured(364, 'open and close on tmpfs 2064 ns, less two empty calls; its share is assumed'),
    blocks: 'never',
    lock: holding('fileTable', 0.2),
    effect: closeDescriptor,
  },
  fstat: { doc: 'fstat(fd)', footprint: measured(306, 'fstat 381 ns'), blocks: 'never', effect: ifOpen },
  newfstatat: {
    doc: 'newfstatat(): the attributes of a path',
    footprint: measured(
      1530,
      'not measured; stat takes 0.75 (FlexSC table 1) to 0.86 (lmbench 2005) of open and close: 0.8',
    ),
    blocks: 'never',
    effect: succeed,
  },
  statx: { doc: 'statx(): as newfstatat', footprint: assumed(5200, 'as newfstatat'), blocks: 'never', effect: succeed },
  getdents64: {
    doc: 'getdents64(fd, entries)',
    footprint: assumed(1500, 'one directory under its lock'),
    each: each('entry', 120, 'assumed: one entry filled', ({ arg1 }) => arg1),
    blocks: 'never',
    lock: holding('file'),
    effect: ifOpen,
  },
  ftruncate: {
    doc: 'ftruncate(fd)',
    footprint: assumed(3500, 'attributes and pages'),
    blocks: 'never',
    lock: holding('file'),
    effect: ifOpen,
  },
  fsync: {
    doc: 'fsync(fd): writes dirty pages to the device',
    footprint: assumed(3000, 'a walk over clean pages'),
    blocks: 'until the device has written what was dirty',
    effect: sync,
  },
  fdatasync: {
    doc: 'fdatasync(fd): as fsync',
    footprint: assumed(2800, 'as fsync'),
    blocks: 'until the device has written what was dirty',
    effect: sync,
  },
  sendfile: {
    doc: 'sendfile(out, in, bytes): pages go to a socket by reference, without copies to the user',
    footprint: assumed(1600, 'splice of one page through a pipe'),
    each: each('page', 300, 'assumed: one page spliced', ({ arg2 }) => Math.floor(arg2 / PAGE_BYTES)),
    blocks: 'never',
    effect: sendfile,
  },
} as const satisfies Record<string, CallSpec>;

function sendfile(host: CallHost, core: Core, thread: Thread): number {
  const out = thread.process.files[thread.arg0];
  if (out === undefined || thread.process.files[thread.arg1] === undefined) return -EBADF;
  return out.write(host, core, thread, thread.arg2);
}
