/** What a hierarchy counts beside the level that served each miss, and the index of each count. */
export const TrafficCount = {
  /** Lines that one core got from another that had written them. */
  DirtyTransfers: 0,
  /** Lines that one core got from another, as they are in memory. */
  CleanTransfers: 1,
  /** Lines that came from caches of another socket. */
  FarTransfers: 2,
  /** Lines that came from memory of another socket. */
  FarReads: 3,
  /** Writes to lines that were shared (S to M). */
  Upgrades: 4,
  /** Copies dropped because another core wrote the line: what false sharing costs. */
  Invalidations: 5,
  /** Copies dropped because an inclusive last level evicted the line. */
  BackInvalidations: 6,
  /** Dirty lines written to memory. */
  MemoryWrites: 7,
} as const;

/** Names of the counts, in the order of their indices. */
export const TRAFFIC_LABELS = Object.keys(TrafficCount).map(
  (name) => name.charAt(0).toLowerCase() + name.slice(1),
) as readonly Uncapitalize<keyof typeof TrafficCount>[];
