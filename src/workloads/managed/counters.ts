import type { Histogram } from '../../sim/histogram.ts';
import type { StatsRegistry, Unit } from '../../sim/stats.ts';

/** What a runtime counts: unit and meaning. */
const COUNTERS = {
  allocated: ['bytes', 'Bytes of the nursery handed out'],
  freed: ['bytes', 'Bytes of the heap that collections freed'],
  youngCollections: ['count', 'Collections of the nursery'],
  fullCollections: ['count', 'Collections of the whole heap with all threads stopped'],
  concurrentCycles: ['count', 'Collections or markings beside the program that came to their end'],
  pauses: ['count', 'Times that all threads were stopped'],
  waitCycles: ['cycles', 'Time from the wish of a thread to stop all until the thread of the runtime began to'],
  pauseCycles: ['cycles', 'Time from there to their release'],
  collectCycles: ['cycles', 'Time in which all threads stood still'],
  reachCycles: ['cycles', 'Time from there until all stood still (time to safepoint)'],
  stops: ['count', 'Threads that were stopped at a poll'],
  resumes: ['count', 'Threads that went on after a stop at a poll'],
  stalls: ['count', 'Times that a thread waited for memory'],
  nativeCalls: ['count', 'Calls of native functions by managed code'],
  nullChecks: ['count', 'Null references that were found by a fault'],
  interpretedInstructions: ['instructions', 'Work done by the interpreter, in instructions of the best compiled code'],
  compiledInstructions: ['instructions', 'Work done by compiled code of the tiers, in the same measure'],
  c1: ['count', 'Methods compiled quickly'],
  c2: ['count', 'Methods compiled best'],
  deopts: ['count', 'Compiled methods sent back to the interpreter'],
  codePages: ['count', 'Pages by which the code cache grew'],
  publishedPages: ['count', 'Pages of code that the runtime had trusted'],
  refusedPages: ['count', 'Pages of code whose publication was refused: they run without trust'],
  lostPages: ['count', 'Pages of dead code that could not be taken back'],
  finalized: ['count', 'Finalizers run'],
  stallCycles: ['cycles', 'Time for which threads waited for memory'],
} as const satisfies Record<string, readonly [Unit, string]>;
/** Name of a counter of the runtime. */
export type CounterName = keyof typeof COUNTERS;

/** Counters of a managed runtime, as `managed.*`, and its distributions of pauses and times to safepoint. */
export class Counters {
  readonly pause: Histogram;
  readonly reach: Histogram;
  readonly #values: Float64Array;
  readonly #ids = new Map<CounterName, number>();

  constructor(stats: StatsRegistry) {
    this.#values = stats.values;
    for (const [name, [unit, doc]] of Object.entries(COUNTERS))
      this.#ids.set(name as CounterName, stats.counter(`managed.${name}`, unit, doc));
    this.pause = stats.histogram(
      'managed.pause',
      'cycles',
      'Time from the begin of a stop of all threads to their release',
    );
    this.reach = stats.histogram(
      'managed.timeToSafepoint',
      'cycles',
      'Time from the begin of a stop of all threads until they stood still',
    );
  }

  /** Adds to a counter. */
  add(name: CounterName, amount = 1): void {
    this.#values[this.#ids.get(name)!] += amount;
  }
}
