import type { Rules } from '../kernel/semantics/config.ts';
import type { Layout } from '../kernel/semantics/layout.ts';
import type { Operation } from '../kernel/semantics/operation.ts';
import { DEFAULT_SETUP, start } from '../kernel/semantics/setup.ts';
import type { Setup } from '../kernel/semantics/setup.ts';
import { makeActor, stepsOf } from './actor.ts';
import type { Actor } from './actor.ts';
import { operationsOf } from './alphabet.ts';
import type { Alphabet } from './alphabet.ts';
import { Canonicalizer } from './canonical.ts';
import { Kind } from './enabled.ts';
import { Exchange } from './exchange.ts';
import { Findings } from './findings.ts';
import { GrowingInts } from './growing.ts';
import { Offers, STEP_MASK, STORED_OWN, SWAPPED } from './offers.ts';
import { Packing, PackingFull } from './packing.ts';
import { Parts, SYSTEM } from './parts.ts';
import { layoutFor } from './searchlayout.ts';
import { StateStore } from './statestore.ts';
import type { StepGroup } from './stepgroup.ts';
import { NO_CODE, Stepper } from './stepper.ts';
import type { Begun } from './stepper.ts';
import { OWN } from './successorlists.ts';
import { copyWords } from './words.ts';

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

/** What keeps a search from going on: too little memory, or a part of more contents than a state has bits for; empty if nothing does. */
export type RunEnd = '' | 'memory' | 'parts';

/** States expanded between two looks at the memory in use. */
const LOOK_EVERY = 64;

/**
 * Breadth-first search of all states that programs of an alphabet can reach. A state is a few numbers of parts (`Parts`); what a step leads to
 * is found once for each case of the parts it depends on (`StepGroup`), by running it (`Stepper`).
 */
export class Explorer {
  readonly operations: readonly Operation[];
  /** Threads at the start. */
  readonly threads: number;
  readonly store: StateStore;
  readonly layout: Layout;
  readonly parts: Parts;
  /** Violations, and what the bounds cut off. */
  readonly findings: Findings;
  /** States whose successors are all known. */
  expanded = 0;
  readonly #stepper: Stepper;
  readonly #exchange: Exchange | undefined;
  readonly #actors: readonly Actor[];
  readonly #devices: readonly StepGroup[];
  /** Running threads plus one bit above them, by number of the system part; 0 when not known yet. */
  readonly #running = new GrowingInts();
  readonly #offers: Offers;
  readonly #fetched: Int32Array;
  readonly #lists: Int32Array;
  readonly #begun: Begun = { mode: 0, list: 0, before: 0, fetched: 0 };

  constructor(exploration: Exploration) {
    const { rules, alphabet, setup = DEFAULT_SETUP, beyond, reduce } = exploration;
    this.operations = operationsOf(alphabet);
    this.threads = alphabet.threads;
    this.#lists = new Int32Array(this.operations.length);
    this.layout = layoutFor(alphabet, this.operations);
    const m = start(rules, this.layout, setup, alphabet.threads);
    this.parts = new Parts(m);
    const packing = new Packing(this.layout.capacity);
    const { width } = packing;
    this.#fetched = new Int32Array(width);
    this.store = new StateStore(width);
    this.findings = new Findings(Object.keys(this.layout.capacity));
    const report = (mask: number, step: number): void => this.#report(mask, step);
    this.#stepper = new Stepper(m, this.parts, this.operations, { beyond, reduce, report });
    const alike = exploration.symmetry && alphabet.threads === 2 && alphabet.processes === 0;
    new Canonicalizer(m, false).apply(true);
    const first = new Int32Array(width);
    for (let part = 0; part < this.parts.count; part++)
      first[packing.wordOf(part)] |= packing.put(part, this.parts.numberOf(part));
    this.#exchange = alike ? new Exchange(m, this.parts, packing) : undefined;
    this.#offers = new Offers(this.store, this.#stepper.lists, this.findings, this.#exchange);
    const { capacity } = this.layout;
    const operations = this.operations;
    this.#actors = Array.from({ length: capacity.threads }, (_, t) =>
      makeActor(t, operations, rules, capacity, this.#stepper),
    );
    this.#devices = stepsOf(-1, Kind.Device, operations, rules, capacity, this.#stepper);
    this.#offers.begin(first);
    this.store.flush();
  }

  /** Whether every reachable state was expanded. */
  get complete(): boolean {
    return this.expanded === this.store.count;
  }

  /** Steps that changed the state, of all states expanded. */
  get transitions(): number {
    return this.#offers.transitions;
  }

  /** Bytes held now, by the states and by what is known of parts and steps. */
  get bytes(): number {
    return this.store.bytes + this.#bytesOfCases();
  }

  /** Expands up to `count` more states, but none whose successors might need more than `memory` bytes; says why it ended early, if it did. */
  run(count: number, memory = Infinity): RunEnd {
    const ended = this.#expandUpTo(this.expanded + count, memory);
    this.store.flush();
    return ended;
  }

  #expandUpTo(end: number, memory: number): RunEnd {
    while (this.expanded < end && this.#hasNext()) {
      if (memory !== Infinity && this.expanded % LOOK_EVERY === 0 && this.#bytesSoon() > memory) return 'memory';
      try {
        this.#expand(this.expanded);
      } catch (error) {
        if (error instanceof PackingFull) return 'parts';
        throw error;
      }
      this.expanded++;
    }
    return '';
  }

  /** Whether a state is left to expand, looked up what was offered if need be. */
  #hasNext(): boolean {
    if (this.expanded === this.store.count) this.store.flush();
    return this.expanded < this.store.count;
  }

  /** Number of steps from the start to a state. */
  depthOf(state: number): number {
    let depth = 0;
    for (let s = state; this.store.parents[s] >= 0; s = this.store.parents[s]) depth++;
    return depth;
  }

  #allGroups(): StepGroup[] {
    return [...this.#devices, ...this.#actors.flatMap(({ code, events }) => [...code, ...events])];
  }

  #bytesOfCases(): number {
    const tables = [...this.parts.tables, ...this.#allGroups(), ...this.#actors.flatMap(({ starts }) => starts)];
    const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
    return bytes + this.#stepper.lists.bytes + (this.#exchange?.bytes ?? 0) + this.#running.bytes;
  }

  /** Bytes held at most until the next look: old and new arrays of the states together, and the largest of the others twice. */
  #bytesSoon(): number {
    const { lists } = this.#stepper;
    return this.store.bytesWith(this.operations.length * LOOK_EVERY) + this.#bytesOfCases() + 2 * lists.bytes;
  }

  #report(mask: number, step: number): void {
    if (!this.findings.isNew(mask)) return;
    this.findings.add(mask, this.expanded, step, this.depthOf(this.expanded) + 1);
  }

  #expand(number: number): void {
    const { state } = this.#offers;
    this.#offers.parent = number;
    const { data } = this.store.states;
    for (let i = 0, at = number * state.length; i < state.length; i++, at++) state[i] = data[at];
    const sum = this.store.states.sumOf(state);
    const running = this.#runningIn(state);
    const stored = this.store.steps[number];
    for (let t = 0; t < this.#actors.length; t++) {
      this.#offers.passed = (stored & STORED_OWN) !== 0 && this.#isBehind(t, stored) ? OWN : 0;
      if ((running & (1 << t)) !== 0) this.#act(this.#actors[t], sum);
    }
    this.#offers.passed = 0;
    this.#perform(this.#devices, 0, 0, sum);
  }

  /**
   * Whether a state that an `OWN` step led to leads to nothing new by those of thread `t`: when `t` acted before that step's thread, on the state
   * before. Each of its steps then led there too, and the other's step from there to where both lead.
   */
  #isBehind(t: number, stored: number): boolean {
    return this.operations[stored & STEP_MASK].thread === 1 && t === ((stored & SWAPPED) !== 0 ? 1 : 0);
  }

  #runningIn(state: Int32Array): number {
    const { packing } = this.#stepper;
    const system = packing.numberIn(state, SYSTEM);
    const known = this.#running.data;
    if (system < known.length && known[system] !== 0) return known[system];
    this.parts.load(state, packing, 1 << SYSTEM);
    const running = this.parts.running() | (1 << this.#actors.length);
    this.#running.set(system, running);
    return running;
  }

  /** All that a running thread does or that happens to it. What it does itself begins with the fetch, which all have in common. */
  #act(actor: Actor, sum: number): void {
    actor.start.find(this.#offers.state, this.#begun);
    const { mode, list, before, fetched } = this.#begun;
    this.#perform(actor.events, mode & ~NO_CODE, fetched, sum);
    if ((mode & NO_CODE) === 0) this.#performAfter(before, actor.code, mode, fetched, sum);
    this.#offers.follow(list, sum);
  }

  /** Performs steps of a thread after what its fetch changes: the only record of a list, which may have none. */
  #performAfter(before: number, groups: readonly StepGroup[], mode: number, fetched: number, sum: number): void {
    const { lists } = this.#stepper;
    if (before === lists.none) return this.#perform(groups, mode, fetched, sum);
    copyWords(this.#offers.state, this.#fetched);
    lists.applyTo(this.#offers.state, before);
    this.#perform(groups, mode, fetched, this.store.states.sumOf(this.#offers.state));
    copyWords(this.#fetched, this.#offers.state);
  }

  #perform(groups: readonly StepGroup[], mode: number, fetched: number, sum: number): void {
    const state = this.#offers.state;
    const lists = this.#lists;
    let n = 0;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i];
      if ((group.kinds & mode) === 0) lists[n++] = this.#stepper.listOf(group, state, mode, fetched);
    }
    for (let i = 0; i < n; i++) this.#offers.follow(lists[i], sum);
  }
}
