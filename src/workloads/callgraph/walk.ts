import { Zipf } from '../../sim/distributions.ts';
import type { Rng } from '../../sim/rng.ts';
import { HANDLER, type CallGraph, type GraphFunction } from './graph.ts';

/** What a walk does, in its order: the operations of a thread, or a count of them. */
export interface WalkVisitor {
  /** The `half`-th half (0 or 1) of a function's own work. */
  work(fn: GraphFunction, half: 0 | 1): void;
  call(fn: GraphFunction): void;
  return(fn: GraphFunction): void;
  syscall(): void;
}

/** How a walk goes: what a managed function calls, and how often managed code is left. */
export interface WalkRates {
  /** Calls of managed functions in a visit of a managed function, on average. */
  readonly calls: number;
  /** Calls of native functions, and system calls, for each instruction of managed code, but for code that a native function has called back. */
  readonly native: number;
  readonly syscall: number;
  /** Share of the calls of native functions that go back to managed code, where they have such callees. */
  readonly callbackShare: number;
}

/** How the calls of a function spread over those it calls: Zipf, exponent 1. Assumed: the profiles of servers are skewed. */
const SKEW = 1;

/**
 * A walk through the graph for ever: unit by unit from the handler down and back, as a tree in managed code and as one path in native code. Calls of
 * native functions and system calls are made as they fall due by the work done, at the next function that can make them, so that their rates do not
 * depend on the graph.
 */
export class Walk {
  readonly #graph: CallGraph;
  readonly #rates: WalkRates;
  readonly #rng: Rng;
  readonly #visitor: WalkVisitor;
  readonly #laws: readonly Zipf[];
  /** Calls of each function that are due, by index. */
  readonly #callsDue: Float64Array;
  #nativeDue = 0;
  #syscallsDue = 0;
  #nativeDepth = 0;

  constructor(graph: CallGraph, rates: WalkRates, rng: Rng, visitor: WalkVisitor) {
    this.#graph = graph;
    this.#rates = rates;
    this.#rng = rng;
    this.#visitor = visitor;
    this.#callsDue = new Float64Array(graph.length);
    const most = graph.reduce((found, { managed, native }) => Math.max(found, managed.length, native.length), 1);
    this.#laws = Array.from({ length: most }, (_, n) => new Zipf(n + 1, SKEW));
  }

  /** One unit of work: one turn of the loop, which calls the handler. */
  unit(): void {
    this.#call(this.#graph[HANDLER]);
  }

  #visit(fn: GraphFunction): void {
    this.#work(fn, 0);
    if (fn.isSite) for (; this.#syscallsDue >= 1; this.#syscallsDue--) this.#visitor.syscall();
    if (fn.isNative) this.#callFromNative(fn);
    else this.#callFromManaged(fn);
    this.#work(fn, 1);
  }

  #callFromManaged({ index, managed, native }: GraphFunction): void {
    if (native.length > 0 && this.#nativeDepth === 0)
      for (; this.#nativeDue >= 1; this.#nativeDue--) this.#callNative(this.#graph[this.#pick(native)]);
    if (managed.length === 0) return;
    const due = this.#callsDue[index] + this.#rates.calls;
    this.#callsDue[index] = due % 1;
    for (let left = Math.floor(due); left > 0; left--) this.#call(this.#graph[this.#pick(managed)]);
  }

  #callNative(fn: GraphFunction): void {
    this.#nativeDepth++;
    this.#call(fn);
    this.#nativeDepth--;
  }

  #callFromNative({ managed, native }: GraphFunction): void {
    const goesBack = managed.length > 0 && this.#rng.uniform() < this.#rates.callbackShare;
    const callees = goesBack ? managed : native;
    if (callees.length > 0) this.#call(this.#graph[this.#pick(callees)]);
  }

  #call(fn: GraphFunction): void {
    this.#visitor.call(fn);
    this.#visit(fn);
    this.#visitor.return(fn);
  }

  #work(fn: GraphFunction, half: 0 | 1): void {
    this.#visitor.work(fn, half);
    if (this.#nativeDepth > 0) return;
    this.#nativeDue += (fn.instructions / 2) * this.#rates.native;
    this.#syscallsDue += (fn.instructions / 2) * this.#rates.syscall;
  }

  #pick(callees: readonly number[]): number {
    return callees[this.#laws[callees.length - 1].sample(this.#rng)];
  }
}

/** Calls in a visit that make a walk down `depth` levels and back as long as `visits` functions: the root of 1 + c + c^2 + ... = visits. */
export function callsFor(visits: number, depth: number): number {
  let [low, high] = [0, Math.max(1, visits)];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (visitsOf(middle, depth) < visits) low = middle;
    else high = middle;
  }
  return low;
}

function visitsOf(calls: number, depth: number): number {
  let sum = 1;
  for (let level = 0; level < depth; level++) sum = 1 + calls * sum;
  return sum;
}
