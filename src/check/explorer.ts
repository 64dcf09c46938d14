import { beginCode, beginEvent, checkAfter } from '../kernel/semantics/apply.ts';
import type { Rules } from '../kernel/semantics/config.ts';
import type { Layout } from '../kernel/semantics/layout.ts';
import type { Machine } from '../kernel/semantics/machine.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { OPERATION_CODES, SPECS } from '../kernel/semantics/operations.ts';
import type { OperationSpec } from '../kernel/semantics/operations.ts';
import { Inv } from '../kernel/semantics/invariants.ts';
import { Result } from '../kernel/semantics/names.ts';
import { DEFAULT_SETUP, start } from '../kernel/semantics/setup.ts';
import type { Setup } from '../kernel/semantics/setup.ts';
import { Interrupt, Status, interrupt, threadStatus } from '../kernel/semantics/thread.ts';
import { operationsOf } from './alphabet.ts';
import type { Alphabet } from './alphabet.ts';
import { Canonicalizer } from './canonical.ts';
import { Kind, excludedKinds, isLegitimate, kindOf, runsVerified } from './enabled.ts';
import { Packing } from './packing.ts';
import { Findings } from './findings.ts';
import { layoutFor } from './searchlayout.ts';
import { StateStore } from './statestore.ts';
import { areEqual, copyWords } from './words.ts';

/** What to explore. */
export interface Exploration {
  readonly rules: Rules;
  readonly alphabet: Alphabet;
  readonly setup?: Setup;
  /** Whether states behind a violation are explored too; then every reachable invariant shows, not only the first broken. */
  readonly beyond: boolean;
  /** Whether threads that are alike are exchanged freely. */
  readonly symmetry: boolean;
  /** Whether interrupts that nobody can see into are passed over. */
  readonly reduce: boolean;
}

/** Bit of a stored step that says the first two threads were exchanged after it. */
export const SWAPPED = 0x8000;

/** Breadth-first search of all states that programs of an alphabet can reach. */
export class Explorer {
  readonly operations: readonly Operation[];
  /** Threads at the start. */
  readonly threads: number;
  readonly store: StateStore;
  readonly layout: Layout;
  readonly packing: Packing;
  /** Violations, and what the bounds cut off. */
  readonly findings = new Findings();
  transitions = 0;
  /** States whose successors are all known. */
  expanded = 0;
  readonly #exploration: Exploration;
  readonly #m: Machine;
  readonly #base: Int32Array;
  readonly #fetched: Int32Array;
  readonly #parent: Int32Array;
  readonly #packed: Int32Array;
  readonly #canonical: Canonicalizer;
  readonly #kinds: readonly number[];
  readonly #specs: readonly OperationSpec[];
  /** Steps that do nothing but fetch, so that a witness can name them. */
  readonly #isIdle: readonly boolean[];
  /** Steps of each thread that it performs as code, and those that happen to it; devices last. */
  readonly #code: readonly Int32Array[];
  readonly #events: readonly Int32Array[];
  readonly #devices: Int32Array;

  constructor(exploration: Exploration) {
    const { rules, alphabet, setup = DEFAULT_SETUP } = exploration;
    this.#exploration = exploration;
    this.operations = operationsOf(alphabet);
    this.threads = alphabet.threads;
    this.layout = layoutFor(alphabet, this.operations);
    this.#m = start(rules, this.layout, setup, alphabet.threads);
    this.packing = new Packing(this.layout, this.layout.capacity.cores > 1);
    this.store = new StateStore(this.packing.words);
    this.#base = new Int32Array(this.#m.words.length);
    this.#fetched = new Int32Array(this.#m.words.length);
    this.#parent = new Int32Array(this.packing.words);
    this.#packed = new Int32Array(this.packing.words);
    this.#canonical = new Canonicalizer(this.#m, exploration.symmetry && alphabet.threads === 2);
    this.#kinds = this.operations.map(kindOf);
    this.#isIdle = this.operations.map(({ code }) => code === OPERATION_CODES.step);
    this.#specs = this.operations.map(({ code }) => SPECS[code]);
    const threads = Array.from({ length: this.layout.capacity.threads }, (_, t) => t);
    const select = (t: number, kinds: number): Int32Array =>
      Int32Array.from(this.operations.keys()).filter(
        (i) => this.operations[i].thread === t && (this.#kinds[i] & kinds) !== 0,
      );
    this.#code = threads.map((t) => select(t, Kind.Code));
    this.#events = threads.map((t) => select(t, Kind.Event | Kind.Iret));
    this.#devices = select(-1, Kind.Device);
    this.#addStart();
  }

  /** Whether every reachable state was expanded. */
  get complete(): boolean {
    return this.expanded === this.store.count;
  }

  /** Expands up to `count` more states, but none whose successors might need more than `memory` bytes. Returns whether memory sufficed. */
  run(count: number, memory = Infinity): boolean {
    const end = this.expanded + count;
    const most = this.operations.length;
    while (this.expanded < this.store.count && this.expanded < end) {
      if (this.store.bytesWith(most) > memory) return false;
      this.#expand(this.expanded);
      this.expanded++;
    }
    return true;
  }

  /** Number of steps from the start to a state. */
  depthOf(state: number): number {
    let depth = 0;
    for (let s = state; this.store.parents[s] >= 0; s = this.store.parents[s]) depth++;
    return depth;
  }

  #addStart(): void {
    this.#canonical.apply(true);
    this.packing.pack(this.#m.bytes, this.#packed);
    this.store.add(this.#packed, -1, 0);
  }

  #expand(state: number): void {
    const m = this.#m;
    const from = state * this.store.width;
    for (let i = 0; i < this.#parent.length; i++) this.#parent[i] = this.store.data[from + i];
    this.packing.unpack(this.store.data, from, m.bytes);
    copyWords(m.words, this.#base);
    for (let t = 0; t < this.#code.length; t++) {
      if (threadStatus(m, t) !== Status.Running) continue;
      const excluded = excludedKinds(m, t);
      this.#expandEvents(state, this.#events[t], excluded);
      copyWords(this.#base, m.words);
      if ((excluded & Kind.Code) === 0) this.#expandCode(state, t, excluded);
      copyWords(this.#base, m.words);
    }
    for (let i = 0; i < this.#devices.length; i++) {
      copyWords(this.#base, m.words);
      this.#perform(state, this.#devices[i], 0, this.#base);
    }
  }

  /** Steps that happen to a thread. */
  #expandEvents(state: number, steps: Int32Array, excluded: number): void {
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if ((this.#kinds[step] & excluded) !== 0) continue;
      beginEvent(this.#m, this.operations[step]);
      if (this.#perform(state, step, 0, this.#base)) copyWords(this.#base, this.#m.words);
    }
  }

  /**
   * Steps that a thread performs. The fetch, which all have in common, happens once; steps that do nothing more lead where it leads, so the
   * first of them stands for all.
   */
  #expandCode(state: number, t: number, excluded: number): void {
    const m = this.#m;
    const steps = this.#code[t];
    m.effects.clear();
    m.violations.clear();
    const skipped = runsVerified(m, t) ? Kind.Transfer : 0;
    if (!beginCode(m, t)) return this.#dieAtFetch(state, steps, excluded);
    const violations = m.violations.mask;
    copyWords(m.words, this.#fetched);
    let begun = this.#fetched;
    if (areEqual(begun, this.#base)) begun = this.#base;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      const kind = this.#kinds[step];
      if ((kind & excluded) !== 0) continue;
      if ((kind & skipped) !== 0 && !isLegitimate(m, t, this.operations[step])) continue;
      if (this.#perform(state, step, violations, begun)) copyWords(begun, m.words);
    }
    if (begun !== this.#base || violations !== 0) this.#settleFetch(state, steps, excluded, violations);
  }

  /** Where a thread comes to that only fetches. */
  #settleFetch(state: number, steps: Int32Array, excluded: number, violations: number): void {
    for (let i = 0; i < steps.length; i++) {
      if ((this.#kinds[steps[i]] & excluded) !== 0 || !this.#isIdle[steps[i]]) continue;
      this.#m.violations.restart(violations);
      return this.#settle(state, steps[i], false);
    }
  }

  /** A thread that dies when it fetches does so whatever it was to do; the first enabled step stands for all. */
  #dieAtFetch(state: number, steps: Int32Array, excluded: number): void {
    for (let i = 0; i < steps.length; i++) {
      if ((this.#kinds[steps[i]] & excluded) === 0) return this.#settle(state, steps[i], false);
    }
  }

  /**
   * Performs a step whose beginning is done and led to `begun`, with the violations that it already made. Returns whether the machine's
   * state must be restored. A refused step changes nothing (I23).
   */
  #perform(state: number, step: number, violations: number, begun: Int32Array): boolean {
    const m = this.#m;
    const operation = this.operations[step];
    const spec = this.#specs[step];
    m.effects.mask = 0;
    m.violations.restart(violations);
    const value = spec.run(m, operation.thread, operation);
    const acted = m.overflow !== '' || !areEqual(m.words, begun);
    if (acted && value < 0 && value > Result.SIGSEGV && m.overflow === '') m.violations.add(Inv.I23);
    if (!acted && m.violations.mask === violations) return false;
    this.#settle(state, step, acted && spec.maps);
    return true;
  }

  /** Records what a step did: its violations, and the state it leads to. */
  #settle(state: number, step: number, maps: boolean): void {
    const m = this.#m;
    if (m.overflow !== '') {
      this.findings.addCut(m.overflow);
      m.overflow = '';
      return;
    }
    const transparent = this.#isTransparent(step);
    const swapped = this.#canonical.apply(maps);
    copyWords(this.#parent, this.#packed);
    const changed = this.packing.update(this.#base, m.words, this.#packed);
    if (changed) checkAfter(m, maps);
    if (m.violations.mask !== 0) {
      if (this.findings.isNew(m.violations.mask))
        this.findings.add(m.violations.mask, state, step, this.depthOf(state) + 1);
      if (!this.#exploration.beyond) return;
    }
    if (!changed) return;
    this.transitions++;
    if (transparent) return;
    this.store.add(this.#packed, state, swapped ? step | SWAPPED : step);
  }

  /**
   * Whether the step is an interrupt whose frame only the kernel can reach. All that the thread can do next is to end it, which leads back to
   * where it began, and whatever others do meanwhile they can do before; so the states inside are left out (an ample set of one).
   */
  #isTransparent(step: number): boolean {
    const { code, thread } = this.operations[step];
    if (code !== OPERATION_CODES.irq || !this.#exploration.reduce) return false;
    return (interrupt(this.#m, thread) & Interrupt.OnUserStack) === 0;
  }
}
