import { sourced, type Confidence, type OverlapProfile, type Sourced } from '../profile.ts';

const SERVERS =
  'Ferdman et al., ASPLOS 2012, recalled: server code keeps 1.4 to 2.3 misses to memory outstanding; the split by level is assumed';
const LONE = 'assumed: what the window hides of a hit at this level, dependent loads being common';
const NEXT_LINES = 'assumed: prefetch of the next lines of code, and the queue of decoded instructions';

/** Lone misses of data by nearness, lines of a run under way, cycles a line from the second level. */
const data = (
  [l2, llc, remote, dram]: readonly [number, number, number, number],
  fills: Sourced,
  lineCycles: Sourced,
): OverlapProfile['data'] => ({
  l2: sourced(l2, [l2 / 2, l2 * 2], 'assumed', LONE),
  llc: sourced(llc, [llc / 1.6, llc * 2], 'assumed', LONE),
  remote: sourced(remote, [1.2, remote * 2], 'assumed', SERVERS),
  dram: sourced(dram, [1.2, 2.5], 'assumed', SERVERS),
  fills,
  lineCycles,
});

/** Lone misses of code, which are hard to hide, and how many lines of it are asked for at once. */
const fetch = (l2: number, fills: Sourced, lineCycles: Sourced): OverlapProfile['fetch'] => ({
  l2: sourced(l2, [1, 3], 'assumed', NEXT_LINES),
  llc: sourced(1.5, [1, 2.5], 'assumed', NEXT_LINES),
  remote: sourced(1.3, [1, 2], 'assumed', NEXT_LINES),
  dram: sourced(1.2, [1, 1.6], 'assumed', NEXT_LINES),
  fills,
  lineCycles,
});

/** Data lines of a run under way: those for which the window has room at 50 instructions a line, of the buffers that there are. */
const lines = (value: number, buffers: number, window: string): Sourced =>
  sourced(
    value,
    [2, buffers],
    'assumed',
    `window of ${window} instructions (recalled) at some 50 a line (assumed), of ${buffers} line fill buffers (manuals of the makers, recalled)`,
  );
const next = sourced(2, [1, 4], 'assumed', 'one line of code ahead of the one in use');

/** Least cycles from a line of the second level to the next. */
const cycles = {
  early: sourced(5, [2, 8], 'assumed', 'K8: a path of 16 bytes, and victims on it; NetBurst assumed alike'),
  nehalem: sourced(
    3,
    [2, 4],
    'assumed',
    'Intel optimization manual, Nehalem and Sandy Bridge, recalled: a path of 32 bytes; less what fills and victims take',
  ),
  skylake: sourced(
    2.2,
    [1.2, 2.6],
    'second-hand',
    'Intel optimization manual, Skylake client: 29 bytes a cycle sustained of 64',
  ),
  wide: sourced(1.4, [1, 2.2], 'assumed', 'a path of 64 bytes, of which three quarters are sustained'),
  zen: sourced(2, [2, 2.6], 'recalled', 'AMD optimization guide of family 17h: a path of 32 bytes'),
} as const;

const NETBURST =
  'as of early cores, 2.5 lines, each with the other half of its pair of 128 bytes, which the second level fetches with it (Intel IA-32 optimization manual: two sectors a line)';

/** The Pentium 4, by the data lines of a run under way and the buffers that there are for them. */
const netburst = (value: number, buffers: number, confidence: Confidence, source: string): OverlapProfile => ({
  data: data([2, 1.7, 1.3, 1.3], sourced(value, [2, buffers], confidence, source), cycles.early),
  fetch: fetch(1.3, sourced(1.5, [1, 2], 'assumed', 'the next line of code is asked for late'), cycles.early),
});

/** How far misses overlap, by core. */
export const overlaps = {
  early: {
    data: data([2, 1.7, 1.3, 1.3], lines(2.5, 8, '72 to 126'), cycles.early),
    fetch: fetch(1.3, sourced(1.5, [1, 2], 'assumed', 'the next line of code is asked for late'), cycles.early),
  },
  northwood: netburst(
    4,
    4,
    'second-hand',
    `${NETBURST}; Northwood keeps track of four loads that missed, Prescott of eight (ExtremeTech 55760, More to Prescott than meets the eye, 2004)`,
  ),
  prescott: netburst(4.5, 8, 'assumed', NETBURST),
  nehalem: {
    data: data([3, 2, 1.5, 1.4], lines(3, 10, '128 to 192'), cycles.nehalem),
    fetch: fetch(1.5, next, cycles.nehalem),
  },
  skylake: {
    data: data([3, 2, 1.7, 1.5], lines(4.5, 10, '224'), cycles.skylake),
    fetch: fetch(1.5, next, cycles.skylake),
  },
  sunnyCove: {
    data: data([3, 2.2, 1.8, 1.6], lines(7, 12, '352'), cycles.wide),
    fetch: fetch(1.5, next, cycles.wide),
  },
  goldenCove: {
    data: data([3.3, 2.5, 2, 1.7], lines(10, 16, '512'), cycles.wide),
    fetch: fetch(1.5, next, cycles.wide),
  },
  zen: {
    data: data([3, 2, 1.7, 1.5], lines(5, 22, '224 to 320'), cycles.zen),
    fetch: fetch(1.5, next, cycles.zen),
  },
} as const satisfies Record<string, OverlapProfile>;
