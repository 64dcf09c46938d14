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

const INTEL = 'Intel optimization manual, Sandy Bridge cache and TLB parameters, recalled';
const UKL =
  'Unikernel Linux, EuroSys 2023, figure 1, 2.2 GHz: getppid loses 38 cycles with the instruction pair, derived';
const VERW =
  'Behrens et al., EuroSys 2022, recalled: Broadwell 610, Skylake 518, Cascade Lake 458; here what the 591 cycles of software and ' +
  'mitigations in Unikernel Linux (EuroSys 2023, derived) leave beside the entry and exit work of the other machines';

/** The server class on which Unikernel Linux was measured, with the mitigations of its kernel 5.14 but without KPTI. */
export const sandyBridgeEp: MachineProfile = {
  ...surroundings,
  name: 'sandybridge-ep',
  doc: 'Xeon E5-2660 (Sandy Bridge-EP, eight cores) at 2.2 GHz under kernel 5.14 booted with nopti nosmap nosmep',
  clockHz: sourced(2.2e9, [2.2e9, 3.0e9], 'seen', 'Unikernel Linux, EuroSys 2023: 2.2 GHz'),
  maxCores: 8,
  frontEnd: frontEnds.sandyBridge,
  smt: siblings.nehalem,
  userCpi: sourced(0.55, [0.3, 1], 'assumed', 'JIT-compiled code that hits in the first level, 4-wide core'),
  kernelCpi: sourced(0.65, [0.4, 1.3], 'assumed', 'more branches and serialising accesses than user code'),
  l1i: { sizeBytes: 32768, ways: 8, source: INTEL, latency: sourced(4, [4, 4], 'seen', 'Tech Report 21987: 4') },
  l1d: {
    sizeBytes: 32768,
    ways: 8,
    source: INTEL,
    latency: sourced(4, [4, 4], 'seen', 'Tech Report 21987: 4'),
    prefetch: prefetchers.intelFirst,
  },
  l2: {
    sizeBytes: 262144,
    ways: 8,
    source: INTEL,
    latency: sourced(12, [11, 12], 'seen', 'Tech Report 21987: 12'),
    prefetch: prefetchers.intelSecond,
  },
  llc: {
    sizeBytes: 20971520,
    ways: 20,
    source: `${INTEL}: 2.5 MiB a core, inclusive; ${SLICES}; its replacement (MRU, recalled) is taken as LRU`,
    latency: sourced(
      34,
      [28, 45],
      'second-hand',
      'Tech Report 21987: 30 with six cores at 3.3 GHz; eight cores assumed slower',
    ),
    inclusion: 'inclusive',
    hashed: true,
  },
  itlb: { entries: 128, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  dtlb: { entries: 64, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  largeTlb: { entries: 32, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  stlb: { entries: 512, ways: 4, source: INTEL, hit: sourced(7, [7, 8], 'recalled', INTEL) },
  ...intelPaging,
  pcid: true,
  prefetching,
  dramLatencyNs: sourced(
    65,
    [55, 85],
    'assumed',
    'between Westmere (67 ns, 7-cpu.com) and Broadwell (95 ns in all, AnandTech 11544)',
  ),
  dramBytesPerNs: sourced(33, [20, 45], 'assumed', 'four channels of DDR3-1600 at 65 %'),
  dram: memoryOf('ddr3At1600', 4, 'four channels a socket'),
  overlap: overlaps.nehalem,
  remoteCycles: sourced(80, [65, 110], 'assumed', 'cache-to-cache transfer on one socket'),
  cleanCycles: sourced(
    60,
    [43, 80],
    'recalled',
    'Intel optimization manual, Sandy Bridge: 43 cycles for a clean line of another core, 60 for a modified one; in proportion',
  ),
  entry: 'syscall',
  options: [],
  features: ['thunks', 'mds', 'rsb'],
  fitted: ['lebench-null'],
  kernelWork: kernels.linux2017,
  cost: {
    ...kernelSteps,
    ...eventSteps,
    ...mitigationSteps,
    syscallInstr: sourced(23, [18, 49], 'second-hand', `${UKL}; split assumed`),
    sysretInstr: sourced(20, [16, 40], 'second-hand', `${UKL}; split assumed`),
    swapgs: sourced(10, [4, 26], 'assumed', 'as its neighbours in time'),
    cr3Write: sourced(
      150,
      [96, 251],
      'second-hand',
      'linux-mm 2015: CR3 reload 96 to 251 cycles on four Intel machines',
    ),
    verw: sourced(430, [25, 610], 'assumed', VERW),
    rsbFill: sourced(130, [40, 130], 'recalled', 'Behrens et al., EuroSys 2022: Broadwell 130'),
  },
};

/** The same machine in its first year. */
export const sandyBridge2012: MachineProfile = {
  ...sandyBridgeEp,
  name: 'sandybridge-2012',
  doc: 'Xeon E5-2660 (Sandy Bridge-EP, eight cores) under a kernel of 2012, without mitigations',
  features: [],
  fitted: [],
  cost: { ...sandyBridgeEp.cost, ...fastPathSteps },
};
