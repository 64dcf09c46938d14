import { sourced, type MachineProfile } from '../profile.ts';
import { eventSteps, intelPaging, kernelSteps, mitigationSteps, surroundings, SLICES } from './estimates.ts';
import { frontEnds } from './frontends.ts';
import { prefetchers, prefetching } from './prefetchers.ts';
import { memoryOf } from './memories.ts';
import { overlaps } from './overlaps.ts';
import { siblings } from './siblings.ts';

const INTEL = 'Intel optimization manual, Ice Lake cache and TLB parameters, recalled';
const BEHRENS = 'Behrens et al., EuroSys 2022, Ice Lake server, recalled';

/** The first server that needs neither KPTI nor retpolines, but clears its branch history in software. */
export const iceLakeSp: MachineProfile = {
  ...surroundings,
  name: 'icelake-sp',
  doc: 'Ice Lake-SP server of 2021 (16 cores, 24 MiB last level) under a kernel of 2024',
  clockHz: sourced(3.2e9, [2.3e9, 3.7e9], 'assumed', 'all-core turbo of a Xeon Gold of the 6300 series'),
  maxCores: 16,
  frontEnd: frontEnds.sunnyCove,
  smt: siblings.skylake,
  userCpi: sourced(0.45, [0.27, 0.9], 'assumed', 'JIT-compiled code that hits in the first level, 5-wide core'),
  kernelCpi: sourced(0.55, [0.35, 1.1], 'assumed', 'more branches and serialising accesses than user code'),
  l1i: { sizeBytes: 32768, ways: 8, source: INTEL, latency: sourced(5, [4, 5], 'recalled', INTEL) },
  l1d: {
    sizeBytes: 49152,
    ways: 12,
    source: 'AnandTech 14664',
    latency: sourced(5, [5, 5], 'recalled', INTEL),
    prefetch: prefetchers.intelFirst,
  },
  l2: {
    sizeBytes: 1310720,
    ways: 20,
    source: INTEL,
    latency: sourced(14, [13, 15], 'recalled', INTEL),
    replacement: 'srrip',
    prefetch: prefetchers.intelSecond,
  },
  llc: {
    sizeBytes: 25165824,
    ways: 12,
    source: `${INTEL}: 1.5 MiB a core, non-inclusive; ${SLICES}; SRRIP is the nearest to the QLRU of client Ice Lake (uops.info/cache.html)`,
    latency: sourced(70, [60, 80], 'recalled', 'about 21 ns on a Xeon 8380'),
    inclusion: 'nonInclusive',
    replacement: 'srrip',
    hashed: true,
  },
  itlb: { entries: 128, ways: 8, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  dtlb: { entries: 64, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  largeTlb: { entries: 32, ways: 4, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  stlb: { entries: 2048, ways: 16, source: INTEL, hit: sourced(7, [7, 9], 'recalled', INTEL) },
  ...intelPaging,
  pcid: true,
  prefetching,
  dramLatencyNs: sourced(66, [55, 90], 'recalled', 'about 86 ns in all on a Xeon 8380'),
  dramBytesPerNs: sourced(120, [80, 180], 'assumed', 'eight channels of DDR4-3200 at 60 to 85 %'),
  dram: memoryOf('ddr4', 8, 'eight channels a socket'),
  overlap: overlaps.sunnyCove,
  remoteCycles: sourced(120, [90, 180], 'assumed', 'cache-to-cache transfer on one socket'),
  cleanCycles: sourced(
    92,
    [70, 120],
    'assumed',
    'Intel optimization manual, Sandy Bridge: 43 cycles for a clean line of another core, 60 for a modified one; in proportion',
  ),
  entry: 'syscall',
  options: ['smap', 'invpcid'],
  features: ['bhb', 'rsb', 'stibp', 'ibpb'],
  cost: {
    ...kernelSteps,
    ...eventSteps,
    ...mitigationSteps,
    syscallInstr: sourced(45, [21, 70], 'recalled', BEHRENS),
    sysretInstr: sourced(32, [29, 43], 'recalled', BEHRENS),
    swapgs: sourced(15, [5, 26], 'assumed', 'not above Skylake'),
    userAccess: sourced(25, [10, 40], 'assumed', 'STAC and CLAC, 10 to 40 a copy'),
    cr3Write: sourced(
      180,
      [90, 206],
      'assumed',
      'as Skylake and Broadwell (Behrens et al. 2022: 191, 206); not needed here',
    ),
    rsbFill: sourced(69, [40, 130], 'recalled', BEHRENS),
    ibpb: sourced(840, [340, 2500], 'recalled', BEHRENS),
  },
};
