import type { Core } from '../../hw/core.ts';
import { PageFlag } from '../../hw/pagetable.ts';
import { EIO, ESRCH } from '../abi.ts';
import type { Thread } from '../process.ts';
import { Errno, resultOf } from '../semantics/errno.ts';
import { Authority } from '../semantics/gate.ts';
import { Inv } from '../semantics/invariants.ts';
import { decideForcedWrite, decideSetregs, decideTouch, decideTrace } from '../semantics/trace.ts';
import { assumed } from './numbers.ts';
import type { CallHost, CallSpec } from './spec.ts';

/**
 * Requests of a debugger to a thread of another process, decided by the rules of the semantics. The tracee is not stopped by them; what stops at its
 * system calls cost is the step `ptraceStop` of the option `ptrace`.
 */
export const ptraceCalls = {
  ptrace_attach: {
    doc: 'ptrace(PTRACE_SEIZE, thread): from now on this process may look into the thread and change it',
    footprint: assumed(2500, 'permission checks of credentials, locks of both tasks, a tracer linked in'),
    blocks: 'never',
    effect: attach,
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
  if (held === Errno.OK) target!.tracer = thread.process;
  return resultOf(held);
}

/** The thread that a request names, if this process has attached to it. */
function tracee(host: CallHost, { arg0, process }: Thread): Thread | undefined {
  const target = host.threads.get(arg0);
  return target?.tracer === process ? target : undefined;
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
    host.spaces.drop(core, process, vpn, 1);
    host.spaces.giveBack(old);
  }
  // Bytes that nobody verified lie in a trusted page from now on.
  if (isTrusted) host.trust.log.breaks(Inv.I2);
  return 0;
}
