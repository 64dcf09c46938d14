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

const INTEL = 'Intel optimization manual, Haswell cache and TLB parameters, recalled';
const SISOFT = 'SiSoft, Skylake-X review, column Haswell-E';
const BROADWELL = 'Behrens et al., EuroSys 2022, Broadwell, recalled';
const ANANDTECH = 'AnandTech 11544, Xeon E5-2699 v4 (Broadwell)';

/** The server on which LEBench was measured, as kernels of its time drove it. */
export const haswell: MachineProfile = {
  ...surroundings,
  name: 'haswell',
  doc: 'Xeon E5-2630 v3 (Haswell-EP, eight cores) of 2014 under a kernel of its time, without mitigations',
  clockHz: sourced(2.4e9, [2.4e9, 3.2e9], 'seen', 'LEBench, SOSP 2019: E5-2630 v3 at 2.4 GHz'),
  maxCores: 8,
  frontEnd: frontEnds.haswell,
  smt: siblings.nehalem,
  userCpi: sourced(0.5, [0.3, 1], 'assumed', 'JIT-compiled code that hits in the first level, 4-wide core'),
  kernelCpi: sourced(0.6, [0.4, 1.2], 'assumed', 'more branches and serialising accesses than user code'),
  l1i: { sizeBytes: 32768, ways: 8, source: INTEL, latency: sourced(4, [4, 4], 'recalled', INTEL) },
  l1d: {
    sizeBytes: 32768,
    ways: 8,
    source: INTEL,
    latency: sourced(4, [4, 5], 'recalled', INTEL),
    prefetch: prefetchers.intelFirst,
  },
  l2: {
    sizeBytes: 262144,
    ways: 8,
    source: INTEL,
    latency: sourced(12, [11, 15], 'seen', `${ANANDTECH}: 12 to 15`),
    prefetch: prefetchers.intelSecond,
  },
  llc: {
    sizeBytes: 20971520,
    ways: 20,
    source: `${INTEL}: 2.5 MiB a core, inclusive; ${SLICES}; SRRIP is the nearest to the QLRU of Haswell (nanoBench, recalled)`,
    latency: sourced(45, [34, 55], 'second-hand', `${ANANDTECH}: 38 to 51`),
    inclusion: 'inclusive',
    replacement: 'srrip',
    hashed: true,
  },
  itlb: { entries: 128, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  dtlb: { entries: 64, ways: 4, source: SISOFT, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  largeTlb: { entries: 32, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  stlb: { entries: 1024, ways: 8, source: SISOFT, hit: sourced(8, [7, 9], 'recalled', INTEL) },
  ...intelPaging,
  pcid: true,
  prefetching,
  dramLatencyNs: sourced(75, [60, 95], 'second-hand', `${ANANDTECH}: 95 ns in all`),
  dramBytesPerNs: sourced(38, [25, 55], 'assumed', 'four channels of DDR4-1866 at 65 %'),
  dram: memoryOf('ddr4', 4, 'four channels a socket'),
  overlap: overlaps.nehalem,
  remoteCycles: sourced(90, [70, 130], 'assumed', 'cache-to-cache transfer on one socket'),
  cleanCycles: sourced(
    68,
    [50, 90],
    'assumed',
    'Intel optimization manual, Sandy Bridge: 43 cycles for a clean line of another core, 60 for a modified one; in proportion',
  ),
  entry: 'syscall',
  options: ['invpcid'],
  features: [],
  fitted: ['lebench-poll ratio'],
  kernelWork: kernels.linux2017,
  cost: {
    ...kernelSteps,
    ...fastPathSteps,
    ...eventSteps,
    ...mitigationSteps,
    invlpg: sourced(216, [200, 260], 'seen', 'linux-mm 2015: 216 cycles on a Haswell Xeon'),
    cr3Reload: sourced(124, [96, 251], 'seen', 'linux-mm 2015: 124 cycles on a Haswell Xeon'),
    globalFlush: sourced(960, [746, 1795], 'seen', 'linux-mm 2015: 960 cycles on a Haswell Xeon'),
    syscallInstr: sourced(49, [40, 82], 'recalled', BROADWELL),
    sysretInstr: sourced(40, [40, 75], 'recalled', BROADWELL),
    swapgs: sourced(20, [5, 26], 'assumed', 'as Skylake'),
    eventEntry: sourced(
      300,
      [250, 440],
      'second-hand',
      'published page-fault crossing of a Xeon E5 v3: 440 in with its software',
    ),
    iret: sourced(
      200,
      [150, 270],
      'second-hand',
      'published page-fault crossing of a Xeon E5 v3: 270 out with its software',
    ),
    cr3Write: sourced(
      206,
      [96, 251],
      'recalled',
      `${BROADWELL} 206; linux-mm 2015: Haswell Xeon 124 for the write alone; FreeBSD D13985, Haswell: 139 ns for two with their work`,
    ),
    retpoline: sourced(
      36,
      [28, 50],
      'second-hand',
      `LEBench, SOSP 2019: poll of ten descriptors 2.60 times that of 4.13 on 4.15, 1.52 on 4.14, on this machine; ${BROADWELL} 28`,
    ),
    rsbFill: sourced(130, [40, 130], 'recalled', BROADWELL),
  },
};

/** The same machine under the first kernel with KPTI and retpolines. */
export const haswell2018: MachineProfile = {
  ...haswell,
  name: 'haswell-2018',
  doc: 'Xeon E5-2630 v3 (Haswell-EP, eight cores) under kernel 4.15 with KPTI and retpolines',
  features: ['kpti', 'thunks', 'rsb'],
  fitted: [],
};
