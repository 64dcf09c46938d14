import { PROCESS_BYTES } from './layout.ts';
import type { Machine } from './machine.ts';
import { spaceOf } from './page.ts';
import { Status, setThreadStatus, threadExists, threadProcess, threadStatus } from './thread.ts';

/** Shifts of the four capability sets in a process's byte: effective, permitted, inheritable, ambient. */
export const CapabilitySet = { Effective: 0, Permitted: 2, Inheritable: 4, Ambient: 6 } as const;

/** First byte of a process: capability sets, address space + 1, flags. */
export function processAt(m: Machine, process: number): number {
  return m.processesAt + process * PROCESS_BYTES;
}

/** One capability set of a process as bits (CAP_K, CAP_B). */
export function capabilities(m: Machine, process: number, set: number): number {
  return (m.bytes[processAt(m, process)] >> set) & 3;
}

/** Replaces all four sets. */
export function setCapabilities(m: Machine, process: number, e: number, p: number, i: number, a: number): void {
  const { Permitted, Inheritable, Ambient } = CapabilitySet;
  m.bytes[processAt(m, process)] = e | (p << Permitted) | (i << Inheritable) | (a << Ambient);
}

/** Authority that a thread's process holds now. */
export function policyOf(m: Machine, t: number): number {
  return m.authority[m.bytes[processAt(m, threadProcess(m, t))] & 3];
}

/** Whether a system-call filter is installed. */
export function isFiltered(m: Machine, process: number): boolean {
  return m.bytes[processAt(m, process) + 2] !== 0;
}

/** Installs a system-call filter, for good. */
export function setFiltered(m: Machine, process: number): void {
  m.bytes[processAt(m, process) + 2] = 1;
}

/** Gives a process an address space. */
export function setProcessSpace(m: Machine, process: number, space: number): void {
  m.bytes[processAt(m, process) + 1] = space + 1;
}

/** A process slot that no process uses yet; −1 when there is none. */
export function newProcess(m: Machine): number {
  for (let p = 0; p < m.layout.capacity.processes; p++) if (m.bytes[processAt(m, p) + 1] === 0) return p;
  m.exceed('processes');
  return -1;
}

/** Whether a process other than `except` uses the address space. */
export function spaceUsed(m: Machine, space: number, except: number): boolean {
  for (let p = 0; p < m.layout.capacity.processes; p++) {
    if (p !== except && m.bytes[processAt(m, p) + 1] === space + 1) return true;
  }
  return false;
}

/** An address space that no process uses; −1 when there is none. */
export function newSpace(m: Machine): number {
  for (let space = 0; space < m.layout.capacity.spaces; space++) if (!spaceUsed(m, space, -1)) return space;
  m.exceed('spaces');
  return -1;
}

/** Whether `other` names a thread, living or dead, in the address space of `t`. */
export function sharesSpace(m: Machine, t: number, other: number): boolean {
  return threadExists(m, other) && spaceOf(m, other) === spaceOf(m, t);
}

/** Ends the other threads of a thread's process. */
export function endSiblings(m: Machine, t: number): void {
  const process = threadProcess(m, t);
  for (let other = 0; other < m.layout.capacity.threads; other++) {
    if (other === t || threadStatus(m, other) !== Status.Running) continue;
    if (threadProcess(m, other) === process) setThreadStatus(m, other, Status.Dead);
  }
}
