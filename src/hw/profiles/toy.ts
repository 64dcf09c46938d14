import { sourced, type MachineProfile, type Sourced } from '../profile.ts';
import { STEPS, type StepName } from '../steps.ts';

const SOURCE = 'round number for exact tests';
const exact = (value: number): Sourced => sourced(value, [value, value], 'assumed', SOURCE);

const alone = { l2: exact(1), llc: exact(1), remote: exact(1), dram: exact(1), fills: exact(1), lineCycles: exact(0) };

/** Every primitive step costs 10 cycles, so that a crossing costs ten times the length of its list. */
const cost = Object.fromEntries(Object.keys(STEPS).map((name) => [name, exact(10)])) as Record<StepName, Sourced>;

/** A machine of round numbers whose results can be computed by hand: 1 GHz, one cycle an instruction, no overlap. */
export const toy: MachineProfile & { readonly cost: Readonly<Record<StepName, Sourced>> } = {
  name: 'toy',
  doc: 'Round numbers for exact tests: 1 GHz, CPI 1, no overlap of misses',
  clockHz: exact(1e9),
  maxCores: 8,
  frontEnd: false,
  smt: { threadsPerCore: 2, throughput: exact(1.25), source: SOURCE },
  userCpi: exact(1),
  kernelCpi: exact(1),
  l1i: { sizeBytes: 4096, ways: 4, source: SOURCE, latency: exact(0) },
  l1d: { sizeBytes: 4096, ways: 4, source: SOURCE, latency: exact(0) },
  l2: { sizeBytes: 32768, ways: 8, source: SOURCE, latency: exact(10) },
  llc: { sizeBytes: 1048576, ways: 16, source: SOURCE, latency: exact(40), inclusion: 'inclusive' },
  itlb: { entries: 16, ways: 4, source: SOURCE, hit: exact(0) },
  dtlb: { entries: 16, ways: 4, source: SOURCE, hit: exact(0) },
  largeTlb: { entries: 8, ways: 4, source: SOURCE, hit: exact(0) },
  stlb: { entries: 128, ways: 4, source: SOURCE, hit: exact(5) },
  walker: { levels: 2, entries: 32, ways: 4, source: SOURCE },
  virtualised: false,
  pcid: true,
  dramLatencyNs: exact(100),
  dramBytesPerNs: exact(64),
  dram: {
    channels: 1,
    banks: 16,
    rowBytes: 4096,
    mapping: 'lineInterleaved',
    pages: 'closed',
    casNs: exact(10),
    rcdNs: exact(10),
    rpNs: exact(10),
    idleNs: exact(0),
    source: SOURCE,
  },
  overlap: { data: alone, fetch: alone },
  remoteCycles: exact(50),
  ipiNs: exact(1000),
  wireNs: exact(1000),
  moderationNs: exact(0),
  storage: {
    readNs: exact(10_000),
    writeNs: exact(5000),
    flushNs: exact(1000),
    bytesPerNs: exact(4.096),
    channels: exact(2),
    queueDepth: exact(4),
    coalescedCompletions: exact(1),
    coalescingNs: exact(0),
  },
  entry: 'syscall',
  options: [],
  features: ['kpti'],
  cost,
};
