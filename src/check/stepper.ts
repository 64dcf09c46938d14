import { beginCode, beginEvent, checkAfter } from '../kernel/semantics/apply.ts';
import { Inv } from '../kernel/semantics/invariants.ts';
import type { Machine } from '../kernel/semantics/machine.ts';
import { Result } from '../kernel/semantics/names.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { OPERATION_CODES, SPECS } from '../kernel/semantics/operations.ts';
import type { OperationSpec } from '../kernel/semantics/operations.ts';
import { Interrupt, interrupt } from '../kernel/semantics/thread.ts';
import { Canonicalizer } from './canonical.ts';
import { Kind, excludedKinds, isLegitimate, kindOf, mayWithdraw, runsVerified } from './enabled.ts';
import { ownParts, wholeThreads } from './footprint.ts';
import type { Footprint } from './footprint.ts';
import { Inputs } from './inputs.ts';
import { Packing } from './packing.ts';
import { SYSTEM } from './parts.ts';
import type { Parts } from './parts.ts';
import type { StepGroup } from './stepgroup.ts';
import { OWN, SuccessorLists } from './successorlists.ts';
import { areEqual, copyWords } from './words.ts';

/** Bits of a mode besides the excluded kinds (`Kind`): transfers must be legitimate; the thread performs nothing itself. */
export const TRANSFERS_LEGITIMATE = 128;
/** Bit of a mode: the thread performs nothing itself. */
export const NO_CODE = 256;

/**
 * How a thread goes on: which steps are possible, the list of the fetch alone, a list whose only record is what the fetch changes first, and
 * the number of the fetch's case.
 */
export interface Begun {
  mode: number;
  list: number;
  before: number;
  fetched: number;
}

/** Which choices of a search concern its single steps. */
export interface StepChoices {
  /** Whether states behind a violation count. */
  readonly beyond: boolean;
  /** Whether interrupts that nobody can see into are passed over. */
  readonly reduce: boolean;
  /** Told of every violation, also those known. */
  readonly report: (mask: number, step: number) => void;
}

/**
 * Finds out what steps lead to, by running them on a machine that holds nothing but the parts they depend on. So what was found holds for
 * every state with these parts.
 */
export class Stepper {
  readonly lists = new SuccessorLists();
  readonly packing: Packing;
  /** Names of capacities, by their number in lists. */
  readonly #capacities: readonly string[];
  readonly #m: Machine;
  readonly #parts: Parts;
  readonly #operations: readonly Operation[];
  readonly #choices: StepChoices;
  readonly #begun: Int32Array;
  readonly #canonical: Canonicalizer;
  readonly #kinds: readonly number[];
  readonly #specs: readonly OperationSpec[];
  readonly #idle: readonly number[];
  readonly #withdrawals: readonly Operation[];
  /** By step: parts that are its thread's own; none for devices. */
  readonly #own: readonly number[];
  #running = 0;

  constructor(m: Machine, parts: Parts, operations: readonly Operation[], choices: StepChoices) {
    this.#m = m;
    this.#parts = parts;
    this.#operations = operations;
    this.#choices = choices;
    this.packing = new Packing(m.layout.capacity);
    this.#capacities = Object.keys(m.layout.capacity);
    this.#begun = new Int32Array(m.words.length);
    this.#canonical = new Canonicalizer(m, false);
    const own = ownParts(m.layout.capacity);
    this.#own = operations.map(({ thread }) => own[thread] ?? 0);
    this.#kinds = operations.map(kindOf);
    this.#specs = operations.map(({ code }) => SPECS[code]);
    this.#withdrawals = operations.filter(({ code }) => code === OPERATION_CODES.unpublish);
    this.#idle = Array.from({ length: m.layout.capacity.threads }, (_, t) =>
      operations.findIndex(({ code, thread }) => code === OPERATION_CODES.step && thread === t),
    );
  }

  /** Where the list is of what the steps of a group lead to, which are run when the case is new. `fetched`: number of the thread's fetch. */
  listOf(group: StepGroup, state: Int32Array, mode: number, fetched: number): number {
    const number = group.find(state, mode, fetched);
    if (number < 0) group.setList(-1 - number, this.#run(group, state, mode));
    return group.listOf(number < 0 ? -1 - number : number);
  }

  /** What steps of a footprint depend on in a state. */
  inputsOf(footprint: Footprint): Inputs {
    return new Inputs(footprint, this.#parts, this.packing);
  }

  #run(group: StepGroup, state: Int32Array, mode: number): number {
    this.#load(state, group.inputs);
    const list = this.lists.open();
    for (let i = 0; i < group.steps.length; i++) {
      const step = group.steps[i];
      if (this.#isPossible(step, mode)) this.#perform(group.inputs.footprint, step);
    }
    this.lists.close();
    return list;
  }

  /**
   * The fetch that all steps of a thread have in common: which are possible, what it leaves, and where a thread comes to that only fetches.
   * `steps`: all that the thread performs itself, of which the first possible one stands for all when the fetch kills; `inputs`: what the
   * fetch depends on.
   */
  fetch(t: number, steps: Int32Array, inputs: Inputs, state: Int32Array, out: Begun): void {
    this.#load(state, inputs);
    const excluded = excludedKinds(this.#m, t);
    out.mode = excluded | (runsVerified(this.#m, t) ? TRANSFERS_LEGITIMATE : 0);
    out.list = out.before = this.lists.none;
    let first = 0;
    while (first < steps.length && (this.#kinds[steps[first]] & excluded) !== 0) first++;
    if ((excluded & Kind.Code) !== 0 || first === steps.length) out.mode |= NO_CODE;
    else this.#fetch(t, inputs.footprint.reads, steps[first], out);
  }

  #fetch(t: number, reads: number, first: number, out: Begun): void {
    const m = this.#m;
    m.effects.clear();
    m.violations.clear();
    const survives = beginCode(m, t);
    const broken = m.violations.mask !== 0 && !this.#choices.beyond;
    if (!survives || broken) out.mode |= NO_CODE;
    if (!mayWithdraw(m, t, this.#withdrawals)) out.mode |= Kind.Withdrawal;
    out.before = this.#listChanges(first, reads);
    out.list = this.lists.open();
    const idle = this.#idle[t];
    if (survives && idle < 0 && m.violations.mask !== 0) this.#choices.report(m.violations.mask, first);
    else if (!survives || idle >= 0) this.#settle(survives ? idle : first, reads, 0, false);
    this.lists.close();
  }

  /** A list of one record, of what a step changed of some parts; the one without any when that is nothing. */
  #listChanges(step: number, parts: number): number {
    const changed = this.#parts.changed(this.#begun) & parts;
    if (changed === 0) return this.lists.none;
    const list = this.lists.open();
    this.#recordParts(step, changed, parts, 0);
    this.lists.close();
    return list;
  }

  #load(state: Int32Array, inputs: Inputs): void {
    inputs.load(state);
    this.#running = this.#parts.running();
    copyWords(this.#m.words, this.#begun);
  }

  #isPossible(step: number, mode: number): boolean {
    const kind = this.#kinds[step];
    if ((kind & mode) !== 0) return false;
    if ((kind & Kind.Transfer) === 0 || (mode & TRANSFERS_LEGITIMATE) === 0) return true;
    const operation = this.#operations[step];
    return isLegitimate(this.#m, operation.thread, operation);
  }

  /** Performs one step and undoes it. A refused step changes nothing (I23). */
  #perform({ reads, overwrites }: Footprint, step: number): void {
    const m = this.#m;
    const operation = this.#operations[step];
    const spec = this.#specs[step];
    m.effects.mask = 0;
    m.violations.restart(0);
    if (spec.by === 'kernel') beginEvent(m, operation);
    const value = spec.run(m, operation.thread, operation);
    const acted = !areEqual(m.words, this.#begun);
    if (m.overflow !== '') {
      this.lists.cut(this.#capacities.indexOf(m.overflow));
      m.overflow = '';
    } else {
      if (acted && value < 0 && value > Result.SIGSEGV) m.violations.add(Inv.I23);
      // What did nothing leads nowhere.
      if (!acted && overwrites === 0 && m.violations.mask === 0) return;
      this.#settle(step, reads, overwrites, acted && spec.maps);
    }
    if (acted) copyWords(this.#begun, m.words);
  }

  /** Records what a step did: its violations, and the parts it changed. */
  #settle(step: number, reads: number, overwrites: number, maps: boolean): void {
    const m = this.#m;
    const transparent = this.#isTransparent(step);
    this.#canonical.apply(maps);
    const changed = this.#parts.changed(this.#begun);
    if (changed !== 0) checkAfter(m, maps);
    if (m.violations.mask !== 0) {
      this.#choices.report(m.violations.mask, step);
      if (!this.#choices.beyond) return;
    }
    if ((changed | overwrites) === 0) return;
    if (transparent) this.lists.count();
    else this.#record(step, changed, reads, overwrites);
  }

  /** Lists the changed parts. Those of a thread that died become empty whatever they were; those of one that is made were empty. */
  #record(step: number, changed: number, reads: number, overwrites: number): void {
    // Only the system part says which threads run.
    const running = (changed & (1 << SYSTEM)) === 0 ? this.#running : this.#parts.running();
    const emptied = wholeThreads(this.#running & ~running);
    const made = wholeThreads(running & ~this.#running);
    const stray = changed & ~(reads | overwrites | emptied | made);
    if (stray !== 0) throw new Error(`step ${step} changes parts ${stray}, but depends on parts ${reads} only`);
    this.#recordParts(step, changed | overwrites | emptied, reads, emptied);
  }

  /** Records the numbers that some parts have now, or 0 when they are `emptied`. */
  #recordParts(step: number, parts: number, reads: number, emptied: number): void {
    const isOwn = ((parts | (reads & ~(1 << SYSTEM))) & ~this.#own[step]) === 0;
    this.lists.begin(step, isOwn ? OWN : 0);
    for (let rest = parts; rest !== 0; rest &= rest - 1) {
      const part = 31 - Math.clz32(rest & -rest);
      const number = (emptied & (1 << part)) !== 0 ? 0 : this.#parts.numberOf(part);
      this.lists.change(this.packing.wordOf(part), ~this.packing.maskOf(part), this.packing.put(part, number));
    }
    this.lists.end();
  }

  /**
   * Whether the step is an interrupt whose frame only the kernel can reach. All that the thread can do next is to end it, which leads back to
   * where it began, and whatever others do meanwhile they can do before; so the states inside are left out (an ample set of one).
   */
  #isTransparent(step: number): boolean {
    const { code, thread } = this.#operations[step];
    if (code !== OPERATION_CODES.irq || !this.#choices.reduce) return false;
    return (interrupt(this.#m, thread) & Interrupt.OnUserStack) === 0;
  }
}
