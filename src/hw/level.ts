/** Where an access was served; `Hierarchy.lastLevel` after each miss of the first level. */
export const Level = { L1: 0, L2: 1, Llc: 2, Remote: 3, Dram: 4 } as const;
/** Names of the levels, by their numbers. */
export const LEVEL_NAMES = ['l1', 'l2', 'llc', 'remote', 'dram'] as const;
