import type { Core } from '../hw/core.ts';
import { PageFlag } from '../hw/pagetable.ts';
import type { StatsRegistry } from '../sim/stats.ts';
import { spendCharge, type CompiledPolicy } from './crossing.ts';
import type { FunctionEntry } from './process.ts';
import type { Thread } from './thread.ts';
import type { Rules } from './semantics/config.ts';
import { Errno } from './semantics/errno.ts';
import { attributeOf, Authority, calleeCpl, decideSyskerneljump, decideSyskernelmode } from './semantics/gate.ts';
import { Leave, leaveRule } from './semantics/gate.ts';
import { Inv } from './semantics/invariants.ts';
import type { Publisher } from './semantics/publish.ts';
import { SignalGate } from './signalgate.ts';
import { ModeRule, TransitionLog } from './transitionlog.ts';

/** What a thread at CPL 0 knows of how it came there. */
export type ModeRecord = Pick<Thread, 'entered' | 'entryAuthority'>;

/**
 * Kernel mode for user code, timed. Every transition is decided by the pure rules of `semantics/`; this class charges what it
 * costs, moves the thread, counts the outcome and watches the invariants that a run can break.
 */
export class TrustGate {
  readonly rules: Rules;
  readonly signals: SignalGate;
  readonly #policy: CompiledPolicy;
  readonly #switchTables: (core: Core, thread: Thread) => void;
  readonly log: TransitionLog;

  /** `switchTables` loads the page tables that belong to the thread's CPL. */
  constructor(
    rules: Rules,
    policy: CompiledPolicy,
    stats: StatsRegistry,
    switchTables: (core: Core, thread: Thread) => void,
  ) {
    this.rules = rules;
    this.#policy = policy;
    this.#switchTables = switchTables;
    this.log = new TransitionLog(rules, stats);
    this.signals = new SignalGate(this, policy, stats);
  }

  /** `syskernelmode(flag)` as a system call; 0 or a negative errno. */
  syskernelmode(thread: Thread, flag: number): number {
    const trusted = this.#isCodeTrusted(thread);
    const errno = decideSyskernelmode(this.rules, thread.process.authority, flag, trusted, thread.cpl, thread.entered);
    if (errno !== Errno.OK) return this.#refuse(flag === 0 ? ModeRule.skm0 : ModeRule.skm1, errno);
    if (flag === 0) this.#leaveByFlag(thread);
    else this.#setKernel(thread, ModeRule.skm1, trusted);
    return 0;
  }

  /** `syskerneljump(function)` as a system call; 0 or a negative errno. `target` is undefined for what is no function, and so not declared. */
  syskerneljump(thread: Thread, target: FunctionEntry | undefined): number {
    const { authority } = thread.process;
    const trusted = target === undefined || this.#isTrusted(thread, target);
    const declared = target?.isDeclared === true;
    const depth = framesHeld(thread);
    const errno = decideSyskerneljump(
      this.rules,
      authority,
      true,
      true,
      trusted,
      declared,
      true,
      true,
      depth,
      thread.cpl,
    );
    if (errno !== Errno.OK) return this.#refuse(ModeRule.skj, errno);
    this.#setKernel(thread, ModeRule.skj, trusted);
    return 0;
  }

  /** Takes a thread out of kernel mode by a rule; its core learns of it on the way back to the thread's code. */
  demote(thread: Thread, rule: ModeRule): void {
    this.log.count(rule);
    this.#setUser(thread);
  }

  /** Gives a thread the mode back that it had, by a rule. */
  resume(thread: Thread, { entered, entryAuthority }: ModeRecord, rule: ModeRule): void {
    thread.cpl = 0;
    thread.entered = entered;
    thread.entryAuthority = entryAuthority;
    this.log.count(rule);
    this.log.watch(thread, this.#isCodeTrusted(thread));
  }

  /** What the rules ask of a thread that sets or withdraws trust. */
  publisherOf(thread: Thread): Publisher {
    const { cpl, entered, process } = thread;
    return { authority: process.authority, cpl, entered, pageTrusted: this.#isCodeTrusted(thread) };
  }

  /** Counts that pages of bytes were given trust which no verifier accepts (I10). */
  noteUnverified(): void {
    this.log.breaks(Inv.I10);
  }

  /** A call of a function with an attribute: brings the thread to the CPL its body must run in, as far as the rules allow. */
  call(core: Core, thread: Thread, target: FunctionEntry): void {
    const attribute = attributeOf(this.rules, target.attribute);
    const wanted = calleeCpl(thread.process.authority, target.isVerified, attribute, thread.cpl);
    if (wanted === 0 && thread.cpl === 3) this.#enter(core, thread, target);
    if (wanted === 3 && thread.cpl === 0) this.#leaveFor(core, thread, target);
  }

  /** The return to a caller that ran at `callerCpl`. CAP_KERNELMODE has a legal way back up, and frames that the kernel holds (KFRAME); else none (gap G4). */
  return(core: Core, thread: Thread, callerCpl: number): void {
    if (callerCpl === 3 && thread.cpl === 0) this.#leave(core, thread);
    if (callerCpl !== 0 || thread.cpl !== 3) return;
    if (thread.process.authority === Authority.KernelMode) this.#enterKernelMode(core, thread);
    else if (this.rules.mechanisms.KFRAME) this.#comeBack(core, thread);
  }

  /** A fetch at CPL 0 from a page that is not trusted: the leave rule. False when the thread must die. */
  fetchOutside(core: Core, thread: Thread): boolean {
    const verdict = leaveRule(this.rules, thread.entryAuthority, thread.cpl, false);
    if (verdict === Leave.Stay) {
      this.log.watch(thread, false);
      return true;
    }
    spendCharge(core, this.#policy.trustLeave[0]);
    this.log.count(verdict === Leave.Drop ? ModeRule.drop : ModeRule.killed);
    this.#setUser(thread);
    this.#install(core, thread);
    return verdict === Leave.Drop;
  }

  #enter(core: Core, thread: Thread, target: FunctionEntry): void {
    if (thread.process.authority === Authority.KernelMode) this.#enterKernelMode(core, thread);
    else this.#enterByPage(core, thread, target);
  }

  #enterKernelMode(core: Core, thread: Thread): void {
    spendCharge(core, this.#policy.kernelModeEnter[thread.cpl]);
    if (this.syskernelmode(thread, 1) === 0) this.#install(core, thread);
  }

  #enterByPage(core: Core, thread: Thread, target: FunctionEntry): void {
    spendCharge(core, this.#policy.trustEnter[thread.cpl]);
    // Without syskerneljump (L0) the first instruction of the function asks, and its page is looked at.
    const refused = this.rules.gated ? this.syskerneljump(thread, target) : this.syskernelmode(thread, 1);
    if (refused === 0) this.#install(core, thread);
  }

  /** Out by a frame that the kernel holds, if it holds them; verified code by itself; native code otherwise when its page is fetched. */
  #leaveFor(core: Core, thread: Thread, target: FunctionEntry): void {
    const byPage = thread.process.authority !== Authority.KernelMode;
    if (byPage && this.rules.mechanisms.KFRAME) this.#goOut(core, thread);
    else if (!byPage || target.isVerified) this.#leave(core, thread);
  }

  #goOut(core: Core, thread: Thread): void {
    spendCharge(core, this.#policy.downcall[0]);
    this.log.count(ModeRule.downcall);
    this.#setUser(thread);
    this.#install(core, thread);
  }

  /** Back into the function that called out: the frame says that it had entered. */
  #comeBack(core: Core, thread: Thread): void {
    spendCharge(core, this.#policy.downcallReturn[3]);
    this.#setKernel(thread, ModeRule.upret, true);
    this.#install(core, thread);
  }

  #leave(core: Core, thread: Thread): void {
    spendCharge(core, this.#policy.kernelModeLeave[0]);
    if (this.syskernelmode(thread, 0) === 0) this.#install(core, thread);
  }

  #setKernel(thread: Thread, rule: ModeRule, pageTrusted: boolean): void {
    thread.cpl = 0;
    // Asked for again at CPL 0, the thread still came through the gate.
    thread.entered ||= rule === ModeRule.skj || rule === ModeRule.upret;
    thread.entryAuthority = thread.process.authority;
    this.log.count(rule);
    this.log.watch(thread, pageTrusted);
  }

  #leaveByFlag(thread: Thread): void {
    if (thread.cpl === 0) this.log.count(ModeRule.skm0);
    this.#setUser(thread);
  }

  #setUser(thread: Thread): void {
    thread.cpl = 3;
    thread.entered = false;
    thread.entryAuthority = Authority.None;
  }

  #install(core: Core, thread: Thread): void {
    core.cpl = thread.cpl;
    core.memory.isGuarded = thread.isGuarded();
    core.memory.refetch();
    this.#switchTables(core, thread);
  }

  /** Whether the code that the thread runs lies in a trusted page. */
  #isCodeTrusted(thread: Thread): boolean {
    const code = thread.currentFunction();
    return code?.isVerified === true && this.#isTrusted(thread, code);
  }

  #isTrusted(thread: Thread, target: FunctionEntry): boolean {
    return (thread.process.table.entry(target.vpn) & PageFlag.KernelTrust) !== 0;
  }

  #refuse(rule: ModeRule, errno: Errno): number {
    this.log.refuse(rule, errno);
    return -errno;
  }
}

/** Frames that the kernel holds of a thread under KFRAME: one for each entry and each call out among the functions that have not returned. */
function framesHeld({ depth, callerCpl, cpl }: Thread): number {
  let frames = 0;
  let before: number = 3;
  for (let i = 0; i <= depth; i++) {
    const next = i < depth ? callerCpl[i] : cpl;
    if (next !== before) frames++;
    before = next;
  }
  return frames;
}
