import { sourced, type MachineProfile } from '../profile.ts';
import { eventSteps, intelPaging, kernelSteps, mitigationSteps, surroundings, SLICES } from './estimates.ts';
import { frontEnds } from './frontends.ts';
import { prefetchers, prefetching } from './prefetchers.ts';
import { memoryOf } from './memories.ts';
import { overlaps } from './overlaps.ts';
import { siblings } from './siblings.ts';

const INTEL = 'Intel optimization manual, Golden Cove cache and TLB parameters, recalled';
const ICE_LAKE = 'Behrens et al., EuroSys 2022, Ice Lake server, recalled; no table of this processor was found';
const IDT = '0.4 to 0.8 of delivery through the interrupt descriptor table; no public number was found';

const steps = {
  ...kernelSteps,
  ...mitigationSteps,
  userAccess: sourced(25, [10, 40], 'assumed', 'STAC and CLAC, 10 to 40 a copy'),
  sspSwitch: sourced(40, [20, 60], 'assumed', 'switch of the shadow-stack pointer with its token'),
  cr3Write: sourced(
    180,
    [90, 206],
    'assumed',
    'as Skylake and Broadwell (Behrens et al. 2022: 191, 206); not needed here',
  ),
  rsbFill: sourced(69, [40, 130], 'recalled', ICE_LAKE),
  ibpb: sourced(840, [340, 2500], 'recalled', ICE_LAKE),
} as const satisfies MachineProfile['cost'];

/** A server of 2023 whose processor guards itself: no KPTI, no retpolines, branch history kept apart by the hardware. */
export const sapphireRapids: MachineProfile = {
  ...surroundings,
  name: 'sapphire-rapids',
  doc: 'Sapphire Rapids server of 2023 (16 cores, 30 MiB last level) under a kernel of 2024',
  clockHz: sourced(3.2e9, [2.0e9, 3.8e9], 'assumed', 'all-core turbo of a Xeon Gold of the 6400 series'),
  maxCores: 16,
  frontEnd: frontEnds.goldenCove,
  smt: siblings.skylake,
  userCpi: sourced(0.4, [0.22, 0.8], 'assumed', 'JIT-compiled code that hits in the first level, 6-wide core'),
  kernelCpi: sourced(0.5, [0.3, 1], 'assumed', 'more branches and serialising accesses than user code'),
  l1i: { sizeBytes: 32768, ways: 8, source: INTEL, latency: sourced(5, [4, 5], 'recalled', INTEL) },
  l1d: {
    sizeBytes: 49152,
    ways: 12,
    source: INTEL,
    latency: sourced(5, [5, 5], 'recalled', INTEL),
    prefetch: prefetchers.intelFirst,
  },
  l2: {
    sizeBytes: 2097152,
    ways: 16,
    source: INTEL,
    latency: sourced(15, [14, 17], 'recalled', INTEL),
    replacement: 'srrip',
    prefetch: prefetchers.intelSecond,
  },
  llc: {
    sizeBytes: 31457280,
    ways: 15,
    source: `${INTEL}: 1.875 MiB a core, non-inclusive; ${SLICES}; SRRIP assumed, as QLRU on client Ice Lake`,
    latency: sourced(115, [70, 250], 'recalled', 'slower than Ice Lake-SP; chipsandcheese, a peek at Sapphire Rapids'),
    inclusion: 'nonInclusive',
    replacement: 'srrip',
    hashed: true,
  },
  itlb: { entries: 256, ways: 8, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  dtlb: { entries: 96, ways: 6, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  largeTlb: { entries: 32, ways: 8, source: INTEL, hit: sourced(0, [0, 0], 'recalled', INTEL) },
  stlb: { entries: 2048, ways: 16, source: INTEL, hit: sourced(7, [7, 9], 'recalled', INTEL) },
  ...intelPaging,
  pcid: true,
  prefetching,
  dramLatencyNs: sourced(80, [65, 110], 'assumed', 'DDR5 behind a larger mesh than Ice Lake-SP'),
  dramBytesPerNs: sourced(180, [120, 270], 'assumed', 'eight channels of DDR5-4800 at 60 to 85 %'),
  dram: memoryOf('ddr5', 16, 'eight channels a socket, each of two subchannels'),
  overlap: overlaps.goldenCove,
  remoteCycles: sourced(150, [110, 280], 'assumed', 'cache-to-cache transfer on one socket'),
  cleanCycles: sourced(
    115,
    [85, 150],
    'assumed',
    'Intel optimization manual, Sandy Bridge: 43 cycles for a clean line of another core, 60 for a modified one; in proportion',
  ),
  entry: 'syscall',
  options: ['smap', 'cet', 'invpcid'],
  features: ['rsb', 'stibp', 'ibpb'],
  cost: {
    ...steps,
    ...eventSteps,
    syscallInstr: sourced(45, [21, 70], 'recalled', ICE_LAKE),
    sysretInstr: sourced(32, [29, 43], 'recalled', ICE_LAKE),
    swapgs: sourced(15, [5, 26], 'assumed', 'not above Skylake'),
  },
};

/** The server after that: the same caches, entered by flexible return and event delivery. */
export const fredServer: MachineProfile = {
  ...sapphireRapids,
  name: 'fred',
  doc: 'A server entered by FRED (2026), otherwise as Sapphire Rapids; its transitions are assumed, sweep them',
  entry: 'fred',
  cost: {
    ...steps,
    fredSyscall: sourced(
      75,
      [40, 180],
      'assumed',
      'not slower than SYSCALL, two SWAPGS and a stack switch of Sapphire Rapids',
    ),
    fredEntry: sourced(180, [120, 240], 'assumed', IDT),
    fredEntrySame: sourced(120, [80, 160], 'assumed', IDT),
    int80Instr: sourced(180, [120, 240], 'assumed', 'as fredEntry: INT n is an event like any other'),
    int80Same: sourced(120, [80, 160], 'assumed', 'as fredEntrySame'),
    eretu: sourced(80, [40, 160], 'assumed', IDT),
    erets: sourced(90, [40, 120], 'assumed', IDT),
  },
};
