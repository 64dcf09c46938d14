import { absentCache } from '../absent.ts';
import { sourced, type PrefetchingCacheSpec, type MachineProfile } from '../profile.ts';
import { northwood } from './northwood.ts';
import { siblings } from './siblings.ts';
import { overlaps } from './overlaps.ts';
import { frontEnds } from './frontends.ts';
import { kernels } from './kernels.ts';
import { prefetchers } from './prefetchers.ts';

const INTEL = 'Intel IA-32 optimization manual, table 1-1 (Pentium 4 and Xeon caches)';

const l2: PrefetchingCacheSpec = {
  sizeBytes: 1048576,
  ways: 8,
  source: INTEL,
  latency: sourced(26, [18, 28], 'seen', `hardwareanalysis 1686: 8 ns at 3.2 GHz; ${INTEL} gives 18 at best`),
  prefetch: prefetchers.netburst,
};

/** The Pentium 4 of 2004. No system-call figure of its own was found: its steps are those of Northwood, in cycles. */
export const prescott: MachineProfile = {
  ...northwood,
  name: 'prescott',
  doc: 'Pentium 4 Prescott at 3.2 GHz under a 32-bit kernel 2.6 with SYSENTER; steps taken from Northwood',
  frontEnd: frontEnds.prescott,
  smt: siblings.prescott,
  overlap: overlaps.prescott,
  fitted: [],
  clockHz: sourced(3.2e9, [2.4e9, 3.8e9], 'recalled', 'launched in 2004 at 2.8 to 3.4 GHz'),
  l1d: {
    sizeBytes: 16384,
    ways: 8,
    source: INTEL,
    latency: sourced(4, [3, 4], 'seen', `${INTEL}; AnandTech 1230: 4`),
  },
  l2,
  llc: absentCache(l2),
  itlb: {
    entries: 128,
    ways: 4,
    source: 'CPUID descriptor 51h, recalled; ways assumed',
    hit: sourced(0, [0, 0], 'recalled', INTEL),
  },
  dramLatencyNs: sourced(125, [90, 145], 'assumed', 'as Northwood, on a bus of 800 MHz'),
};

const SINGH = 'lmbench on a 64-bit Xeon of Prescott class at 3.6 GHz, linux-mm 2007 (Singh, 2.6.22)';
const l2Of2005: PrefetchingCacheSpec = {
  ...l2,
  sizeBytes: 2097152,
  source: 'Irwindale, the server processor of this core at 3.6 GHz from 2005 on, recalled',
};
const { sysenterInstr: _sysenter, sysexitInstr: _sysexit, ...shared } = northwood.cost;

/** The same core in a server with a 64-bit kernel. */
export const prescott64: MachineProfile = {
  ...prescott,
  name: 'prescott-64',
  doc: 'Xeon of Prescott class at 3.6 GHz under a 64-bit kernel 2.6.22 with SYSCALL',
  clockHz: sourced(3.6e9, [2.8e9, 3.8e9], 'seen', `${SINGH}: 3.597 GHz`),
  l2: l2Of2005,
  llc: absentCache(l2Of2005),
  walker: { ...prescott.walker, levels: 4, source: '64-bit tables; no paging-structure cache is documented' },
  entry: 'syscall',
  kernelWork: kernels.linux2007,
  fitted: ['null-call', 'null-io', 'stat', 'open-close', 'select 100', 'fork', 'switch 2 0'],
  cost: {
    ...shared,
    syscallInstr: sourced(190, [100, 300], 'second-hand', `${SINGH}: null call 0.18 us; split assumed`),
    sysretInstr: sourced(187, [100, 300], 'second-hand', `${SINGH}: null call 0.18 us; split assumed`),
    swapgs: sourced(40, [10, 80], 'second-hand', `${SINGH}: null call 0.18 us; split assumed`),
    threadSwitch: sourced(
      3500,
      [1000, 5000],
      'second-hand',
      `${SINGH}: a switch 6.8 to 7.6 us; writes of FS and GS bases among it`,
    ),
    spaceSwitch: sourced(4000, [1000, 6000], 'second-hand', `${SINGH}: a switch 6.8 to 7.6 us; split assumed`),
  },
};
