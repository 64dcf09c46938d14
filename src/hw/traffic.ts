/** What a hierarchy counts beside the level that served each miss. */
export const TRAFFIC_LABELS = [
  'dirtyTransfers',
  'cleanTransfers',
  'farTransfers',
  'farReads',
  'upgrades',
  'invalidations',
  'backInvalidations',
  'memoryWrites',
  'prefetches',
] as const;

/** Index of each count. */
export const Traffic = {
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
  /** Lines brought before they were asked for. */
  Prefetches: 8,
} as const;
