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
import { Packing, PackingFull } from './packing.ts';
import { Parts, SYSTEM } from './parts.ts';
import { RecentStates } from './recentstates.ts';
import { layoutFor } from './searchlayout.ts';
import { StateStore } from './statestore.ts';
import type { StepGroup } from './stepgroup.ts';
import { NO_CODE, Stepper } from './stepper.ts';
import { CHANGED_BITS, CHANGED_MASK, CUT, LIST_HEAD } from './successorlists.ts';
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

/** Bit of a stored step that says the first two threads were exchanged after it. */
export const SWAPPED = 0x8000;

/** States expanded between two looks at the memory in use. */
const LOOK_EVERY = 64;
/** States remembered as offered lately. */
const RECENT = 1024;

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
  /** Steps that changed the state, of all states expanded. */
  transitions = 0;
  /** States whose successors are all known. */
  expanded = 0;
  readonly #stepper: Stepper;
  readonly #exchange: Exchange | undefined;
  readonly #actors: readonly Actor[];
  readonly #devices: readonly StepGroup[];
  /** Running threads plus one bit above them, by number of the system part; 0 when not known yet. */
  readonly #running = new GrowingInts();
  readonly #recent: RecentStates;
  readonly #state: Int32Array;
  readonly #next: Int32Array;
  readonly #swapped: Int32Array;
  readonly #fetched: Int32Array;

  constructor(exploration: Exploration) {
    const { rules, alphabet, setup = DEFAULT_SETUP, beyond, reduce } = exploration;
    this.operations = operationsOf(alphabet);
    this.threads = alphabet.threads;
    this.layout = layoutFor(alphabet, this.operations);
    const m = start(rules, this.layout, setup, alphabet.threads);
    this.parts = new Parts(m);
    const packing = new Packing(this.layout.capacity);
    const { width } = packing;
    this.#state = new Int32Array(width);
    this.#next = new Int32Array(width);
    this.#swapped = new Int32Array(width);
    this.#fetched = new Int32Array(width);
    this.store = new StateStore(width);
    this.#recent = new RecentStates(width, RECENT);
    this.findings = new Findings(Object.keys(this.layout.capacity));
    const report = (mask: number, step: number): void => this.#report(mask, step);
    this.#stepper = new Stepper(m, this.parts, this.operations, { beyond, reduce, report });
    const alike = exploration.symmetry && alphabet.threads === 2 && alphabet.processes === 0;
    new Canonicalizer(m, false).apply(true);
    for (let part = 0; part < this.parts.count; part++)
      this.#next[packing.wordOf(part)] |= packing.put(part, this.parts.numberOf(part));
    this.#exchange = alike ? new Exchange(m, this.parts, packing) : undefined;
    const { capacity } = this.layout;
    const operations = this.operations;
    this.#actors = Array.from({ length: capacity.threads }, (_, t) =>
      makeActor(t, operations, rules, capacity, this.#stepper),
    );
    this.#devices = stepsOf(-1, Kind.Device, operations, rules, capacity, this.#stepper);
    this.#add(this.store.states.sumOf(this.#next), -1, 0);
    this.store.flush();
  }

  /** Whether every reachable state was expanded. */
  get complete(): boolean {
    return this.expanded === this.store.count;
  }

  /** Bytes held now, by the states and by what is known of parts and steps. */
  get bytes(): number {
    return this.store.bytes + this.#bytesOfCases();
  }

  /** Expands up to `count` more states, but none whose successors might need more than `memory` bytes; says why it ended early, if it did. */
  run(count: number, memory = Infinity): RunEnd {
    const end = this.expanded + count;
    while (this.expanded < this.store.count && this.expanded < end) {
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
    const state = this.#state;
    const { data } = this.store.states;
    for (let i = 0, at = number * state.length; i < state.length; i++, at++) state[i] = data[at];
    const sum = this.store.states.sumOf(state);
    const running = this.#runningIn(state);
    for (let t = 0; t < this.#actors.length; t++) if ((running & (1 << t)) !== 0) this.#act(this.#actors[t], sum);
    this.#perform(this.#devices, 0, 0, sum);
    this.store.flush();
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
    const { mode, list, before, fetched } = actor.start.find(this.#state);
    this.#perform(actor.events, mode & ~NO_CODE, fetched, sum);
    if ((mode & NO_CODE) === 0) this.#performAfter(before, actor.code, mode, fetched, sum);
    this.#follow(list, sum);
  }

  /** Performs steps of a thread after what its fetch changes: the only record of a list, which may have none. */
  #performAfter(before: number, groups: readonly StepGroup[], mode: number, fetched: number, sum: number): void {
    const { lists } = this.#stepper;
    if (before === lists.none) return this.#perform(groups, mode, fetched, sum);
    copyWords(this.#state, this.#fetched);
    lists.applyTo(this.#state, before);
    this.#perform(groups, mode, fetched, this.store.states.sumOf(this.#state));
    copyWords(this.#fetched, this.#state);
  }

  #perform(groups: readonly StepGroup[], mode: number, fetched: number, sum: number): void {
    const state = this.#state;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i];
      if ((group.kinds & mode) !== 0) continue;
      this.#follow(this.#stepper.listOf(group, state, mode, fetched), sum);
    }
  }

  /** Adds what a list of successors makes of the state. */
  #follow(list: number, sum: number): void {
    const { words } = this.#stepper.lists;
    this.transitions += words[list];
    const end = words[list + 1];
    const { factors } = this.store.states;
    const state = this.#state;
    const next = this.#next;
    for (let at = list + LIST_HEAD; at < end;) {
      const head = words[at++];
      const changed = head & CHANGED_MASK;
      if (changed === CUT) {
        this.findings.addCut(head >>> CHANGED_BITS, words[at++]);
        continue;
      }
      copyWords(state, next);
      let after = sum | 0;
      for (let rest = changed; rest !== 0; rest &= rest - 1, at += 2) {
        const w = 31 - Math.clz32(rest & -rest);
        next[w] = (next[w] & words[at]) | words[at + 1];
        after = (after + Math.imul(next[w] - state[w], factors[w])) | 0;
      }
      this.#add(after, this.expanded, head >>> CHANGED_BITS);
    }
  }

  /** Adds the next state, or the one that it is exchanged to. */
  #add(sum: number, parent: number, step: number): void {
    if (this.#recent.has(this.#next, sum)) return;
    const exchange = this.#exchange;
    if (exchange?.apply(this.#next, this.#swapped)) {
      this.store.offer(this.#swapped, this.store.states.sumOf(this.#swapped), parent, step | SWAPPED);
    } else this.store.offer(this.#next, sum, parent, step);
  }
}
