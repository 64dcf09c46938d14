/** What a last level does with lines that move between memory and the private caches of its socket. */
export interface Inclusion {
  /** A line from memory is put here as well. */
  readonly keepsFills: boolean;
  /** A line that a second level evicts is put here. */
  readonly takesVictims: boolean;
  /** A line that goes up leaves this level. */
  readonly movesUp: boolean;
  /** A line that leaves this level leaves the private caches of the socket too (back-invalidation). */
  readonly backInvalidates: boolean;
}

/** The three kinds. Exclusive within a socket: a victim goes down only when no other core of the socket holds it. */
export const INCLUSIONS = {
  inclusive: { keepsFills: true, takesVictims: false, movesUp: false, backInvalidates: true },
  nonInclusive: { keepsFills: false, takesVictims: true, movesUp: false, backInvalidates: false },
  exclusive: { keepsFills: false, takesVictims: true, movesUp: true, backInvalidates: false },
} as const satisfies Record<string, Inclusion>;
/** Name of a kind. */
export type InclusionName = keyof typeof INCLUSIONS;
