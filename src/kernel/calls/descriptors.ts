import type { Core } from '../../hw/core.ts';
import { EBADF } from '../abi.ts';
import { ChannelEnd, CHANNELS, Channel, makePipe, makeStream } from '../files/channel.ts';
import { EventFd } from '../files/eventfd.ts';
import type { KernelFile } from '../files/file.ts';
import { Socket } from '../files/socket.ts';
import type { Process } from '../process.ts';
import type { Thread } from '../thread.ts';
import { assumed, holding, measured } from './numbers.ts';
import { succeed, type CallHost, type CallSpec } from './spec.ts';

const O_NONBLOCK = 1;
const F_SETFL = 4;
/** Results of a call that opens two files: the first descriptor and the second in units of this. */
export const SECOND_FD = 65_536;

/** The descriptor table: opening of what has no name, copying, control. */
export const descriptorCalls = {
  dup: {
    doc: 'dup(fd): another descriptor for the same file',
    footprint: assumed(350, 'the table under its lock'),
    blocks: 'never',
    lock: holding('fileTable'),
    effect: (_host, _core, thread) => {
      const file = thread.process.files[thread.arg0];
      if (file === undefined) return -EBADF;
      file.references++;
      return installFile(thread, file);
    },
  },
  fcntl: {
    doc: 'fcntl(fd, command, flags): F_SETFL changes blocking, other commands only read',
    footprint: measured(76.7, 'as lseek'),
    blocks: 'never',
    effect: fcntl,
  },
  ioctl: {
    doc: 'ioctl(fd)',
    footprint: assumed(400, 'a switch and one field, as FIONREAD'),
    blocks: 'never',
    effect: succeed,
  },
  pipe2: {
    doc: 'pipe2(): a pipe; returns the end to read plus 65536 times the end to write',
    footprint: assumed(7000, 'two files and an inode; as opening twice without a path'),
    blocks: 'never',
    lock: holding('fileTable', 0.1),
    effect: (host, _core, thread) =>
      installPair(thread, makePipe(host.allocateLines(Channel.lines(CHANNELS.pipe)), false)),
  },
  eventfd2: {
    doc: 'eventfd2(flags): a counter; flag 1 is O_NONBLOCK',
    footprint: assumed(3500, 'one anonymous file'),
    blocks: 'never',
    lock: holding('fileTable', 0.1),
    effect: (_host, _core, thread) => installFile(thread, new EventFd((thread.arg0 & O_NONBLOCK) !== 0)),
  },
  socketpair: {
    doc: 'socketpair(): two connected AF_UNIX stream sockets; results as of pipe2',
    footprint: assumed(12_000, 'two sockets, two files'),
    blocks: 'never',
    lock: holding('fileTable', 0.1),
    effect: (host, _core, thread) =>
      installPair(
        thread,
        makeStream('unix', (lines) => host.allocateLines(lines), false),
      ),
  },
} as const satisfies Record<string, CallSpec>;

/** Puts a file at the lowest free descriptor, which it returns. */
export function installFile({ process: { files } }: Thread, file: KernelFile): number {
  const hole = files.indexOf(undefined);
  const fd = hole < 0 ? files.length : hole;
  files[fd] = file;
  return fd;
}

function installPair(thread: Thread, [first, second]: readonly [KernelFile, KernelFile]): number {
  const fd = installFile(thread, first);
  return fd + installFile(thread, second) * SECOND_FD;
}

/** close(fd): the file itself is closed with its last descriptor. */
export function closeDescriptor(host: CallHost, core: Core, { process: { files }, arg0 }: Thread): number {
  const file = files[arg0];
  if (file === undefined) return -EBADF;
  files[arg0] = undefined;
  letGo(host, core, file);
  return 0;
}

/** Closes all descriptors of a process that ends. Source: Linux exit_files. */
export function closeAll(host: CallHost, core: Core, { files }: Process): void {
  for (const [fd, file] of files.entries()) {
    files[fd] = undefined;
    if (file !== undefined) letGo(host, core, file);
  }
}

function letGo(host: CallHost, core: Core, file: KernelFile): void {
  file.references--;
  if (file.references > 0) return;
  file.release();
  file.close(host, core);
}

function fcntl(_host: CallHost, _core: Core, thread: Thread): number {
  const file = thread.process.files[thread.arg0];
  if (file === undefined) return -EBADF;
  const hasFlags = file instanceof Socket || file instanceof ChannelEnd;
  if (hasFlags && thread.arg1 === F_SETFL) file.isNonblocking = (thread.arg2 & O_NONBLOCK) !== 0;
  return 0;
}
