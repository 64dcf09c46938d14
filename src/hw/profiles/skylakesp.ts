import { sourced, type MachineProfile } from '../profile.ts';
import {
  eventSteps,
  fastPathSteps,
  intelPaging,
  kernelSteps,
  mitigationSteps,
  surroundings,
  SLICES,
} from './estimates.ts';
import { frontEnds } from './frontends.ts';
import { prefetchers, prefetching } from './prefetchers.ts';
import { kernels } from './kernels.ts';
import { memoryOf } from './memories.ts';
import { overlaps } from './overlaps.ts';
import { siblings } from './siblings.ts';

const BEHRENS = 'Behrens et al., EuroSys 2022, table of primitive costs, Skylake client, recalled';
const SKYBRIDGE = 'Mi et al., SkyBridge, EuroSys 2019, Skylake, recalled';
const INTEL = 'Intel optimization manual, Skylake server cache and TLB parameters, recalled';

/** A two-level-plus-victim-cache server core of 2017 as a post-Meltdown kernel drives it: KPTI and retpolines. */
export const skylakeSp: MachineProfile = {
  name: 'skylake-sp',
  doc: 'Skylake-SP server of 2017 (16 cores, 22 MiB last level) under a kernel with KPTI, PCID and retpolines',
  clockHz: sourced(3.0e9, [2.1e9, 3.7e9], 'assumed', 'all-core turbo of a Xeon Gold of the 6100 series'),
  maxCores: 16,
  frontEnd: frontEnds.skylake,
  smt: siblings.skylake,
  userCpi: sourced(0.5, [0.3, 1], 'assumed', 'JIT-compiled code that hits in the first level, 4-wide core'),
  kernelCpi: sourced(
    0.6,
    [0.4, 1.2],
    'assumed',
    'kernel code that hits in the first level: more branches and serialising accesses than user code',
  ),
  l1i: { sizeBytes: 32768, ways: 8, source: INTEL, latency: sourced(4, [4, 5], 'recalled', INTEL) },
  l1d: {
    sizeBytes: 32768,
    ways: 8,
    source: INTEL,
    latency: sourced(4, [4, 5], 'recalled', INTEL),
    prefetch: prefetchers.intelFirst,
  },
  l2: {
    sizeBytes: 1048576,
    ways: 16,
    source: 'AnandTech 11464: 1 MiB of L2; SRRIP is the nearest to the QLRU of client Skylake (nanoBench, recalled)',
    latency: sourced(
      14,
      [12, 16],
      'recalled',
      'Skylake-SP L2 / L3 14 / 50-70 cycles, recalled; AnandTech 11544: 14 to 22',
    ),
    replacement: 'srrip',
    prefetch: prefetchers.intelSecond,
  },
  llc: {
    sizeBytes: 23068672,
    ways: 11,
    source: `AnandTech 11464: 1.375 MiB a core, non-inclusive; ${SLICES}; SRRIP assumed, as QLRU on client Skylake`,
    latency: sourced(
      60,
      [50, 70],
      'recalled',
      'Skylake-SP L2 / L3 14 / 50-70 cycles, recalled; AnandTech 11544: 54 to 56',
    ),
    inclusion: 'nonInclusive',
    replacement: 'srrip',
    hashed: true,
  },
  itlb: { entries: 128, ways: 8, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  dtlb: { entries: 64, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  largeTlb: { entries: 32, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  stlb: { entries: 1536, ways: 12, source: INTEL, hit: sourced(7, [7, 9], 'recalled', INTEL) },
  ...intelPaging,
  pcid: true,
  prefetching,
  dramLatencyNs: sourced(
    70,
    [55, 90],
    'assumed',
    'local memory beyond the last level; 67 ns on Westmere (7-cpu.com), similar since',
  ),
  dramBytesPerNs: sourced(80, [50, 115], 'assumed', 'six channels of DDR4-2666 at 60 to 90 % efficiency'),
  dram: memoryOf('ddr4', 6, 'six channels a socket'),
  overlap: overlaps.skylake,
  remoteCycles: sourced(110, [80, 160], 'assumed', 'cache-to-cache transfer on one socket'),
  cleanCycles: sourced(
    85,
    [60, 110],
    'assumed',
    'Intel optimization manual, Sandy Bridge: 43 cycles for a clean line of another core, 60 for a modified one; in proportion',
  ),
  ...surroundings,
  entry: 'syscall',
  options: ['invpcid'],
  features: ['kpti', 'thunks'],
  fitted: ['direct-read 512'],
  cost: {
    ...kernelSteps,
    ...eventSteps,
    ...mitigationSteps,
    syscallInstr: sourced(42, [40, 82], 'recalled', `${BEHRENS}; ${SKYBRIDGE} 82`),
    sysretInstr: sourced(42, [40, 75], 'recalled', `${BEHRENS}; ${SKYBRIDGE} 75`),
    swapgs: sourced(20, [5, 26], 'recalled', `${SKYBRIDGE} 26`),
    cr3Write: sourced(
      150,
      [90, 206],
      'recalled',
      `Linux pti.rst: order of a hundred; ${SKYBRIDGE} 186; ${BEHRENS} 191`,
    ),
    verw: sourced(500, [25, 600], 'recalled', BEHRENS),
    rsbFill: sourced(130, [40, 130], 'recalled', BEHRENS),
    ibpb: sourced(4500, [340, 4500], 'recalled', `${BEHRENS}; Cascade Lake 340`),
  },
};

/** The same machine before Meltdown was known. */
export const skylakeSp2017: MachineProfile = {
  ...skylakeSp,
  fitted: [],
  name: 'skylake-sp-2017',
  doc: 'Skylake-SP server of 2017 under a kernel of that year, without mitigations',
  features: [],
  kernelWork: kernels.linux2017,
  cost: { ...skylakeSp.cost, ...fastPathSteps },
};

/** The same machine after Retbleed: no retpolines but IBRS, and VERW against the sampling of buffers. */
export const skylakeSp2022: MachineProfile = {
  ...skylakeSp,
  fitted: [],
  name: 'skylake-sp-2022',
  doc: 'Skylake-SP server of 2017 under a kernel of 2022 with KPTI, IBRS, VERW and predictor barriers for sandboxes',
  features: ['kpti', 'ibrs', 'mds', 'rsb', 'stibp', 'ibpb'],
};

/** Two of them on one board. */
export const skylakeSp2s: MachineProfile = {
  ...skylakeSp,
  fitted: [],
  name: 'skylake-sp-2s',
  doc: 'Two Skylake-SP processors of 2017 (16 cores and 22 MiB last level each) on one board, otherwise as skylake-sp',
  maxCores: 32,
  sockets: {
    coresPerSocket: 16,
    homing: 'firstTouch',
    hopNs: sourced(
      50,
      [45, 70],
      'second-hand',
      'qdpma.com 2018, The Case for Single Processor: two-way Xeon SP 89 ns local, 139 ns remote',
    ),
    source: 'two of the processors of skylake-sp; pages by first touch, as kernels do unless told otherwise',
  },
};
