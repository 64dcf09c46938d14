import { lastCache, plainCache, prefetchingCache } from './cachefields.ts';
import {
  count,
  flag,
  isCount,
  isFields,
  isSourced,
  listOf,
  numbers,
  oneOf,
  optional,
  positive,
  sourcedNumber,
  text,
  when,
  type Check,
} from './checks.ts';
import { MAX_CORES } from './directory.ts';
import { dram } from './dramfields.ts';
import { frontEnd } from './frontendfields.ts';
import { KERNEL_WORK } from './kernelwork.ts';
import type { OverlapSpec } from './missrun.ts';
import type { MachineProfile } from './profile.ts';
import { ENTRIES, MITIGATIONS, OPTIONS, STEPS } from './steps.ts';
import { storage } from './storagefields.ts';
import { nesting, tlb, walker } from './tlbfields.ts';
import { smt, sockets } from './topologyfields.ts';

const atLeastOne: Check = (leaf, path) => [
  ...sourcedNumber(leaf, path),
  ...when(isSourced(leaf) && (leaf['value'] as number) < 1, path, 'is below 1, which is no overlap at all'),
];

const OVERLAPS: Readonly<Record<keyof OverlapSpec, Check>> = {
  l2: atLeastOne,
  llc: atLeastOne,
  remote: atLeastOne,
  dram: atLeastOne,
  fills: atLeastOne,
  lineCycles: sourcedNumber,
};

const overlapOf: Check = (value, path) =>
  isFields(value)
    ? Object.entries(OVERLAPS).flatMap(([name, check]) => check(value[name], `${path}.${name}`))
    : [{ path, message: `must hold ${Object.keys(OVERLAPS).join(', ')}` }];

const overlap: Check = (value, path) =>
  isFields(value)
    ? [...overlapOf(value['data'], `${path}.data`), ...overlapOf(value['fetch'], `${path}.fetch`)]
    : [{ path, message: 'must hold the overlap of data and of fetch' }];

const cores: Check = (value, path) => [
  ...count(value, path),
  ...when(isCount(value) && value > MAX_CORES, path, `is ${String(value)}; at most ${MAX_CORES} are modelled`),
];

/** Parts that a machine may lack. */
export const OPTIONAL_FIELDS: readonly string[] = [
  'cleanCycles',
  'prefetching',
  'sockets',
  'smt',
  'storage',
  'linkBytesPerNs',
  'rxRing',
  'fitted',
  'kernelWork',
];

const texts: Check = (value, path) =>
  Array.isArray(value) ? value.flatMap((item, index) => text(item, `${path}.${index}`)) : text(value, path);

/** The parts of a profile and how each is checked. */
export const PROFILE_FIELDS: Readonly<Record<keyof MachineProfile, Check>> = {
  name: text,
  doc: text,
  clockHz: positive,
  maxCores: cores,
  userCpi: positive,
  kernelCpi: positive,
  l1i: plainCache,
  l1d: prefetchingCache,
  l2: prefetchingCache,
  llc: lastCache,
  itlb: tlb,
  dtlb: tlb,
  largeTlb: tlb,
  stlb: tlb,
  walker,
  virtualised: nesting,
  pcid: flag,
  prefetching: optional(sourcedNumber),
  dramLatencyNs: sourcedNumber,
  dramBytesPerNs: positive,
  dram,
  overlap,
  frontEnd,
  remoteCycles: sourcedNumber,
  cleanCycles: optional(sourcedNumber),
  sockets: optional(sockets),
  smt: optional(smt),
  ipiNs: sourcedNumber,
  wireNs: sourcedNumber,
  linkBytesPerNs: optional(positive),
  moderationNs: sourcedNumber,
  rxRing: optional(positive),
  storage: optional(storage),
  entry: oneOf(Object.keys(ENTRIES)),
  options: listOf(OPTIONS),
  features: listOf(MITIGATIONS),
  fitted: optional(texts),
  kernelWork: optional(numbers(KERNEL_WORK, 'shares of classes of kernel paths', 'class of kernel paths')),
  cost: numbers(STEPS, 'the cycles of each step', 'primitive step'),
};
