import type { Core } from '../hw/core.ts';
import { Landing } from './abi.ts';
import { beyond, spendCharge, type Charge, type CompiledPolicy } from './crossing.ts';
import type { SignalFrame, Thread } from './process.ts';
import { decideSigreturn, faultIsSignal, handlerCpl, Resume } from './semantics/signal.ts';
import { Inv } from './semantics/invariants.ts';
import { Authority } from './semantics/gate.ts';
import { ModeRule } from './transitionlog.ts';
import type { TrustGate } from './trust.ts';

/** Most signals within each other that are remembered; user stacks hold no more frames. */
const DEPTH = 16;
const NO_RECORD: SignalFrame = { cpl: 3, entered: false, entryAuthority: Authority.None, isFault: false };

/** What signals do to the mode of threads, timed; decided by the pure rules. */
export class SignalGate {
  readonly #trust: TrustGate;
  readonly #policy: CompiledPolicy;
  /** What a return to CPL 3 costs more than the one to CPL 0 that a fault has been charged. */
  readonly #wayOut: Charge;

  constructor(trust: TrustGate, policy: CompiledPolicy) {
    this.#trust = trust;
    this.#policy = policy;
    this.#wayOut = beyond(policy.eventExit[3], policy.eventExit[0]);
  }

  /** Whether a fault of a thread's own code can be handled; otherwise the thread is to die of it. */
  takes(thread: Thread): boolean {
    if (faultIsSignal(this.#trust.rules, thread.cpl)) return true;
    this.#trust.demote(thread, ModeRule.killed);
    return false;
  }

  /** Records the mode of a thread to which a signal is delivered, and gives it that of its handler. */
  deliver(core: Core, thread: Thread, isFault: boolean): void {
    const { cpl, entered, entryAuthority, signals } = thread;
    spendCharge(core, this.#policy.signal[cpl]);
    if (signals.length === DEPTH) signals.shift();
    signals.push({ cpl, entered, entryAuthority, isFault });
    if (cpl === 0 && handlerCpl(this.#trust.rules, cpl) === 3) this.#trust.demote(thread, ModeRule.signal);
  }

  /** A thread goes on in its handler straight from a fault, and not from a call. */
  beginHandler(core: Core, thread: Thread): void {
    if (thread.signals.at(-1)?.cpl === 0 && thread.cpl === 3) spendCharge(core, this.#wayOut);
    core.cpl = thread.cpl;
    core.memory.isGuarded = thread.isGuarded();
    core.memory.refetch();
  }

  /** `rt_sigreturn`: the mode of what the signal interrupted, as far as the rules give it back. */
  return(core: Core, thread: Thread, landing: number): void {
    const frame = thread.signals.pop() ?? NO_RECORD;
    spendCharge(core, this.#policy.signal[frame.cpl]);
    const { rules, log } = this.#trust;
    const { authority, memory } = thread.process;
    const record = { atCpl0: frame.cpl === 0, isFault: frame.isFault };
    const isSame = landing === Landing.Same;
    const isPad = landing === Landing.Pad && memory.hasPads;
    const by = decideSigreturn(rules, authority, record, record.atCpl0, isSame, isPad);
    if (by !== Resume.User)
      return this.#trust.resume(thread, by === Resume.Record ? frame : byFrame(thread), ModeRule.sigreturn);
    if (thread.cpl === 0) this.#trust.demote(thread, ModeRule.signal);
    const isHonest = isSame || (isPad && frame.isFault);
    const isRevoked = rules.mechanisms.SIGREC && authority === Authority.None;
    if (record.atCpl0 && isHonest && !isRevoked) log.breaks(Inv.I16);
  }
}

/** What a frame in user memory makes of a thread: as if it had come through the gate. */
function byFrame({ process }: Thread): Pick<SignalFrame, 'entered' | 'entryAuthority'> {
  return { entered: true, entryAuthority: process.authority };
}
