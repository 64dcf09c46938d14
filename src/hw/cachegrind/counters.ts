/** Cachegrind's counters in the order of the summary line of its output file: references and misses of code, reads and writes. */
export const COUNTER_NAMES = ['Ir', 'I1mr', 'ILmr', 'Dr', 'D1mr', 'DLmr', 'Dw', 'D1mw', 'DLmw'] as const;
/** `I` code, `D` data, `r` and `w` reads and writes, `1` and `L` first and last level, `m` misses. */
export type CounterName = (typeof COUNTER_NAMES)[number];
/** References and misses of a trace. */
export type Counters = Readonly<Record<CounterName, number>>;

/** Kinds of reference; a modify counts as a read (cachegrind 3.19, cg_main.c, `Ev_Dm`). */
export const Kind = { Fetch: 0, Read: 1, Write: 2 } as const;
/** In place of a kind: the next two words are the two blocks of one reference. */
export const STRADDLE = 3;
/** A word of a decoded trace is a block number and, in its lowest bits, a kind or STRADDLE. */
export const KIND_BITS = 2;
/** Bits of a block number in a word. */
export const BLOCK_BITS = 32 - KIND_BITS;

/** Puts counts by kind together under cachegrind's names. */
export function nameCounters(
  references: Readonly<ArrayLike<number>>,
  misses: Readonly<ArrayLike<number>>,
  lastMisses: Readonly<ArrayLike<number>>,
): Counters {
  const [Ir, Dr, Dw] = Array.from(references);
  const [I1mr, D1mr, D1mw] = Array.from(misses);
  const [ILmr, DLmr, DLmw] = Array.from(lastMisses);
  return { Ir, I1mr, ILmr, Dr, D1mr, DLmr, Dw, D1mw, DLmw };
}
