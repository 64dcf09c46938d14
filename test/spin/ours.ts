import { apply } from '../../src/kernel/semantics/apply.ts';
import { makeRules } from '../../src/kernel/semantics/config.ts';
import { makeLayout } from '../../src/kernel/semantics/layout.ts';
import type { Layout } from '../../src/kernel/semantics/layout.ts';
import type { Machine } from '../../src/kernel/semantics/machine.ts';
import { OFFSET_E, PAGE_A, addressOf } from '../../src/kernel/semantics/names.ts';
import { DEFAULT_SETUP, start } from '../../src/kernel/semantics/setup.ts';
import { Status, cpl, threadStatus } from '../../src/kernel/semantics/thread.ts';
import { Canonicalizer } from '../../src/check/canonical.ts';
import { returned } from '../../src/check/outcome.ts';
import { Tuples } from '../../src/check/tuples.ts';
import type { Alphabet } from './alphabet.ts';
import { PAGE_Y, mayIssue, movesOf } from './moves.ts';
import type { Move } from './moves.ts';
import { bitsOf, opinionOf } from './outcome.ts';
import type { Opinion, Outcome } from './outcome.ts';
import type { Policy } from './policies.ts';

/** States expanded at most: twice what the largest of the compared searches needs. */
const LIMIT = 2_000_000;

/** The start of the model: only A.E is declared. The page C of our setup is never named. */
const SETUP = { ...DEFAULT_SETUP, entries: [addressOf(PAGE_A, OFFSET_E)] };

function layoutOf({ threads, frames }: Alphabet): Layout {
  const bounds = { slots: 1, kernelFrames: frames, signals: 0, pins: 0 };
  return makeLayout({ threads, processes: 1, spaces: 1, pages: PAGE_Y + 1, frames: 12, cores: threads, ...bounds });
}

/** What a thread is after a step. */
function modeOf(m: Machine, t: number): Outcome['after'] {
  if (threadStatus(m, t) !== Status.Running) return 'dead';
  return cpl(m, t) === 0 ? '0' : '3';
}

/** Breadth-first search of all that our semantics reach, behind violations too. */
class Search {
  /** Distinct outcomes by all that tells them apart. */
  readonly met = new Map<number, Outcome>();
  /** States as words, in the order of their discovery. */
  readonly store: Tuples;
  readonly #alphabet: Alphabet;
  readonly #m: Machine;
  readonly #base: Int32Array;
  readonly #canonical: Canonicalizer;
  readonly #moves: readonly (readonly Move[])[];

  constructor(policy: Policy, alphabet: Alphabet) {
    const mechanisms = Object.fromEntries(policy.without.map((name) => [name, false]));
    this.#alphabet = alphabet;
    this.#m = start(makeRules(policy.profile, {}, mechanisms), layoutOf(alphabet), SETUP, alphabet.threads);
    this.#base = new Int32Array(this.#m.words.length);
    this.#canonical = new Canonicalizer(this.#m, alphabet.threads === 2);
    this.#moves = Array.from({ length: alphabet.threads }, (_, t) => movesOf(alphabet, t));
    this.store = new Tuples(this.#m.words.length);
    this.#keep();
  }

  /** Expands at most `limit` states. Returns whether these were all. */
  run(limit: number): boolean {
    let at = 0;
    for (; at < this.store.count && at < limit; at++) this.#expand(at);
    return at === this.store.count;
  }

  #keep(): void {
    this.#canonical.apply(true);
    this.store.intern(this.#m.words);
  }

  #expand(state: number): void {
    const m = this.#m;
    const { data, width } = this.store;
    m.words.set(data.subarray(state * width, (state + 1) * width));
    this.#base.set(m.words);
    for (const [t, moves] of this.#moves.entries()) {
      for (const move of moves) {
        if (!mayIssue(m, t, move.choice, this.#alphabet)) continue;
        this.#perform(t, move);
        m.words.set(this.#base);
      }
    }
  }

  #perform(t: number, move: Move): void {
    const m = this.#m;
    const before = cpl(m, t);
    const value = apply(m, move.operation);
    if (m.overflow !== '') throw new RangeError(`${move.choice[0]}: ${m.overflowText}`);
    this.#note(t, move, before, value);
    this.#keep();
  }

  /** Remembers an outcome. Values are above -2048, broken invariants below 2^28, moves below 64. */
  #note(t: number, { index, choice }: Move, before: 0 | 3, value: number): void {
    const m = this.#m;
    const after = modeOf(m, t);
    const modes = before * 3 + (after === 'dead' ? 2 : after === '0' ? 1 : 0);
    const key = ((index * 12 + modes) * 2048 - Math.min(value, 0)) * 2 ** 28 + m.violations.mask;
    if (this.met.has(key)) return;
    const ret = String(returned(value));
    this.met.set(key, { step: choice[0], before, ret, broken: bitsOf(m.violations.mask), after });
  }
}

/** What our semantics reach under a policy, expanding at most `limit` states. */
export function askOurs(policy: Policy, alphabet: Alphabet, limit = LIMIT): Opinion {
  const started = performance.now();
  const search = new Search(policy, alphabet);
  const complete = search.run(limit);
  const seconds = (performance.now() - started) / 1000;
  return opinionOf([...search.met.values()], { states: search.store.count, seconds, complete });
}
