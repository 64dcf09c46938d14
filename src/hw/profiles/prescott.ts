import { absentCache } from '../absent.ts';
import { sourced, type PrefetchingCacheSpec, type MachineProfile } from '../profile.ts';
import { northwood } from './northwood.ts';
import { frontEnds } from './frontends.ts';
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
