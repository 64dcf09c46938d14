import { SCSI_2004 } from './storages.ts';
import { absentCache } from '../absent.ts';
import { sourced, type PrefetchingCacheSpec, type MachineProfile } from '../profile.ts';
import { kernelSteps } from './estimates.ts';
import { frontEnds } from './frontends.ts';
import { prefetchers, prefetching } from './prefetchers.ts';
import { kernels } from './kernels.ts';
import { memoryOf } from './memories.ts';
import { overlaps } from './overlaps.ts';

const GEOMETRY = 'Hennessy and Patterson, 4th edition, figure of the Opteron memory hierarchy';
const AMD = 'AMD Athlon 64 optimization guide, recalled';
const DURON = 'Leber, linux-kernel 2002, Duron: call by SYSENTER-like entry 151 to 166 cycles, by INT 0x80 279';
const GIGABIT = 'gigabit Ethernet of 2004';

const l2: PrefetchingCacheSpec = {
  sizeBytes: 1048576,
  ways: 16,
  source: `${GEOMETRY}; in truth it is exclusive of the first level`,
  latency: sourced(12, [11, 16], 'recalled', AMD),
  prefetch: prefetchers.k8,
};

/** The other server of the proposal's year: 64-bit, SYSCALL, memory controller on the chip. */
export const opteronK8: MachineProfile = {
  name: 'opteron-k8',
  doc: 'Opteron (K8) of 2004 at 2.2 GHz, two processors, under a 64-bit kernel 2.6',
  clockHz: sourced(2.2e9, [1.6e9, 2.6e9], 'recalled', 'Opteron 248'),
  maxCores: 2,
  frontEnd: frontEnds.k8,
  userCpi: sourced(0.7, [0.45, 1.2], 'assumed', 'JIT-compiled code that hits in the first level, 3-wide core'),
  kernelCpi: sourced(0.75, [0.5, 1.6], 'assumed', 'more branches and serialising accesses than user code'),
  l1i: { sizeBytes: 65536, ways: 2, source: GEOMETRY, latency: sourced(3, [3, 3], 'recalled', AMD) },
  l1d: { sizeBytes: 65536, ways: 2, source: GEOMETRY, latency: sourced(3, [3, 3], 'recalled', AMD) },
  l2,
  llc: absentCache(l2),
  itlb: { entries: 32, ways: 32, source: AMD, hit: sourced(0, [0, 0], 'recalled', AMD) },
  dtlb: { entries: 32, ways: 32, source: AMD, hit: sourced(0, [0, 0], 'recalled', AMD) },
  largeTlb: { entries: 8, ways: 8, source: AMD, hit: sourced(0, [0, 0], 'recalled', AMD) },
  stlb: { entries: 512, ways: 4, source: AMD, hit: sourced(5, [3, 8], 'assumed', 'second-level TLB') },
  walker: {
    levels: 4,
    entries: 24,
    ways: 24,
    source: 'Bhargava et al., ASPLOS 2008, recalled: page walk cache of 24 entries',
  },
  virtualised: false,
  pcid: false,
  prefetching,
  dramLatencyNs: sourced(
    55,
    [50, 95],
    'seen',
    'McCalpin 2010: 60 ns on K8 with one or two sockets, less the second level',
  ),
  dramBytesPerNs: sourced(4, [2.5, 6], 'assumed', 'two channels of DDR-400, 6.4 GB/s at 60 %'),
  dram: memoryOf('ddr400', 1, 'one controller a processor'),
  overlap: overlaps.early,
  remoteCycles: sourced(220, [150, 350], 'assumed', 'transfer between two processors over HyperTransport'),
  ipiNs: sourced(800, [400, 2000], 'assumed', 'interrupt between two processors'),
  wireNs: sourced(30000, [10000, 100000], 'assumed', `${GIGABIT}, one way`),
  linkBytesPerNs: sourced(0.125, [0.0125, 1.25], 'assumed', GIGABIT),
  moderationNs: sourced(
    60000,
    [0, 125000],
    'assumed',
    `${GIGABIT}: adapters throttled to 8000 interrupts a second or more`,
  ),
  storage: SCSI_2004,
  entry: 'syscall',
  options: [],
  features: [],
  kernelWork: kernels.linux2005,
  cost: {
    ...kernelSteps,
    pickNext: sourced(60, [30, 500], 'assumed', 'O(1) scheduler'),
    threadSwitch: sourced(
      180,
      [100, 1500],
      'assumed',
      'stacks, FPU and thread areas; a yield of Linux 906 cycles in all (Singularity, OSR 2007)',
    ),
    syscallInstr: sourced(45, [27, 63], 'assumed', `below Zen's 63 (Behrens et al. 2022, recalled); ${DURON}`),
    sysretInstr: sourced(45, [27, 60], 'assumed', `below Zen's 53 (Behrens et al. 2022, recalled); ${DURON}`),
    swapgs: sourced(8, [4, 20], 'assumed', 'one exchange of model-specific registers'),
    eventEntry: sourced(120, [80, 250], 'second-hand', `${DURON}: a gate pair costs about 120 more; split assumed`),
    eventEntrySame: sourced(80, [50, 150], 'assumed', 'without the change of stack and level'),
    iret: sourced(90, [60, 200], 'second-hand', `${DURON}: a gate pair costs about 120 more; split assumed`),
    iretSame: sourced(60, [40, 120], 'assumed', 'without the change of level'),
    int80Instr: sourced(120, [80, 250], 'second-hand', `${DURON}: a gate pair costs about 120 more; split assumed`),
    int80Same: sourced(80, [50, 150], 'assumed', 'without the change of stack and level'),
    int80Iret: sourced(90, [60, 200], 'second-hand', `${DURON}: a gate pair costs about 120 more; split assumed`),
    saveRegisters: sourced(20, [12, 40], 'second-hand', DURON),
    restoreRegisters: sourced(15, [10, 30], 'second-hand', DURON),
    entryWork: sourced(8, [2, 30], 'second-hand', DURON),
    exitWork: sourced(12, [5, 30], 'second-hand', DURON),
    dispatch: sourced(8, [5, 20], 'second-hand', DURON),
    cr3Flush: sourced(150, [60, 500], 'assumed', 'CR3 write; later processors 96 to 251 (linux-mm 2015)'),
    ipiSend: sourced(250, [100, 600], 'assumed', 'write of the memory-mapped APIC'),
    idleExit: sourced(800, [200, 4000], 'assumed', 'exit from HLT'),
  },
};

const OSR = 'Singularity, OSR 2007 and EuroSys 2006, on an Athlon 64 at 1.8 GHz: a call of Linux 437 and 324 cycles';
const { syscallInstr: _syscall, sysretInstr: _sysret, swapgs: _swapgs, ...shared } = opteronK8.cost;

/** The desktop machine of the same core under a 32-bit kernel for one processor. */
export const athlon64: MachineProfile = {
  ...opteronK8,
  name: 'athlon64',
  doc: 'Athlon 64 3000+ (K8) at 1.8 GHz under a 32-bit kernel 2.6.11 for one processor, entered by INT 0x80',
  clockHz: sourced(1.8e9, [1.8e9, 2.2e9], 'seen', OSR),
  maxCores: 1,
  entry: 'int80',
  walker: { ...opteronK8.walker, levels: 2 },
  kernelWork: kernels.uniprocessor,
  fitted: ['null-call', 'yield-switch', 'null-call @singularity', 'yield-switch @singularity', 'exec @singularity'],
  cost: {
    ...shared,
    int80Instr: sourced(155, [80, 200], 'second-hand', `${OSR}; between the two, split assumed`),
    int80Same: sourced(100, [50, 200], 'assumed', 'without the change of stack and level'),
    int80Iret: sourced(150, [80, 200], 'second-hand', `${OSR}; between the two, split assumed`),
    callGate: sourced(65, [30, 110], 'second-hand', 'Singularity, OSR 2007: 80 cycles a call in all'),
  },
};
