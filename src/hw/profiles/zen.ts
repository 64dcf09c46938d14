import { sourced, type MachineProfile } from '../profile.ts';
import { eventSteps, kernelSteps, mitigationSteps, surroundings, zenWalker } from './estimates.ts';
import { frontEnds } from './frontends.ts';
import { prefetchers, prefetching } from './prefetchers.ts';
import { memoryOf } from './memories.ts';
import { overlaps } from './overlaps.ts';
import { siblings } from './siblings.ts';

const AMD = 'AMD optimization guides of families 17h and 19h, recalled';
const BEHRENS = 'Behrens et al., EuroSys 2022';
const ROME = 'AnandTech 14694, EPYC 7742';
const CHEESE = 'chipsandcheese 2022, Zen 3 V-Cache: seven to eight cycles more than Zen 2';

const steps = {
  ...kernelSteps,
  ...eventSteps,
  ...mitigationSteps,
  swapgs: sourced(8, [4, 20], 'assumed', 'as on the recorded Genoa host'),
  userAccess: sourced(
    30,
    [10, 60],
    'assumed',
    'linux-kernel 2025 (Iwashima): STAC and CLAC stand out in profiles of an EPYC 7B12',
  ),
} as const satisfies MachineProfile['cost'];

/** One core complex of an EPYC of 2019: four cores that share a last level; the other complexes are left out. */
export const zen2: MachineProfile = {
  ...surroundings,
  name: 'zen2',
  doc: 'One core complex (four cores, 16 MiB) of an EPYC Rome (Zen 2) of 2019 under a kernel of 2024',
  clockHz: sourced(3.3e9, [2.25e9, 3.4e9], 'seen', `${ROME}: 3.4 GHz turbo`),
  maxCores: 4,
  frontEnd: frontEnds.zen2,
  smt: siblings.zen,
  userCpi: sourced(0.48, [0.3, 0.9], 'assumed', 'JIT-compiled code that hits in the first level, 5-wide core'),
  kernelCpi: sourced(0.58, [0.35, 1.1], 'assumed', 'more branches and serialising accesses than user code'),
  l1i: { sizeBytes: 32768, ways: 8, source: '7-cpu.com, Zen 2', latency: sourced(4, [4, 4], 'seen', ROME) },
  l1d: {
    sizeBytes: 32768,
    ways: 8,
    source: '7-cpu.com, Zen 2',
    latency: sourced(4, [4, 4], 'seen', ROME),
    prefetch: prefetchers.zenFirst,
  },
  l2: {
    sizeBytes: 524288,
    ways: 8,
    source: '7-cpu.com, Zen 2',
    latency: sourced(13, [12, 13], 'seen', ROME),
    prefetch: prefetchers.zenSecond,
  },
  llc: {
    sizeBytes: 16777216,
    ways: 16,
    source: '7-cpu.com, Zen 2: 16 MiB a core complex, a victim cache',
    latency: sourced(39, [34, 40], 'seen', `${ROME}: 34 on average; 39 recalled`),
    inclusion: 'exclusive',
  },
  itlb: { entries: 64, ways: 64, source: '7-cpu.com, Zen 2', hit: sourced(0, [0, 0], 'recalled', AMD) },
  dtlb: { entries: 64, ways: 64, source: AMD, hit: sourced(0, [0, 0], 'recalled', AMD) },
  largeTlb: {
    entries: 64,
    ways: 64,
    source: `${AMD}: the entries of small pages`,
    hit: sourced(0, [0, 0], 'recalled', AMD),
  },
  stlb: { entries: 2048, ways: 16, source: AMD, hit: sourced(7, [6, 8], 'recalled', AMD) },
  walker: zenWalker,
  virtualised: false,
  pcid: false,
  prefetching,
  dramLatencyNs: sourced(112, [95, 125], 'seen', `${ROME}: 122 to 134 ns in all`),
  dramBytesPerNs: sourced(40, [20, 60], 'assumed', 'share of one core complex'),
  dram: memoryOf('ddr4', 2, 'of eight channels, the two that are as fast as the share of one core complex'),
  overlap: overlaps.zen,
  remoteCycles: sourced(85, [60, 120], 'assumed', 'cache-to-cache transfer in one core complex'),
  cleanCycles: sourced(
    80,
    [50, 110],
    'assumed',
    'as a modified line: the last level keeps the tags of all second levels and sends for it',
  ),
  entry: 'syscall',
  options: ['smap'],
  features: ['thunks', 'untrain', 'rsb', 'stibp', 'ibpb'],
  cost: {
    ...steps,
    syscallInstr: sourced(53, [45, 63], 'recalled', `${BEHRENS}, Zen 2`),
    sysretInstr: sourced(46, [40, 53], 'recalled', `${BEHRENS}, Zen 2`),
    cr3Flush: sourced(150, [90, 251], 'assumed', 'not needed here; as on Intel machines'),
    rsbFill: sourced(68, [40, 114], 'recalled', `${BEHRENS}, Zen 2`),
    ibpb: sourced(1100, [800, 7400], 'recalled', `${BEHRENS}, Zen 2`),
  },
};

/** The next generation: eight cores in a complex, tagged TLBs, shadow stacks. */
export const zen3: MachineProfile = {
  ...zen2,
  name: 'zen3',
  doc: 'One core complex (eight cores, 32 MiB) of an EPYC Milan (Zen 3) of 2021 under a kernel of 2024',
  clockHz: sourced(3.4e9, [2.45e9, 3.7e9], 'recalled', 'EPYC 7003 series'),
  maxCores: 8,
  frontEnd: frontEnds.zen3,
  userCpi: sourced(0.42, [0.25, 0.85], 'assumed', 'JIT-compiled code that hits in the first level, 6-wide core'),
  kernelCpi: sourced(0.52, [0.3, 1], 'assumed', 'more branches and serialising accesses than user code'),
  l2: {
    sizeBytes: 524288,
    ways: 8,
    source: AMD,
    latency: sourced(12, [12, 13], 'recalled', AMD),
    prefetch: prefetchers.zenSecond,
  },
  llc: {
    sizeBytes: 33554432,
    ways: 16,
    source: 'AnandTech 16529: 32 MiB for eight cores',
    latency: sourced(46, [42, 50], 'recalled', `${AMD}; ${CHEESE}`),
    inclusion: 'exclusive',
  },
  pcid: true,
  dramLatencyNs: sourced(105, [85, 125], 'assumed', 'as Rome, a little less'),
  options: ['smap', 'cet', 'invpcid'],
  cost: {
    ...steps,
    syscallInstr: sourced(83, [53, 90], 'recalled', `${BEHRENS}, Zen 3`),
    sysretInstr: sourced(55, [46, 60], 'recalled', `${BEHRENS}, Zen 3`),
    sspSwitch: sourced(40, [20, 60], 'assumed', 'switch of the shadow-stack pointer with its token'),
    cr3Write: sourced(150, [90, 206], 'assumed', 'not needed here; as on Intel machines'),
    rsbFill: sourced(94, [68, 114], 'recalled', `${BEHRENS}, Zen 3`),
    ibpb: sourced(800, [600, 7400], 'recalled', `${BEHRENS}, Zen 3`),
  },
};

const HOST = 'recorded Genoa host (Zen 4): an empty call takes 277 cycles; its split among steps is assumed';

/** The generation of the recorded host, on bare metal and with its whole last level. */
export const zen4: MachineProfile = {
  ...zen3,
  name: 'zen4',
  doc: 'One core complex (eight cores, 32 MiB) of an EPYC Genoa (Zen 4) of 2022 under a kernel of 2024',
  clockHz: sourced(3.6e9, [2.4e9, 3.7e9], 'recalled', 'EPYC 9004 series; 3.68 GHz on the recorded host'),
  frontEnd: frontEnds.zen4,
  userCpi: sourced(0.4, [0.25, 0.8], 'assumed', 'JIT-compiled code that hits in the first level, 6-wide core'),
  kernelCpi: sourced(0.5, [0.3, 1], 'assumed', 'more branches and serialising accesses than user code'),
  l2: {
    sizeBytes: 1048576,
    ways: 8,
    source: AMD,
    latency: sourced(14, [14, 15], 'seen', 'recorded Genoa host: 3.8 ns'),
    prefetch: prefetchers.zenSecond,
  },
  llc: {
    sizeBytes: 33554432,
    ways: 16,
    source: 'EE Times Japan 2212: 4 MiB a core, 32 MiB a core complex',
    latency: sourced(50, [46, 55], 'recalled', AMD),
    inclusion: 'exclusive',
  },
  dtlb: { entries: 72, ways: 72, source: 'recorded Genoa host: CPUID', hit: sourced(0, [0, 0], 'seen', 'CPUID') },
  largeTlb: { entries: 72, ways: 72, source: 'recorded Genoa host: CPUID', hit: sourced(0, [0, 0], 'seen', 'CPUID') },
  stlb: {
    entries: 3072,
    ways: 12,
    source: 'recorded Genoa host: CPUID',
    hit: sourced(7, [6, 8], 'seen', 'recorded Genoa host: 2.98 ns against 1.08'),
  },
  dramLatencyNs: sourced(
    100,
    [80, 130],
    'assumed',
    'DDR5 behind the input-output die; 150 ns on the recorded virtual machine',
  ),
  dramBytesPerNs: sourced(50, [30, 80], 'assumed', 'share of one core complex'),
  dram: memoryOf('ddr5', 3, 'of 24 subchannels, the three that are as fast as the share of one core complex'),
  features: ['untrain', 'rsb', 'stibp', 'ibpb'],
  cost: {
    ...zen3.cost,
    syscallInstr: sourced(58, [53, 83], 'recalled', `${BEHRENS}: Zen 2 53, Zen 3 83; ${HOST}`),
    sysretInstr: sourced(48, [46, 55], 'recalled', `${BEHRENS}: Zen 2 46, Zen 3 55; ${HOST}`),
    untrainReturn: sourced(20, [10, 100], 'assumed', `${HOST}; Safe RET`),
    directCall: sourced(5, [3, 6], 'seen', 'recorded Genoa host: direct call 1.35 ns'),
  },
};
