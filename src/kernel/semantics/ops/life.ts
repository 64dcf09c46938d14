import { Errno } from '../errno.ts';
import { Inv } from '../invariants.ts';
import type { Machine } from '../machine.ts';
import { ADDRESS_B_E, CAP_B, CAP_K, Content, PAGE_B } from '../names.ts';
import type { Operation } from '../operation.ts';
import { frameOf, newFrame } from '../frame.ts';
import { PageBit, READ_EXECUTE, clearSpace, declareEntry, hasTrusted, mapPage, spaceAt, spaceOf } from '../page.ts';
import { CapabilitySet, capabilities, endSiblings, newProcess, newSpace, processAt } from '../process.ts';
import { isFiltered, setCapabilities, setFiltered, setProcessSpace, spaceUsed } from '../process.ts';
import { PAGE_BYTES } from '../layout.ts';
import {
  Status,
  clearPending,
  copyThread,
  cpl,
  demote,
  entered,
  newThread,
  resetThread,
  rip,
  setInterrupt,
} from '../thread.ts';
import { setThreadStatus, threadCore, threadProcess } from '../thread.ts';
import { flushSpace } from '../tlb.ts';

const BOTH = CAP_K | CAP_B;

/** The core on which a forked child runs: the next one. */
function nextCore(m: Machine, t: number): number {
  return (threadCore(m, t) + 1) % m.layout.capacity.cores;
}

/** Copies an address space; both map the same frames until one writes. */
function copySpace(m: Machine, from: number, to: number): void {
  m.bytes.copyWithin(spaceAt(m, to), spaceAt(m, from), spaceAt(m, from + 1));
  flushSpace(m, to);
}

/** A new process using `space`, with the filters of its parent; −1 when there is no room. */
function startProcess(m: Machine, parent: number, space: number): number {
  const process = newProcess(m);
  if (process < 0) return -1;
  setProcessSpace(m, process, space);
  if (isFiltered(m, parent)) setFiltered(m, process);
  return process;
}

/** `fork`: returns the child's thread id. The child inherits the mode (A19). */
export function fork(m: Machine, t: number): number {
  const parent = threadProcess(m, t);
  const space = newSpace(m);
  const process = space < 0 ? -1 : startProcess(m, parent, space);
  if (process < 0) return 0;
  m.bytes[processAt(m, process)] = m.bytes[processAt(m, parent)]!;
  copySpace(m, spaceOf(m, t), space);
  const child = newThread(m, process, nextCore(m, t), rip(m, t));
  if (child < 0) return 0;
  copyThread(m, t, child);
  clearPending(m, child);
  setInterrupt(m, child, 0, 0);
  if (m.rules.variant.forkMode === 'reset') demote(m, child);
  return child;
}

/** `clonevm a=capabilities`: a process with at most these capabilities that shares the address space; returns its thread's id. */
export function clonevm(m: Machine, t: number, op: Operation): number {
  const space = spaceOf(m, t);
  if (m.rules.mechanisms.MMX && hasTrusted(m, space)) return -Errno.EPERM;
  const parent = threadProcess(m, t);
  const process = startProcess(m, parent, space);
  if (process < 0) return 0;
  const kept = op.a & capabilities(m, parent, CapabilitySet.Permitted);
  setCapabilities(m, process, kept, kept, 0, 0);
  return Math.max(newThread(m, process, threadCore(m, t), rip(m, t)), 0);
}

/** `newthread`: starts in user mode in native code, whatever mode its creator has; returns its id. */
export function newthread(m: Machine, t: number): number {
  return Math.max(newThread(m, threadProcess(m, t), threadCore(m, t), ADDRESS_B_E), 0);
}

/** Bits of the second operand of `exec`: the file's effective bit, root executes it, its segments are marked KERNELTRUST. */
const File = { Effective: 1, Root: 2, DeclaresTrust: 4 } as const;

/** Ambient capabilities that survive execve: none of a privileged file, in 2004, or under CAPX. */
function keptAmbient(m: Machine, process: number, privileged: boolean): number {
  if (privileged || m.rules.era === '2004' || m.rules.mechanisms.CAPX) return 0;
  return capabilities(m, process, CapabilitySet.Ambient);
}

/**
 * capabilities(7) at execve: P' = (I ∩ fI) ∪ (fP ∩ bounding) ∪ A', E' = fE ? P' : A'. Root's file sets are full, those of 2004 are else
 * empty; CAPX grants by explicit permitted file capabilities only. Returns E'.
 */
function gainCapabilities(m: Machine, process: number, permitted: number, inheritable: number, flags: number): number {
  const strict = m.rules.mechanisms.CAPX;
  const root = (flags & File.Root) !== 0 && !strict;
  const hasFileSets = m.rules.era !== '2004';
  const fP = root ? BOTH : hasFileSets ? permitted : 0;
  const fI = root ? BOTH : hasFileSets && !strict ? inheritable : 0;
  const isEffective = root || (hasFileSets && (flags & File.Effective) !== 0);
  const a = keptAmbient(m, process, root || (fP | fI) !== 0);
  const i = capabilities(m, process, CapabilitySet.Inheritable);
  const p = (i & fI) | fP | a;
  const e = isEffective ? p : a;
  setCapabilities(m, process, e, p, i, a);
  return e;
}

/** An address space for the new program: the old one when nobody else uses it. */
function replaceSpace(m: Machine, t: number): number {
  const process = threadProcess(m, t);
  const old = spaceOf(m, t);
  const space = spaceUsed(m, old, process) ? newSpace(m) : old;
  if (space < 0) return old;
  clearSpace(m, space);
  flushSpace(m, space);
  setProcessSpace(m, process, space);
  return space;
}

/**
 * Maps the native page of a new program; trusted when its file says so and nothing verifies it (A3, I10). A file marks segments, so the
 * mark sits on the mapping even where A1 reads trust from frames.
 */
function mapProgram(m: Machine, space: number, trusted: boolean, entries: readonly number[]): void {
  mapPage(m, space, PAGE_B, newFrame(m, frameOf(Content.Native)), READ_EXECUTE | (trusted ? PageBit.Trusted : 0));
  if (trusted) m.violations.add(Inv.I10);
  for (let i = 0; i < entries.length; i++) declareEntry(m, space, entries[i]);
}

/** I13: nothing of the old program's privilege is left; trust and entries are the new file's only. */
function checkReset(m: Machine, t: number, space: number): void {
  let foreign = false;
  for (let page = 0; page < m.layout.capacity.pages; page++) {
    if (page !== PAGE_B && m.bytes[spaceAt(m, space) + 1 + page * PAGE_BYTES] !== 0) foreign = true;
  }
  if (cpl(m, t) === 0 || entered(m, t) || foreign) m.violations.add(Inv.I13);
}

/** `exec a=permitted|inheritable<<2 b=File bits list=declared entries`: a new program in a new address space, in user mode. */
export function exec(m: Machine, t: number, op: Operation): number {
  const process = threadProcess(m, t);
  const permitted = op.a & BOTH;
  const inheritable = op.a >> 2;
  const effective = gainCapabilities(m, process, permitted, inheritable, op.b);
  endSiblings(m, t);
  const space = replaceSpace(m, t);
  const honoured = m.rules.variant.bootstrap === 'execve' && !m.rules.mechanisms.VPUB;
  mapProgram(m, space, (op.b & File.DeclaresTrust) !== 0 && effective !== 0 && honoured, op.list);
  resetThread(m, t, ADDRESS_B_E);
  const byRoot = (op.b & File.Root) !== 0 && !m.rules.mechanisms.CAPX;
  if (effective !== 0 && (byRoot || (permitted | inheritable) === 0)) m.violations.add(Inv.I14);
  checkReset(m, t, space);
  return 0;
}

/** `ambient a=capability`: raises a permitted capability to ambient, which 2004 does not have and CAPX refuses. */
export function ambient(m: Machine, t: number, op: Operation): number {
  if (m.rules.era === '2004') return -Errno.EINVAL;
  const process = threadProcess(m, t);
  const isPermitted = (capabilities(m, process, CapabilitySet.Permitted) & op.a) === op.a;
  if (m.rules.mechanisms.CAPX || !isPermitted) return -Errno.EPERM;
  const at = processAt(m, process);
  m.bytes[at] = m.bytes[at] | (op.a << CapabilitySet.Inheritable) | (op.a << CapabilitySet.Ambient);
  return 0;
}

/** `capdrop a=capability`: gives it up; the inheritable set stays. */
export function capdrop(m: Machine, t: number, op: Operation): number {
  const at = processAt(m, threadProcess(m, t));
  const { Effective, Permitted, Ambient } = CapabilitySet;
  m.bytes[at] = m.bytes[at] & ~((op.a << Effective) | (op.a << Permitted) | (op.a << Ambient));
  return 0;
}

/** `exit`: the thread ends. With the raised address limit of A28 still set, a write of the exit path hits kernel memory (I20). */
export function exit(m: Machine, t: number): number {
  const raised = m.rules.variant.ds === 'kml' && cpl(m, t) === 0;
  if (raised && !m.rules.mechanisms.GATE) m.violations.add(Inv.I20);
  setThreadStatus(m, t, Status.Dead);
  return 0;
}
