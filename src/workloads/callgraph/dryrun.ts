import type { Rng } from '../../sim/rng.ts';
import { LOOP, type CallGraph, type GraphFunction } from './graph.ts';
import { Walk, type WalkRates, type WalkVisitor } from './walk.ts';

/** What a profiler would know of each function, by index, from a walk without a machine. */
export class CallProfile implements WalkVisitor {
  /** Calls of the function; the loop is not called. */
  readonly calls: Float64Array;
  /** System calls made in the function and in what it called. */
  readonly syscalls: Float64Array;
  /** Instructions of the function itself. */
  readonly instructions: Float64Array;
  /** Calls of native functions by managed ones. */
  nativeCalls = 0;
  readonly #stack: number[] = [LOOP];
  readonly #isNative: readonly boolean[];

  constructor(graph: CallGraph) {
    this.calls = new Float64Array(graph.length);
    this.syscalls = new Float64Array(graph.length);
    this.instructions = new Float64Array(graph.length);
    this.#isNative = graph.map(({ isNative }) => isNative);
  }

  work({ index, instructions }: GraphFunction): void {
    this.instructions[index] += instructions / 2;
  }

  call({ index, isNative }: GraphFunction): void {
    if (isNative && !this.#isNative[this.#stack[this.#stack.length - 1]]) this.nativeCalls++;
    this.calls[index]++;
    this.#stack.push(index);
  }

  return(): void {
    this.#stack.pop();
  }

  syscall(): void {
    for (const index of this.#stack) this.syscalls[index]++;
  }
}

/** Units after which a runtime would have compiled what is hot. Assumed. */
const PROFILED_UNITS = 300;

/** The profile of a walk of so many units. */
export function profileOf(graph: CallGraph, rates: WalkRates, rng: Rng, units = PROFILED_UNITS): CallProfile {
  const profile = new CallProfile(graph);
  const walk = new Walk(graph, rates, rng, profile);
  for (let unit = 0; unit < units; unit++) walk.unit();
  return profile;
}
