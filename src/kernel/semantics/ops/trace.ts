import { Errno } from '../errno.ts';
import { Inv } from '../invariants.ts';
import type { Machine } from '../machine.ts';
import type { Operation } from '../operation.ts';
import { spaceOf } from '../page.ts';
import { CapabilitySet, capabilities } from '../process.ts';
import { fetch } from '../fetch.ts';
import { decideSetregs, decideTrace } from '../trace.ts';
import { isForgedTarget } from '../transfer.ts';
import { Status, cpl, setForged, setRip, threadExists, threadProcess, threadStatus } from '../thread.ts';
import { pokeSpace } from './write.ts';

/** The error of tracing a thread; 0 when the tracer holds all its capabilities and is another process. */
function refuseTrace(m: Machine, t: number, target: number): number {
  if (!threadExists(m, target) || threadStatus(m, target) !== Status.Running) return -decideTrace(false, false, false);
  const own = threadProcess(m, t);
  const other = threadProcess(m, target);
  const missing = capabilities(m, other, CapabilitySet.Permitted) & ~capabilities(m, own, CapabilitySet.Permitted);
  return -decideTrace(true, own === other, missing !== 0);
}

/** `poke a=target b=page`: a debugger writes into the target's memory, by force. */
export function poke(m: Machine, t: number, op: Operation): number {
  const refused = refuseTrace(m, t, op.a);
  return refused === 0 ? pokeSpace(m, spaceOf(m, op.a), op.b) : refused;
}

/** `setregs a=target b=address c=code segment level`: a debugger moves the target; a kernel segment is refused, the mode stays (I22). */
export function setregs(m: Machine, t: number, op: Operation): number {
  const refused = refuseTrace(m, t, op.a);
  if (refused !== 0) return refused;
  const atCpl0 = cpl(m, op.a) === 0;
  const held = decideSetregs(m.rules, op.c, cpl(m, op.a));
  if (held !== Errno.OK) return -held;
  setRip(m, op.a, op.b);
  setForged(m, op.a, isForgedTarget(m, spaceOf(m, op.a), op.b));
  if (atCpl0) m.violations.add(Inv.I22);
  return 0;
}

/** `rseqAbort a=address`: the kernel moves a preempted thread to an address that user memory names; the mode stays. */
export function rseqAbort(m: Machine, t: number, op: Operation): number {
  if (m.rules.era === '2004') return -Errno.ENOSYS;
  if (m.rules.mechanisms.MMX && cpl(m, t) === 0) return -Errno.EPERM;
  setRip(m, t, op.a);
  setForged(m, t, isForgedTarget(m, spaceOf(m, t), op.a));
  fetch(m, t);
  return 0;
}
