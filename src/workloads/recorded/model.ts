/**
 * Recorded servers as data: what `ringsim import` extracts from a perf and a strace capture of one server.
 *
 * Units: times in nanoseconds of the recording machine, sizes in bytes, rates per request. Pure types, no code but
 * the probabilities of the quantile tables.
 */

/** Probabilities of the entries of `Distribution.q`; what lies beyond the last one was cut off. */
export const PROBABILITIES: readonly number[] = [
  0, 0.01, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99, 0.999,
];

/** Kind of object behind a descriptor, inferred from how the process used it. */
export type FdKind = 'socket' | 'upstream' | 'listen' | 'epoll' | 'wakeup' | 'timer' | 'file' | 'log' | 'other';

/** `n` observations: their mean, and quantiles at `PROBABILITIES`, or one entry if all were equal. */
export interface Distribution {
  readonly n: number;
  readonly mean: number;
  readonly q: readonly number[];
}

/** One system call site: the same call, on the same kind of descriptor, for the same purpose. */
export interface CallSite {
  /** `call[:kind][:detail][:outcome]`: `write:socket:header`, `futex:wake:worker`, `epoll_wait:poll`, `read:socket:again`. */
  readonly id: string;
  readonly call: string;
  readonly fd: FdKind | null;
  /** Calls per request, of all threads of the role together. */
  readonly perRequest: number;
  /** The same in the strace capture, which ran several times slower; null without one. */
  readonly perRequestStrace: number | null;
  /** The two rates differ: the rate follows from load and must emerge, not be replayed. Null when unknown. */
  readonly loadDependent: boolean | null;
  /** Requested bytes or events (null if the call has no such argument), and the result (0 for errors). */
  readonly request: Distribution | null;
  readonly result: Distribution;
  /** Enter to exit, of executions that kept the core; contains the tracer's share. Null if all slept. */
  readonly kernelNs: Distribution | null;
  /** Share of the executions that went to sleep, and for how long. */
  readonly blockedShare: number;
  readonly blockedNs: Distribution | null;
  /** User time from the thread's previous call, if it kept the core; contains the tracer's share. */
  readonly gapNs: Distribution | null;
  /**
   * Mean user time before the call without the tracer's share; times `perRequest`, sums to `totals.userNs`.
   * 0 where neither a capture with times nor an untraced user time was given.
   */
  readonly userNs: number;
  /** Who is woken, as share of the executions: a role, or `client` for a process outside. */
  readonly wakes: Readonly<Record<string, number>>;
}

/** `[from, to, count]`: indices into the role's `sites`; counts are fractions where rare sites were left out. */
export type Transition = readonly [number, number, number];

/** A step of a folded sequence: one site, or a block repeated `times` on average. */
export type Step = string | { readonly times: number; readonly body: readonly string[] };

/** A frequent sequence from one wait for work to the next, and its share of all such sequences. */
export interface Path {
  readonly share: number;
  readonly steps: readonly Step[];
}

/** Threads that behave alike. */
export interface Role {
  /** `event-loop`, `dispatcher`, `worker` or `background`, numbered if there are several. */
  readonly name: string;
  readonly threads: number;
  /** Names the kernel showed for the threads, numbers replaced by `*`. */
  readonly comms: readonly string[];
  readonly callsPerRequest: number;
  /** Id of the site at which the threads wait for work; sequences start there. */
  readonly head: string;
  readonly sites: readonly CallSite[];
  readonly transitions: readonly Transition[];
  /** Most frequent first; the first is the canonical sequence. */
  readonly paths: readonly Path[];
  /** Calls per request at sites too rare to be kept. */
  readonly rarePerRequest: number;
}

/** Threads that take no part in serving, such as the compiler and timers of a JVM. */
export interface DroppedThreads {
  readonly comms: readonly string[];
  readonly threads: number;
  readonly shareOfCalls: number;
}

/** Sums over all kept roles, per request. Null where no untraced figure was given. */
export interface Totals {
  readonly calls: number;
  readonly requestBytes: number;
  readonly replyBytes: number;
  /** Sum of the traced gaps, and of the traced kernel times of calls that did not sleep [ns]. */
  readonly tracedUserNs: number | null;
  readonly tracedSystemNs: number | null;
  /** CPU time without a tracer [ns]. */
  readonly userNs: number | null;
  readonly systemNs: number | null;
  /** `userNs / tracedUserNs`: the correction if the tracer stretched every gap alike. */
  readonly userScale: number | null;
  /**
   * The correction used for `CallSite.userNs`: max(0, gap - `tracerGapNs`) * `gapStretch`. The tracer works at every
   * enter and exit, so its share is about a constant per gap; the stretch is what that constant cannot explain.
   */
  readonly tracerGapNs: number | null;
  readonly gapStretch: number | null;
}

/** How often one system call was made per request, by source; null where a source does not have it. */
export interface MixRow {
  readonly call: string;
  /** In the primary capture, and in the strace capture beside it. */
  readonly captured: number;
  readonly strace: number | null;
  /** Untraced count and, over repeated counts of the same server, least and most. */
  readonly counted: number | null;
  readonly countedRange: readonly [number, number] | null;
  /** By walking the model. */
  readonly regenerated: number;
  /** regenerated / captured - 1, and regenerated / counted - 1. */
  readonly deviation: number;
  readonly countedDeviation: number | null;
  readonly loadDependent: boolean | null;
}

/** How well a seeded walk through the transitions gives back the capture. */
export interface Fidelity {
  readonly requests: number;
  readonly seed: number;
  readonly mix: readonly MixRow[];
  /** Counted calls (0.05 per request or more) that only dropped threads make: calls per request. */
  readonly notModelled: Readonly<Record<string, number>>;
  readonly bigrams: readonly BigramRow[];
}

/** Pairs of consecutive sites of one role: compared are those at 0.05 per request or more. */
export interface BigramRow {
  readonly role: string;
  readonly compared: number;
  readonly worst: string;
  readonly worstDeviation: number;
  /** Half the sum of absolute differences between the two distributions of pairs. */
  readonly totalVariation: number;
}

/** Where a model comes from. */
export interface Provenance {
  readonly perf: string | null;
  readonly strace: string | null;
  /** Capture that gave order and rates; times come from perf only. */
  readonly primary: 'perf' | 'strace';
  readonly requests: number;
  readonly calls: number;
  readonly untraced: string | null;
  readonly counted: string | null;
  /** Lines that could not be used: `[file, kind, count, first line]`. */
  readonly problems: readonly (readonly [string, string, number, number])[];
}

/** One recorded server. */
export interface RecordedModel {
  /** 2: quantiles at 15 probabilities; files of format 1 had 11. */
  readonly format: 2;
  readonly name: string;
  readonly provenance: Provenance;
  readonly totals: Totals;
  readonly roles: readonly Role[];
  readonly dropped: readonly DroppedThreads[];
  readonly fidelity: Fidelity;
}
