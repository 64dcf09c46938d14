import type { Core } from '../../hw/core.ts';
import { Domain } from '../../hw/cpi.ts';
import { CALLS, EINTR, ESRCH, type CallName } from '../abi.ts';
import { ExitWork, type Thread } from '../thread.ts';
import { Delivery } from '../signalgate.ts';
import { assumed, measured } from './numbers.ts';
import { succeed, type CallHost, type CallSpec } from './spec.ts';

/** Bytes of a signal frame: siginfo, registers and the floating-point state that XSAVE writes (2.7 KiB with AVX-512). */
const FRAME_BYTES = 3200;

/** Calls that a signal ends with EINTR even where it has calls made again. Source: signal(7), "Interruption of system calls". */
const NEVER_RESTARTED = new Set<CallName>([
  'epoll_wait',
  'poll',
  'select',
  'nanosleep',
  'clock_nanosleep',
  'io_uring_enter',
]);
const RESTARTS = Uint8Array.from(CALLS, (name) => Number(!NEVER_RESTARTED.has(name)));

/** Signals. A handler is a program of its process, or what the program does next; it ends with rt_sigreturn. */
export const signalCalls = {
  rt_sigaction: {
    doc: 'rt_sigaction(pads, restart): from now on the program handles signals, that of a forbidden access among them; with `pads` it names landing pads, with `restart` interrupted calls are made again',
    footprint: assumed(300, 'one entry of a table under a lock'),
    blocks: 'never',
    effect: (_host, _core, { process, arg0, arg1 }) => {
      process.memory.hasHandler = true;
      process.memory.restartsCalls ||= arg1 !== 0;
      process.memory.hasPads ||= arg0 !== 0;
      return 0;
    },
  },
  rt_sigprocmask: {
    doc: 'rt_sigprocmask()',
    footprint: assumed(250, 'a mask under a lock'),
    blocks: 'never',
    effect: succeed,
  },
  rt_sigreturn: {
    doc: 'rt_sigreturn(landing): takes the frame off the user stack and goes on where it came from (0), at a landing pad (1), or elsewhere (2)',
    footprint: measured(600, 'signal to itself with handler 2.71 us, less two empty calls; its share is assumed'),
    blocks: 'never',
    effect: (host, core, thread) => {
      host.copyFromUser(core, thread, thread.stackLine, FRAME_BYTES);
      return host.trust.signals.return(core, thread, thread.arg0);
    },
  },
  sigaltstack: { doc: 'sigaltstack()', footprint: assumed(200, 'three fields'), blocks: 'never', effect: succeed },
  tgkill: {
    doc: 'tgkill(thread): a signal to a thread of this process, which takes it on its way back to its own code: out of its sleep with EINTR, interrupted where it runs',
    footprint: measured(500, 'signal to itself with handler 2.71 us, less two empty calls; its share is assumed'),
    blocks: 'never',
    effect: kill,
  },
} as const satisfies Record<string, CallSpec>;

/** One signal may wait; a second one before it is delivered is the same. Source: POSIX.1-2017 2.4.1, standard signals. */
function kill(host: CallHost, core: Core, thread: Thread): number {
  const target = thread.process.family.threads.get(thread.arg0);
  if (target === undefined) return -ESRCH;
  if ((target.exitWork & ExitWork.Signal) === 0) target.signalledAt = core.now;
  target.exitWork |= ExitWork.Signal;
  if (target !== thread && target.takesSignal()) alert(host, core, target);
  return 0;
}

/** Has a thread see what it owes: wakes it from its call, or interrupts the core on which it runs. Source: Linux signal_wake_up_state. */
export function alert(host: CallHost, core: Core, target: Thread): void {
  if (target.state === 'running') return host.kick(core, target);
  if (target.state !== 'sleeping' || target.waitsOn?.isInterruptible === false) return;
  target.waitsOn?.remove(target);
  host.wake(core, target);
  target.isWoken = false;
}

/** Result of a call whose sleep a signal ended: the bytes that it has moved, or else EINTR, unless it is to be made again after the handler. */
export function interrupted(thread: Thread): number {
  const { process, stream, nr, openHandler, progress } = thread;
  if (progress > 0) return progress;
  const isAgain = process.memory.restartsCalls && RESTARTS[nr] === 1 && openHandler !== undefined && stream.nr === nr;
  if (!isAgain) return -EINTR;
  stream.repeat();
  return 0;
}

/** Writes the frame of a pending signal to the user stack; the handler runs when the thread is back in its own code. */
export function deliver(host: CallHost, core: Core, thread: Thread, at: Delivery): void {
  writeFrame(host, core, thread);
  host.trust.signals.deliver(core, thread, false, at);
}

function writeFrame(host: CallHost, core: Core, thread: Thread): void {
  host.runPath(core, 'signalDeliver');
  host.copyToUser(core, thread, thread.stackLine, FRAME_BYTES);
}

/** Serves a page fault, of a thread's own code or of a copy that the kernel makes for it; false when the thread must die of it. */
export function serveFault(host: CallHost, core: Core, thread: Thread, vpn: number, isWrite: boolean): boolean {
  const { domain } = core;
  core.domain = Domain.Kernel;
  const goesOn =
    host.spaces.fault(core, thread.process, vpn, isWrite) || deliverFault(host, core, thread, domain === Domain.User);
  core.domain = domain;
  return goesOn;
}

/** A forbidden access becomes a signal, if it may; `isOwn`: it was the thread's own code, which then goes on in its handler. */
function deliverFault(host: CallHost, core: Core, thread: Thread, isOwn: boolean): boolean {
  const { signals } = host.trust;
  if (isOwn && !signals.takes(thread)) return false;
  writeFrame(host, core, thread);
  signals.deliver(core, thread, true, Delivery.Fault);
  if (isOwn) signals.beginHandler(core, thread);
  return true;
}
