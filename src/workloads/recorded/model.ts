/**
 * Recorded servers as data: what `tools/recorded` extracts from a perf and a strace capture of one server.
 *
 * Units: times in nanoseconds of the recording machine, sizes in bytes, rates per request. Pure types and readers.
 */

/** Kind of object behind a descriptor, inferred from how the process used it. */
export type FdKind = 'socket' | 'listen' | 'epoll' | 'wakeup' | 'file' | 'log' | 'other';

/**
 * A distribution as equally spaced quantiles (first = minimum, last = maximum) of `n` observations.
 * A constant has one quantile. `mean` is the mean of all observations, not of the table.
 */
export interface Distribution {
  readonly n: number;
  readonly mean: number;
  readonly q: readonly number[];
}

/** One system call site: the same call, on the same kind of descriptor, for the same purpose. */
export interface CallSite {
  /** `call[:kind][:detail]`, for example `write:socket:header`, `futex:wake:worker`, `pread64:file`. */
  readonly id: string;
  readonly call: string;
  readonly fd: FdKind | null;
  /** Calls per request of all threads of the role together. */
  readonly perRequest: number;
  /** Calls per request in the other capture; where the two differ the rate depends on load and must emerge. */
  readonly perRequestStrace: number | null;
  readonly loadDependent: boolean;
  /** Requested bytes or events (argument), and what the call returned. */
  readonly request: Distribution | null;
  readonly result: Distribution;
  /** Enter to exit, only of executions during which the thread kept its core. */
  readonly kernelNs: Distribution | null;
  /** Share of the executions that went to sleep, and for how long. */
  readonly blockedShare: number;
  readonly blockedNs: Distribution | null;
  /** Exit of the previous call to this enter, as traced, only when the thread kept its core. */
  readonly gapNs: Distribution | null;
  /** Mean user time before the call with the tracer's share removed; sums to `totals.userNs` over all sites. */
  readonly userNs: number;
  /** Who is woken, as share of the executions: role name, or `client` for a process outside. */
  readonly wakes: Readonly<Record<string, number>>;
}

/** `[from, to, count]`: indices into the role's `sites`. */
export type Transition = readonly [number, number, number];

/** A step of a folded sequence: one site, or a block repeated `times` on average. */
export type Step = string | { readonly times: number; readonly body: readonly Step[] };

/** A frequent sequence, with the share of all sequences that fold to it. */
export interface Path {
  readonly share: number;
  readonly steps: readonly Step[];
}

/** Threads that behave alike. */
export interface Role {
  readonly name: string;
  readonly threads: number;
  readonly callsPerRequest: number;
  /** Site at which a thread waits for work: sequences start here. */
  readonly head: string;
  readonly sites: readonly CallSite[];
  readonly transitions: readonly Transition[];
  /** Most frequent first. */
  readonly paths: readonly Path[];
}
