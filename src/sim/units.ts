/** Reference-clock cycles since boot; a non-negative number below 2^53 (34 days at 3 GHz). The unit of all simulated time. */
export type Cycles = number;
/** Wall-clock time inside the simulation; schedulers reckon in it, as their sources do. */
export type Nanoseconds = number;
/** Size or count of bytes. */
export type Bytes = number;
/** Frequency in cycles per second. */
export type Hz = number;

declare const brand: unique symbol;
/** Index of an event handler in its engine; branded, so that only what `register` gave can be scheduled. */
export type HandlerId = number & { readonly [brand]: 'HandlerId' };

/** Bytes of a kibibyte. */
export const KiB = 1024;
/** Bytes of a mebibyte. */
export const MiB = 1024 * KiB;
/** Bytes of a cache line on every machine modelled. */
export const LINE_BYTES = 64;
/** Bytes of a small page. */
export const PAGE_BYTES = 4096;
/** Cache lines in a small page. */
export const LINES_PER_PAGE = PAGE_BYTES / LINE_BYTES;
/** Lines of physical memory (1 GiB): the workloads' working sets, not the server's capacity. */
export const MEMORY_LINES = 1 << 24;

/** The only conversion between wall-clock units of a profile and simulated cycles. */
export interface Clock {
  readonly hz: Hz;
  /** Nanoseconds to cycles, rounded to the nearest. */
  cycles(ns: number): Cycles;
  /** Cycles to nanoseconds, exact to a double. */
  ns(cycles: Cycles): number;
}

/** A clock of `hz` cycles per second. */
export function makeClock(hz: Hz): Clock {
  const perNs = hz / 1e9;
  return { hz, cycles: (ns) => Math.round(ns * perNs), ns: (cycles) => cycles / perNs };
}
