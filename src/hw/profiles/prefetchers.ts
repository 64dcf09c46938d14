import { sourced, type PrefetchProfile, type Sourced } from '../profile.ts';

const INTEL = 'Intel optimization manual, Sandy Bridge, section 2.3.5.4 as quoted on Stack Overflow (ogeek.cn 662071)';
const NETBURST = 'Intel IA-32 optimization manual of 2006, page 6-5';
const ZEN =
  'AMD optimization guides of families 17h and 19h, recalled: they name stream prefetchers but give no numbers';
const guess = (value: number, low: number, high: number, source: string): Sourced =>
  sourced(value, [low, high], 'assumed', source);

/** Off in the machines that come with ringsim unless a run says `-o profile.prefetching=1`. */
export const prefetching: Sourced = sourced(
  0,
  [0, 1],
  'assumed',
  'off: runs take up to twice as long with it, and fidelity interval has no prefetch (docs/adr/0016-prefetch.md)',
);

/** The streamer beside the second level of Intel processors; the prefetcher of pairs of lines beside it is left out. */
const intelSecond: PrefetchProfile = {
  prefetcher: 'stream',
  degree: guess(2, 1, 4, 'lines for each request'),
  distance: sourced(20, [8, 20], 'recalled', 'Intel optimization manual: up to 20 lines ahead'),
  streams: sourced(32, [16, 32], 'recalled', 'Intel optimization manual: 32 streams'),
  outstanding: guess(16, 8, 32, 'as many as the second level has requests'),
  source: `${INTEL}: streamer, ascending and descending, within a 4 KiB page`,
};

/** The prefetcher of the next line beside the first level of Intel processors; the one that goes by instruction is left out. */
const intelFirst: PrefetchProfile = {
  prefetcher: 'stream',
  degree: sourced(1, [1, 1], 'second-hand', `${INTEL}: the next line`),
  distance: sourced(1, [1, 1], 'second-hand', `${INTEL}: the next line`),
  streams: guess(8, 1, 16, 'pages'),
  outstanding: guess(10, 4, 16, 'as many as the first level has fill buffers'),
  source: `${INTEL}: DCU prefetcher, on ascending access to data loaded very recently; descending as well here`,
};

/** Beside the second level of the Pentium 4. */
const netburst: PrefetchProfile = {
  prefetcher: 'stream',
  degree: guess(1, 1, 2, 'lines for each request'),
  distance: sourced(4, [2, 8], 'recalled', 'Intel IA-32 optimization manual: 256 bytes ahead'),
  streams: sourced(8, [8, 8], 'seen', `${NETBURST}: eight streams from eight regions of 4 KiB`),
  outstanding: guess(4, 2, 8, 'half of the requests of the bus'),
  source: `${NETBURST}: one stream a page, never across pages, into the second level`,
};

/** Beside the second level of the K8. */
const k8: PrefetchProfile = {
  prefetcher: 'stream',
  degree: guess(1, 1, 2, 'lines for each request'),
  distance: guess(1, 1, 4, 'the next line'),
  streams: guess(8, 4, 16, 'pages'),
  outstanding: guess(4, 2, 8, 'requests'),
  source: 'AMD Athlon 64 optimization guide, recalled: neighbouring misses bring the next line to the second level',
};

const zenSecond: PrefetchProfile = {
  ...intelSecond,
  distance: guess(20, 4, 32, 'as on Intel processors'),
  streams: guess(32, 8, 64, 'as on Intel processors'),
  source: `${ZEN}; L2 stream`,
};

const zenFirst: PrefetchProfile = {
  ...intelFirst,
  degree: guess(1, 1, 4, 'the next line'),
  distance: guess(1, 1, 4, 'the next line'),
  source: `${ZEN}; L1 stream; strides and regions are left out`,
};

/** Prefetchers by family of processors and level. */
export const prefetchers = { intelFirst, intelSecond, netburst, k8, zenFirst, zenSecond } as const;
