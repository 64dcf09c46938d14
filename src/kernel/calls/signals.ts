import type { Core } from '../../hw/core.ts';
import { Domain } from '../../hw/cpi.ts';
import { EINVAL } from '../abi.ts';
import type { Thread } from '../process.ts';
import { assumed, measured } from './numbers.ts';
import { succeed, type CallHost, type CallSpec } from './spec.ts';

/** Bytes of a signal frame: siginfo, registers and the floating-point state that XSAVE writes (2.7 KiB with AVX-512). */
const FRAME_BYTES = 3200;

/** Signals. A handler is what the program does after the call that a signal interrupted, up to its rt_sigreturn. */
export const signalCalls = {
  rt_sigaction: {
    doc: 'rt_sigaction(pads): from now on the program handles signals, that of a forbidden access among them; with `pads` it names landing pads',
    footprint: assumed(300, 'one entry of a table under a lock'),
    blocks: 'never',
    effect: (_host, _core, { process, arg0 }) => {
      process.memory.hasHandler = true;
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
      host.trust.signals.return(core, thread, thread.arg0);
      return 0;
    },
  },
  sigaltstack: { doc: 'sigaltstack()', footprint: assumed(200, 'three fields'), blocks: 'never', effect: succeed },
  tgkill: {
    doc: 'tgkill(thread): a signal to a thread of this process; one that sleeps returns from its call with EINTR',
    footprint: measured(500, 'signal to itself with handler 2.71 us, less two empty calls; its share is assumed'),
    blocks: 'never',
    effect: kill,
  },
} as const satisfies Record<string, CallSpec>;

function kill(host: CallHost, core: Core, thread: Thread): number {
  const target = thread.process.family.threads.get(thread.arg0);
  if (target === undefined) return -EINVAL;
  if (target === thread) {
    deliver(host, core, thread);
    return 0;
  }
  target.hasSignal = true;
  if (target.state !== 'sleeping') return 0;
  target.waitsOn?.remove(target);
  host.wake(core, target);
  return 0;
}

/** Writes the frame of a pending signal to the user stack; the handler runs when the thread is back in its own code. */
export function deliver(host: CallHost, core: Core, thread: Thread, isFault = false): void {
  thread.hasSignal = false;
  host.runPath(core, 'signalDeliver');
  host.copyToUser(core, thread, thread.stackLine, FRAME_BYTES);
  host.trust.signals.deliver(core, thread, isFault);
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
  deliver(host, core, thread, true);
  if (isOwn) signals.beginHandler(core, thread);
  return true;
}
