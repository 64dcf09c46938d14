import { SCSI_2004 } from './storages.ts';
import { absentCache, absentTlb } from '../absent.ts';
import { sourced, type PrefetchingCacheSpec, type MachineProfile } from '../profile.ts';
import { optionalSteps, proposalSteps } from './estimates.ts';
import { frontEnds } from './frontends.ts';
import { prefetchers, prefetching } from './prefetchers.ts';
import { kernels } from './kernels.ts';
import { memoryOf } from './memories.ts';
import { overlaps } from './overlaps.ts';
import { siblings } from './siblings.ts';

const INTEL = 'Intel IA-32 optimization manual, table 1-1 (Pentium 4 and Xeon caches)';
const LMBENCH = 'lmbench on a 2.765 GHz i686, linux-kernel 2005 (Thouvenin)';
const KML =
  'Kernel Mode Linux, Linux Journal 2003: direct calls save 418 cycles of each system call; the split is assumed';
const TORVALDS = 'Torvalds, linux-kernel 2002: INT 0x80 and IRET cost 1135 cycles more than SYSENTER and SYSEXIT';
const HAYWARD =
  'Hayward, linux-kernel 2002: 167229 loops of two pipes a second on one Pentium 4 at 2 GHz, 12000 cycles with four calls by INT 0x80 and two switches';
const GIGABIT = 'gigabit Ethernet of 2004';

const l2: PrefetchingCacheSpec = {
  sizeBytes: 524288,
  ways: 8,
  source: INTEL,
  latency: sourced(18, [7, 19], 'seen', `${LMBENCH}: 6.6 ns; ${INTEL} gives 7 at best`),
  prefetch: prefetchers.netburst,
};

/** Steps of a 32-bit kernel 2.6 on this processor; interrupt gates share the microcode of INT 0x80. */
const cost = {
  ...proposalSteps,
  ...optionalSteps,
  sysenterInstr: sourced(140, [70, 200], 'second-hand', KML),
  sysexitInstr: sourced(110, [50, 160], 'second-hand', KML),
  int80Instr: sourced(768, [500, 900], 'second-hand', `${TORVALDS}; split assumed`),
  int80Same: sourced(400, [200, 750], 'assumed', `${TORVALDS}; without the change of stack and level`),
  int80Iret: sourced(657, [400, 800], 'second-hand', `${TORVALDS}; split assumed`),
  eventEntry: sourced(750, [500, 900], 'second-hand', `as INT 0x80. ${TORVALDS}`),
  eventEntrySame: sourced(400, [200, 750], 'assumed', 'as INT 0x80 without the change of stack and level'),
  iret: sourced(645, [400, 800], 'second-hand', `as from INT 0x80. ${TORVALDS}`),
  iretSame: sourced(350, [150, 645], 'assumed', 'as IRET without the change of stack and level'),
  doubleFault: sourced(2500, [1000, 6000], 'assumed', 'a task gate: two hardware switches of tasks beside the fault'),
  saveRegisters: sourced(50, [25, 90], 'second-hand', `${KML}; pushes and two segment loads`),
  restoreRegisters: sourced(42, [20, 80], 'second-hand', `${KML}; pops and two segment loads`),
  stackSwitch: sourced(8, [4, 15], 'assumed', 'load of the stack pointer from the TSS'),
  entryWork: sourced(25, [10, 60], 'second-hand', `${KML}; STI among it`),
  exitWork: sourced(45, [20, 80], 'second-hand', `${KML}; CLI among it`),
  dispatch: sourced(10, [5, 20], 'second-hand', KML),
  directCall: sourced(5, [3, 12], 'second-hand', 'Kernel Mode Linux, Linux Journal 2003: getpid in 12 cycles in all'),
  cr3Flush: sourced(
    3000,
    [500, 4000],
    'second-hand',
    'Molnar, linux-kernel 2003: 4G/4G tables add 3 us to a call of 1 us, about 7000 cycles for two writes with their refills',
  ),
  accessHandler: sourced(
    1750,
    [1000, 2500],
    'second-hand',
    `${LMBENCH}: protection fault 0.806 us, less the exception and its return; with the signal chosen and queued`,
  ),
  pageFault: sourced(
    3500,
    [2500, 5500],
    'second-hand',
    `${LMBENCH}: page fault 2.2 us, less the exception and its return`,
  ),
  pickNext: sourced(200, [100, 800], 'assumed', 'O(1) scheduler'),
  threadSwitch: sourced(800, [500, 3000], 'assumed', `stacks, FPU, thread areas. ${HAYWARD}`),
  spaceSwitch: sourced(1500, [500, 5000], 'assumed', `a CR3 write that drops TLBs and trace cache. ${HAYWARD}`),
  lstarWrite: sourced(250, [100, 400], 'assumed', 'WRMSR of SYSENTER_EIP'),
  ipiSend: sourced(300, [100, 600], 'assumed', 'write of the memory-mapped APIC'),
  idleExit: sourced(1000, [200, 4000], 'assumed', 'exit from HLT'),
} as const satisfies MachineProfile['cost'];

/** The machine of the proposal's year: a Pentium 4 whose kernel is entered by SYSENTER. */
export const northwood: MachineProfile = {
  name: 'northwood',
  doc: 'Pentium 4 Northwood at 2.8 GHz (two processors on one bus) under a 32-bit kernel 2.6 with SYSENTER',
  clockHz: sourced(2.8e9, [2.0e9, 3.4e9], 'seen', `${LMBENCH}: 2.765 GHz`),
  maxCores: 2,
  frontEnd: frontEnds.northwood,
  smt: siblings.netburst,
  userCpi: sourced(1, [0.6, 1.6], 'assumed', 'code that hits in the trace cache, 3-wide core with a long pipeline'),
  kernelCpi: sourced(
    1.5,
    [0.8, 2],
    'assumed',
    'more branches and serialising accesses than user code; a locked instruction takes 100 cycles',
  ),
  l1i: {
    sizeBytes: 16384,
    ways: 8,
    source: `${INTEL}: trace cache of 12 K micro-operations, taken as 16 KiB of code`,
    latency: sourced(2, [1, 6], 'assumed', 'trace cache'),
  },
  l1d: { sizeBytes: 8192, ways: 4, source: INTEL, latency: sourced(2, [2, 2], 'seen', `${INTEL}; ${LMBENCH}: 0.7 ns`) },
  l2,
  llc: absentCache(l2),
  itlb: { entries: 64, ways: 64, source: 'CPUID descriptor 50h, recalled', hit: sourced(0, [0, 0], 'recalled', INTEL) },
  dtlb: {
    entries: 64,
    ways: 64,
    source: `${LMBENCH}: 63 to 69 TLB pages; fully associative, recalled`,
    hit: sourced(0, [0, 0], 'recalled', INTEL),
  },
  largeTlb: {
    entries: 64,
    ways: 64,
    source: 'CPUID descriptor 5Bh, recalled; the processor shares these entries with small pages',
    hit: sourced(0, [0, 0], 'recalled', INTEL),
  },
  stlb: absentTlb,
  walker: {
    levels: 2,
    entries: 1,
    ways: 1,
    source:
      'with PAE the third level stands in registers; no paging-structure cache is documented: the directory entry used last',
  },
  virtualised: false,
  pcid: false,
  prefetching,
  dramLatencyNs: sourced(134, [110, 145], 'seen', `${LMBENCH}: 141 ns, less the second level`),
  dramBytesPerNs: sourced(4, [2.5, 6], 'assumed', 'front-side bus of 6.4 GB/s at 60 %'),
  dram: memoryOf('ddr400', 1, 'the front-side bus is as fast as both channels'),
  overlap: overlaps.northwood,
  remoteCycles: sourced(350, [250, 500], 'assumed', 'transfer between two processors over the front-side bus'),
  ipiNs: sourced(800, [400, 2000], 'assumed', 'interrupt between two processors over the front-side bus'),
  wireNs: sourced(30000, [10000, 100000], 'assumed', `${GIGABIT}, one way`),
  linkBytesPerNs: sourced(0.125, [0.0125, 1.25], 'assumed', GIGABIT),
  moderationNs: sourced(
    60000,
    [0, 125000],
    'assumed',
    `${GIGABIT}: adapters throttled to 8000 interrupts a second or more`,
  ),
  storage: SCSI_2004,
  entry: 'sysenter',
  options: [],
  features: [],
  kernelWork: kernels.linux2005,
  fitted: [
    'null-call saving @kernelmode',
    'null-call @kernelmode',
    'fork',
    'exec',
    'signal',
    'tcp',
    'stat',
    'null-io',
    'select 100',
    'signal-install',
    'protection-fault',
    'page-fault',
    'gettimeofday @kernelmode',
    'switch 2 0',
    'unix',
    'shell',
  ],
  cost,
};

/** The same processor under a kernel or a C library that knows nothing but INT 0x80. */
export const northwoodInt80: MachineProfile = {
  ...northwood,
  name: 'northwood-int80',
  doc: 'Pentium 4 Northwood at 2.8 GHz whose system calls enter by INT 0x80, as before kernel 2.6',
  entry: 'int80',
  kernelWork: kernels.linux2003,
  fitted: ['null-call saving', 'gettimeofday saving', 'fork', 'pipe'],
};

/** The same processor under a kernel 2.4 for one processor. */
export const northwood24: MachineProfile = {
  ...northwoodInt80,
  name: 'northwood-2.4',
  doc: 'Pentium 4 Northwood at 2.8 GHz, one processor, under a kernel 2.4 built for one: INT 0x80, no locks',
  maxCores: 1,
  kernelWork: kernels.uniprocessor,
  fitted: ['pipe'],
};

const FLAGS = 'Torvalds, linux-kernel 2002: the first SYSENTER path saved and restored the flags; split assumed';

/** The same processor under kernel 2.5.52, the first that was entered by SYSENTER. */
export const northwood2552: MachineProfile = {
  ...northwood,
  name: 'northwood-2.5.52',
  doc: 'Pentium 4 Northwood at 2.8 GHz under the first kernel with SYSENTER, which saved and restored the flags',
  kernelWork: kernels.linux2003,
  fitted: [],
  cost: {
    ...cost,
    saveRegisters: sourced(70, [35, 120], 'assumed', `as of northwood, with PUSHF. ${FLAGS}`),
    restoreRegisters: sourced(142, [80, 240], 'assumed', `as of northwood, with POPF, about 100 cycles. ${FLAGS}`),
  },
};
