import { Authority } from './gate.ts';
import { Inv } from './invariants.ts';
import type { Machine } from './machine.ts';
import { Result } from './names.ts';
import { OPERATION_CODES, SPECS } from './operations.ts';
import type { OperationSpec } from './operations.ts';
import type { Operation } from './operation.ts';
import { checkTrustedPages } from './sharing.ts';
import { fetch } from './fetch.ts';
import { SystemBit, systemHas } from './system.ts';
import { Status, ThreadMark, cpl, entryPolicy, interrupt, markThread, threadExists, threadStatus } from './thread.ts';

const TICK = OPERATION_CODES.tick;

/** I24 of every thread, and I21 of a stopped system: what holds or not after any operation. */
function checkState(m: Machine): void {
  for (let t = 0; t < m.layout.capacity.threads; t++) {
    if (threadStatus(m, t) !== Status.Running) continue;
    if (cpl(m, t) === 0 && entryPolicy(m, t) === Authority.None) m.violations.add(Inv.I24);
  }
  if (systemHas(m, SystemBit.Panic)) m.violations.add(Inv.I21);
}

/** What stops a thread from performing an operation itself; 0 when nothing does. */
function blocked(m: Machine, t: number, spec: OperationSpec): number {
  if (threadStatus(m, t) !== Status.Running) return Result.DEAD;
  if (spec.by !== 'code') return 0;
  return interrupt(m, t) === 0 ? 0 : Result.BUSY;
}

/** What precedes everything a running thread does as code: another thing than a tick happens, and the fetch. False when it died. */
export function beginCode(m: Machine, t: number): boolean {
  markThread(m, t, ThreadMark.Ticked, false);
  return fetch(m, t);
}

/** What precedes an event that happens to a running thread. */
export function beginEvent(m: Machine, op: Operation): void {
  if (op.code !== TICK) markThread(m, op.thread, ThreadMark.Ticked, false);
}

/** Runs one operation of a thread: fetch, then its meaning. */
function perform(m: Machine, spec: OperationSpec, op: Operation): number {
  const stopped = blocked(m, op.thread, spec);
  if (stopped !== 0) return stopped;
  if (spec.by !== 'code') beginEvent(m, op);
  else if (!beginCode(m, op.thread)) return Result.SIGSEGV;
  return spec.run(m, op.thread, op);
}

/** Evaluates what must hold after any operation: I3 and I4 when `maps` (they can have changed), I24 and I21. */
export function checkAfter(m: Machine, maps: boolean): void {
  if (maps) checkTrustedPages(m);
  checkState(m);
}

/**
 * Applies one operation in place and returns 0, a value such as a new thread's id, a negated errno, or a `Result`. `m.effects` and
 * `m.violations` then hold what the step did; `m.overflow` says that the layout was too small. `everyStep`: evaluate I3 and I4 also after
 * operations that cannot change them, as the recorded programs do.
 */
export function apply(m: Machine, op: Operation, everyStep = true): number {
  m.effects.clear();
  m.violations.clear();
  m.overflow = '';
  const spec = SPECS[op.code];
  if (spec.by !== 'device' && !threadExists(m, op.thread)) return Result.DEAD;
  const value = spec.by === 'device' ? spec.run(m, op.thread, op) : perform(m, spec, op);
  if (m.overflow !== '') return value;
  checkAfter(m, everyStep || spec.maps);
  return value;
}
