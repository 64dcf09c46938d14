import type { Core } from '../hw/core.ts';
import { Landing } from './abi.ts';
import { beyond, spendCharge, type Charge, type CompiledPolicy } from './crossing.ts';
import { OpStream } from '../hw/opstream.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import type { InterruptedCode, SignalFrame } from './signalframe.ts';
import { ExitWork, type Thread } from './thread.ts';
import { decideSigreturn, faultIsSignal, handlerCpl, Resume } from './semantics/signal.ts';
import { Inv } from './semantics/invariants.ts';
import { Authority } from './semantics/gate.ts';
import { ModeRule } from './transitionlog.ts';
import type { TrustGate } from './trust.ts';

/** Most signals within each other that are remembered; user stacks hold no more frames. */
const DEPTH = 16;
const NO_RECORD: SignalFrame = {
  cpl: 3,
  entered: false,
  entryAuthority: Authority.None,
  isFault: false,
  code: undefined,
};
/** Operations of a handler between two refills. */
const HANDLER_OPERATIONS = 16;

/** Where the kernel was on its way back from when it delivered a signal. */
export const DELIVERIES = ['call', 'event', 'fault'] as const;
/** Number of such a way. */
export const Delivery = { Call: 0, Event: 1, Fault: 2 } as const;
/** Number of such a way. */
export type Delivery = (typeof Delivery)[keyof typeof Delivery];

/** What signals do to the mode of threads, timed; decided by the pure rules. */
export class SignalGate {
  readonly #trust: TrustGate;
  readonly #policy: CompiledPolicy;
  /** What a return to CPL 3 costs more than the one to CPL 0 that a fault has been charged. */
  readonly #wayOut: Charge;
  readonly #stats: Float64Array;
  readonly #delivered: number;
  readonly #waited: number;

  constructor(trust: TrustGate, policy: CompiledPolicy, stats: StatsRegistry) {
    this.#trust = trust;
    this.#policy = policy;
    this.#wayOut = beyond(policy.eventExit[3], policy.eventExit[0]);
    this.#stats = stats.values;
    this.#delivered = stats.vector(
      'kernel.signals.delivered',
      DELIVERIES,
      'count',
      'Signals delivered, by what the kernel came back from',
    );
    this.#waited = stats.vector(
      'kernel.signals.waited',
      DELIVERIES,
      'cycles',
      'Time from signals to their delivery, by what the kernel came back from',
    );
  }

  /** Whether a fault of a thread's own code can be handled; otherwise the thread is to die of it. */
  takes(thread: Thread): boolean {
    if (faultIsSignal(this.#trust.rules, thread.cpl)) return true;
    this.#trust.demote(thread, ModeRule.killed);
    return false;
  }

  /** Records the mode of a thread to which a signal is delivered, and gives it that of its handler. A fault is handled by the program itself, which knows where it faults. */
  deliver(core: Core, thread: Thread, isFault: boolean, at: Delivery): void {
    const { cpl, entered, entryAuthority, signals } = thread;
    this.#count(core, thread, isFault, at);
    spendCharge(core, this.#policy.signal[cpl]);
    if (signals.length === DEPTH) signals.shift();
    signals.push({ cpl, entered, entryAuthority, isFault, code: isFault ? undefined : openHandler(core, thread) });
    if (cpl === 0 && handlerCpl(this.#trust.rules, cpl) === 3) this.#trust.demote(thread, ModeRule.signal);
  }

  /** A thread goes on in its handler straight from a fault, and not from a call. */
  beginHandler(core: Core, thread: Thread): void {
    if (thread.signals.at(-1)?.cpl === 0 && thread.cpl === 3) spendCharge(core, this.#wayOut);
    core.cpl = thread.cpl;
    core.memory.isGuarded = thread.isGuarded();
    core.memory.refetch();
  }

  /** `rt_sigreturn`: back to the code that the signal interrupted; its result of the last call. */
  return(core: Core, thread: Thread, landing: number): number {
    const frame = thread.signals.pop() ?? NO_RECORD;
    spendCharge(core, this.#policy.signal[frame.cpl]);
    this.#restoreMode(thread, frame, landing);
    const { code } = frame;
    if (code === undefined) return 0;
    thread.stream = core.stream = code.stream;
    thread.program = code.program;
    core.memory.refetch();
    return code.result;
  }

  /** The mode of what the signal interrupted, as far as the rules give it back. */
  #restoreMode(thread: Thread, frame: SignalFrame, landing: number): void {
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

  #count(core: Core, thread: Thread, isFault: boolean, at: Delivery): void {
    this.#stats[this.#delivered + at]++;
    if (isFault) return;
    this.#stats[this.#waited + at] += Math.max(0, core.now - thread.signalledAt);
    thread.exitWork &= ~ExitWork.Signal;
  }
}

/** What a frame in user memory makes of a thread: as if it had come through the gate. */
function byFrame({ process }: Thread): Pick<SignalFrame, 'entered' | 'entryAuthority'> {
  return { entered: true, entryAuthority: process.authority };
}

/** Has a thread go on in its handler, if it has one of its own; what it leaves. */
function openHandler(core: Core, thread: Thread): InterruptedCode | undefined {
  if (thread.openHandler === undefined) return undefined;
  const { stream, program, result } = thread;
  thread.stream = core.stream = new OpStream(HANDLER_OPERATIONS);
  thread.program = thread.openHandler(thread.stream);
  return { stream, program, result };
}
