import type { Core } from '../../hw/core.ts';
import { EAGAIN, EBADF } from '../abi.ts';
import { makeStream } from '../files/channel.ts';
import type { KernelFile } from '../files/file.ts';
import { Listener } from '../files/listener.ts';
import { Socket } from '../files/socket.ts';
import type { Thread } from '../thread.ts';
import { installFile, SECOND_FD } from './descriptors.ts';
import { fileCalls } from './files.ts';
import { assumed, each, holding } from './numbers.ts';
import { succeed, type CallHost, type CallSpec } from './spec.ts';

const HEADER = assumed(550, 'the file layer of read and write, and a struct msghdr copied');
const BLOCKS = 'as read and write of a socket: without data, or without room in the send buffer';
const SEGMENTS = each('segment', 60, 'assumed: one struct iovec copied and checked', ({ arg2 }) => arg2);
const small = (doc: string): CallSpec => ({
  doc,
  footprint: assumed(450, 'one field of a socket; setsockopt 1.3 us under a tracer on the recorded host, gettid 0.9'),
  blocks: 'never',
  lock: holding('file'),
  effect: succeed,
});

/** Sockets: making and connecting them, and transfers that are reads and writes with a header. */
export const socketCalls = {
  socket: {
    doc: 'socket(): a TCP socket that can listen; connected ones come from accept4, connect and socketpair',
    footprint: assumed(7000, 'one socket, one file'),
    blocks: 'never',
    lock: holding('fileTable', 0.1),
    effect: (_host, _core, thread) => installFile(thread, new Listener()),
  },
  bind: small('bind(fd)'),
  listen: small('listen(fd)'),
  connect: {
    doc: 'connect(descriptor of a listening socket of this process): a connection over loopback; returns its descriptor',
    footprint: assumed(15_000, 'a handshake over loopback: three segments, each without payload'),
    blocks: 'never',
    lock: holding('fileTable', 0.1),
    effect: connect,
  },
  accept4: {
    doc: 'accept4(fd, flags): takes a connection off the queue; flag 1 is O_NONBLOCK of the listening socket, 2 of the connection; returns its descriptor, for a client behind the wire plus 65536 times its connection: the address',
    footprint: assumed(6500, 'one file, and a socket taken off a queue'),
    blocks: 'until somebody connects',
    lock: holding('fileTable', 0.1),
    effect: accept,
  },
  shutdown: {
    doc: 'shutdown(fd): ends both directions',
    footprint: assumed(6000, 'one segment without payload'),
    blocks: 'never',
    effect: (host, core, { process, arg0 }) => {
      const file = process.files[arg0];
      file?.close(host, core);
      return file === undefined ? -EBADF : 0;
    },
  },
  getsockname: small('getsockname(fd)'),
  getpeername: small('getpeername(fd)'),
  getsockopt: small('getsockopt(fd)'),
  setsockopt: small('setsockopt(fd)'),
  recvfrom: { ...fileCalls.read, doc: 'recvfrom(fd, bytes): as read of a socket', blocks: BLOCKS },
  recvmsg: {
    doc: 'recvmsg(fd, bytes, segments)',
    footprint: HEADER,
    each: SEGMENTS,
    blocks: BLOCKS,
    effect: fileCalls.read.effect,
  },
  sendto: { ...fileCalls.write, doc: 'sendto(fd, bytes): as write of a socket', blocks: BLOCKS },
  sendmsg: {
    doc: 'sendmsg(fd, bytes, segments)',
    footprint: HEADER,
    each: SEGMENTS,
    blocks: BLOCKS,
    effect: fileCalls.write.effect,
  },
} as const satisfies Record<string, CallSpec>;

function listenerOf({ process, arg0 }: Thread): Listener | undefined {
  const file = process.files[arg0];
  return file instanceof Listener ? file : undefined;
}

function connect(host: CallHost, core: Core, thread: Thread): number {
  const listener = listenerOf(thread);
  if (listener === undefined) return -EBADF;
  const [client, server] = makeStream('tcp', (lines) => host.allocateLines(lines), false);
  listener.queue(host, core, server);
  return installFile(thread, client);
}

const O_NONBLOCK = 1;
const SOCK_NONBLOCK = 2;

function accept(_host: CallHost, _core: Core, thread: Thread): number {
  const listener = listenerOf(thread);
  if (listener === undefined) return -EBADF;
  const file = listener.take();
  if (file !== undefined) return accepted(thread, file);
  return (thread.arg1 & O_NONBLOCK) !== 0 ? -EAGAIN : listener.readers.sleep(thread);
}

function accepted(thread: Thread, file: KernelFile): number {
  const fd = installFile(thread, file);
  if (!(file instanceof Socket)) return fd;
  if ((thread.arg1 & SOCK_NONBLOCK) !== 0) file.isNonblocking = true;
  return fd + file.connection * SECOND_FD;
}
