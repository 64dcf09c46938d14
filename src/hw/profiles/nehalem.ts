import { sourced, type MachineProfile } from '../profile.ts';
import { eventSteps, intelPaging, kernelSteps, surroundings } from './estimates.ts';
import { kernels } from './kernels.ts';
import { frontEnds } from './frontends.ts';
import { prefetchers, prefetching } from './prefetchers.ts';
import { memoryOf } from './memories.ts';
import { overlaps } from './overlaps.ts';
import { siblings } from './siblings.ts';

const GUIDE = 'Intel performance analysis guide for Core i7 and Xeon 5500, quoted on Stack Overflow 4087280';
const INTEL = 'Intel optimization manual, Nehalem cache and TLB parameters, recalled';
const SIGOURE = 'Sigoure 2010, X5550: a system call in 52 ns = 139 cycles, recalled';
const FLEXSC = 'FlexSC, OSDI 2010: entry and exit of a call 150 cycles, recalled';

/** The server on which FlexSC was measured: the first with a shared inclusive last level, before PCID and SMAP. */
export const nehalem: MachineProfile = {
  ...surroundings,
  name: 'nehalem',
  doc: 'Xeon X5550 (Nehalem, four cores) of 2010 under a kernel of that year',
  clockHz: sourced(2.67e9, [2.26e9, 3.06e9], 'recalled', 'Xeon X5550'),
  maxCores: 4,
  frontEnd: frontEnds.nehalem,
  smt: {
    ...siblings.nehalem,
    itlb: 'halved',
    source: `${siblings.nehalem.source}; the TLB of small code pages statically split (Intel optimization manual, Nehalem, recalled)`,
  },
  userCpi: sourced(0.6, [0.35, 1], 'assumed', 'JIT-compiled code that hits in the first level, 4-wide core'),
  kernelCpi: sourced(0.7, [0.5, 1.3], 'assumed', 'more branches and serialising accesses than user code'),
  l1i: { sizeBytes: 32768, ways: 4, source: '7-cpu.com, Westmere', latency: sourced(4, [3, 4], 'recalled', INTEL) },
  l1d: {
    sizeBytes: 32768,
    ways: 8,
    source: '7-cpu.com, Westmere',
    latency: sourced(4, [4, 4], 'seen', GUIDE),
    prefetch: prefetchers.intelFirst,
  },
  l2: {
    sizeBytes: 262144,
    ways: 8,
    source: '7-cpu.com, Westmere',
    latency: sourced(10, [10, 11], 'seen', GUIDE),
    prefetch: prefetchers.intelSecond,
  },
  llc: {
    sizeBytes: 8388608,
    ways: 16,
    source: 'UMBC course page on Nehalem; inclusive: Intel, recalled',
    latency: sourced(40, [38, 46], 'seen', `${GUIDE}; 7-cpu.com: 40 to 46 on Westmere`),
    inclusion: 'inclusive',
  },
  itlb: { entries: 128, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  dtlb: { entries: 64, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  largeTlb: { entries: 32, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  stlb: { entries: 512, ways: 4, source: INTEL, hit: sourced(7, [6, 8], 'recalled', INTEL) },
  ...intelPaging,
  pcid: false,
  prefetching,
  dramLatencyNs: sourced(
    60,
    [50, 70],
    'seen',
    `${GUIDE}: local memory; 7-cpu.com: 67 beyond the last level on Westmere`,
  ),
  dramBytesPerNs: sourced(20, [12, 28], 'assumed', 'three channels of DDR3-1333 at 65 %'),
  dram: memoryOf('ddr3At1333', 3, 'three channels a socket'),
  overlap: overlaps.nehalem,
  remoteCycles: sourced(75, [65, 83], 'seen', `${GUIDE}: line modified in another core`),
  cleanCycles: sourced(
    65,
    [55, 75],
    'recalled',
    'Intel performance analysis guide for Nehalem: line that another core holds unmodified',
  ),
  entry: 'syscall',
  options: [],
  features: [],
  kernelWork: kernels.linux2010,
  fitted: ['null-call'],
  cost: {
    ...kernelSteps,
    ...eventSteps,
    invlpg: sourced(232, [200, 260], 'seen', 'linux-mm 2015: 232 cycles on a Westmere Xeon'),
    cr3Reload: sourced(108, [96, 251], 'seen', 'linux-mm 2015: 108 cycles on a Westmere Xeon'),
    globalFlush: sourced(828, [746, 1795], 'seen', 'linux-mm 2015: 828 cycles on a Westmere Xeon'),
    syscallInstr: sourced(40, [30, 82], 'recalled', `${FLEXSC}; split assumed`),
    sysretInstr: sourced(36, [30, 75], 'recalled', `${FLEXSC}; split assumed`),
    swapgs: sourced(8, [4, 26], 'assumed', FLEXSC),
    saveRegisters: sourced(18, [12, 40], 'recalled', `${SIGOURE}; split assumed`),
    restoreRegisters: sourced(12, [8, 30], 'recalled', `${SIGOURE}; split assumed`),
    stackSwitch: sourced(6, [4, 15], 'assumed', SIGOURE),
    entryWork: sourced(6, [2, 20], 'assumed', `${SIGOURE}; kernels of 2010 track no context`),
    exitWork: sourced(10, [5, 30], 'assumed', SIGOURE),
    dispatch: sourced(8, [5, 20], 'assumed', SIGOURE),
    cr3Flush: sourced(108, [96, 251], 'seen', 'linux-mm 2015: CR3 reload 108 cycles on a Westmere Xeon'),
  },
};
