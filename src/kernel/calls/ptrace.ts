import type { Core } from '../../hw/core.ts';
import { PageFlag } from '../../hw/pagetable.ts';
import { EIO, EPERM, ESRCH } from '../abi.ts';
import { ExitWork, Pending, type Thread } from '../thread.ts';
import { Errno, resultOf } from '../semantics/errno.ts';
import { Authority } from '../semantics/gate.ts';
import { Inv } from '../semantics/invariants.ts';
import { decideForcedWrite, decideSetregs, decideTouch, decideTrace } from '../semantics/trace.ts';
import { trace } from '../tracing.ts';
import { assumed, rare } from './numbers.ts';
import { alert } from './signals.ts';
import type { CallHost, CallSpec } from './spec.ts';

/** What `ptrace_getregs` says of a stopped thread: before a call, after one, or neither. Source: PTRACE_GET_SYSCALL_INFO. */
export const StopKind = { Other: 0, Entry: 1, Exit: 2 } as const;
const KINDS: Readonly<Record<number, number>> = {
  [Pending.CallEntry]: StopKind.Entry,
  [Pending.CallExit]: StopKind.Exit,
};

/** Requests of a debugger to a thread of another process, decided by the rules of the semantics; all but the first two want it stopped. */
export const ptraceCalls = {
  ptrace_attach: {
    doc: 'ptrace(PTRACE_SEIZE, thread): from now on this process may look into the thread and change it',
    footprint: assumed(2500, 'permission checks of credentials, locks of both tasks, a tracer linked in'),
    blocks: 'never',
    effect: attach,
  },
  ptrace_interrupt: {
    doc: 'ptrace(PTRACE_INTERRUPT, thread): has it stop, on its way back to its own code; its sleep goes on after that',
    footprint: rare(assumed(900, 'a flag under the lock of the task, which is found and alerted')),
    blocks: 'never',
    effect: interrupt,
  },
  ptrace_syscall: {
    doc: 'ptrace(PTRACE_SYSCALL, thread): lets a stopped thread go on to the next entry or exit of a call',
    footprint: rare(assumed(900, 'another task found and checked, its state changed')),
    blocks: 'never',
    effect: (host, core, thread) => goOn(host, core, thread, true),
  },
  ptrace_cont: {
    doc: 'ptrace(PTRACE_CONT, thread): lets a stopped thread go on',
    footprint: rare(assumed(900, 'as PTRACE_SYSCALL')),
    blocks: 'never',
    effect: (host, core, thread) => goOn(host, core, thread, false),
  },
  ptrace_getregs: {
    doc: 'ptrace(PTRACE_GET_SYSCALL_INFO, thread): what a stopped thread is about: before a call (1), after one (2), neither (0)',
    footprint: rare(assumed(1100, 'registers of another task found, checked and copied out')),
    blocks: 'never',
    effect: (host, _core, thread) => {
      const target = tracee(host, thread);
      return target === undefined ? -ESRCH : (KINDS[target.pending] ?? StopKind.Other);
    },
  },
  ptrace_peek: {
    doc: 'ptrace(PTRACE_PEEKDATA, thread, page): a word of another memory',
    footprint: assumed(1800, 'another memory map found and locked, a page pinned, a word copied by the kernel'),
    blocks: 'never',
    effect: (host, _core, thread) => {
      const target = tracee(host, thread);
      if (target === undefined) return -ESRCH;
      return target.process.table.entry(thread.arg1) > 0 ? 0 : -EIO;
    },
  },
  ptrace_poke: {
    doc: 'ptrace(PTRACE_POKEDATA, thread, page): writes a word by force; a read-only private page is copied first',
    footprint: assumed(2500, 'as peek, with a fault served for the write'),
    blocks: 'never',
    effect: poke,
  },
  ptrace_setregs: {
    doc: 'ptrace(PTRACE_SETREGS, thread, level): moves the thread elsewhere in its code; a code segment of level 0 is EIO',
    footprint: assumed(1200, 'registers of another task copied in and checked'),
    blocks: 'never',
    effect: (host, _core, thread) => {
      const target = tracee(host, thread);
      if (target === undefined) return -ESRCH;
      const refused = decideSetregs(host.trust.rules, thread.arg1, target.cpl);
      if (refused === Errno.OK && target.cpl === 0) host.trust.log.breaks(Inv.I22);
      return resultOf(refused);
    },
  },
} as const satisfies Record<string, CallSpec>;

function attach(host: CallHost, _core: Core, thread: Thread): number {
  const target = host.threads.get(thread.arg0);
  const isOwn = target?.process.family.threads === thread.process.family.threads;
  const refused = decideTrace(target !== undefined, isOwn, lacksCapability(thread, target));
  const held = refused === Errno.OK ? decideTouch(host.trust.rules, target!.cpl) : refused;
  if (held !== Errno.OK) return resultOf(held);
  if (target!.trace !== undefined) return -EPERM;
  trace(thread.process, target!, false);
  return 0;
}

/** The thread that a request names, if it has stopped for this process. */
function tracee(host: CallHost, { arg0, process }: Thread): Thread | undefined {
  const target = host.threads.get(arg0);
  return target?.trace?.tracer === process && target.trace.isStopped ? target : undefined;
}

function interrupt(host: CallHost, core: Core, { arg0, process }: Thread): number {
  const target = host.threads.get(arg0);
  if (target?.trace?.tracer !== process) return -ESRCH;
  const refused = decideTouch(host.trust.rules, target.cpl);
  if (refused !== Errno.OK) return resultOf(refused);
  if (target.trace.isStopped) return 0;
  target.exitWork |= ExitWork.Stop;
  alert(host, core, target);
  return 0;
}

/** A stopped thread becomes runnable; what woke it from its sleep before it stopped is remembered. */
function goOn(host: CallHost, core: Core, thread: Thread, stopsAtCalls: boolean): number {
  const target = tracee(host, thread);
  if (target === undefined) return -ESRCH;
  const { isWoken } = target;
  target.trace!.isStopped = false;
  target.trace!.stopsAtCalls = stopsAtCalls;
  host.wake(core, target);
  target.isWoken = isWoken;
  return 0;
}

/** Whether the target's executable was granted a capability that the tracer's was not. */
function lacksCapability({ process }: Thread, target: Thread | undefined): boolean {
  if (target === undefined || target.process.authority === Authority.None) return false;
  return target.process.authority !== process.authority;
}

/** A forced write; trust stays with the mapping of a page that is copied for it. */
function poke(host: CallHost, core: Core, thread: Thread): number {
  const target = tracee(host, thread);
  if (target === undefined) return -ESRCH;
  const { arg1: vpn } = thread;
  const { process } = target;
  const entry = process.table.entry(vpn);
  const isWritable = (entry & PageFlag.Write) !== 0;
  const isTrusted = (entry & PageFlag.KernelTrust) !== 0;
  const refused = decideForcedWrite(host.trust.rules, entry > 0, isWritable, isTrusted, false);
  if (refused !== Errno.OK) return -refused;
  if (!isWritable) {
    const old = host.spaces.replace(process, vpn, entry & (PageFlag.KernelTrust | PageFlag.NoExec));
    host.spaces.remote.drop(core, process, vpn, 1);
    host.spaces.giveBack(old);
  }
  // Bytes that nobody verified lie in a trusted page from now on.
  if (isTrusted) host.trust.log.breaks(Inv.I2);
  return 0;
}
