import { Authority } from './gate.ts';
import type { Machine } from './machine.ts';
import { Effect, Transfer, offsetOf, pageOf } from './names.ts';
import { isTrueEntry, isVerified } from './frame.ts';
import { PageBit, isEntry, isTrusted, pageFlags, pageFrame, spaceOf } from './page.ts';
import { demoteFor, kill } from './fetch.ts';
import { cpl, entryPolicy, forged, rip, setForged, setRip } from './thread.ts';

const REACHABLE = PageBit.Present | PageBit.Executable;

/** Whether code can be executed at the address at all. */
export function isExecutable(m: Machine, space: number, address: number): boolean {
  return (pageFlags(m, space, pageOf(address)) & REACHABLE) === REACHABLE;
}

/** Whether the bytes mapped at the address are verified code. */
export function isVerifiedAt(m: Machine, space: number, address: number): boolean {
  const page = pageOf(address);
  return (pageFlags(m, space, page) & PageBit.Present) !== 0 && isVerified(m, pageFrame(m, space, page));
}

/** Whether arriving at the address, other than by a transfer the code itself makes, is forged: verified code at no true entry. */
export function isForgedTarget(m: Machine, space: number, address: number): boolean {
  if (!isVerifiedAt(m, space, address)) return false;
  return !isTrueEntry(m, pageFrame(m, space, pageOf(address)), offsetOf(address));
}

/** Under `cross=strict` (A9), reaching another trusted page at CPL 0 demotes. */
export function crossPages(m: Machine, t: number, space: number, address: number): void {
  if (m.rules.variant.cross !== 'strict' || cpl(m, t) !== 0) return;
  if (entryPolicy(m, t) !== Authority.ByPage || pageOf(address) === pageOf(rip(m, t))) return;
  if (isTrusted(m, space, pageOf(address))) demoteFor(m, t, Effect.Drop);
}

/** Whether verified code that was reached legitimately makes this transfer inside one of its functions. */
function isOwnTransfer(m: Machine, t: number, space: number, kind: number): boolean {
  return kind === Transfer.Local && !forged(m, t) && isVerifiedAt(m, space, rip(m, t));
}

/** IBT: an indirect transfer at CPL 0 by page authority must reach an entry. */
function isStoppedByIbt(m: Machine, t: number, space: number, address: number, kind: number): boolean {
  const indirect = kind === Transfer.IndirectJump || kind === Transfer.IndirectCall;
  if (!m.rules.mechanisms.IBT || !indirect || cpl(m, t) !== 0) return false;
  return entryPolicy(m, t) === Authority.ByPage && !isEntry(m, space, address);
}

/** Moves a thread by a jump or call to an executable target: control-flow mechanisms, page crossing, the forged flag. False when it died. */
export function transfer(m: Machine, t: number, address: number, kind: number): boolean {
  const space = spaceOf(m, t);
  if (isStoppedByIbt(m, t, space, address, kind)) return kill(m, t, Effect.ControlProtection);
  const own = isOwnTransfer(m, t, space, kind) && isVerifiedAt(m, space, address);
  const forge = !own && isForgedTarget(m, space, address);
  crossPages(m, t, space, address);
  setRip(m, t, address);
  setForged(m, t, forge);
  return true;
}
