import { LINE_BYTES } from '../sim/units.ts';
import {
  count,
  flag,
  isCount,
  isFields,
  isSourced,
  isText,
  listOf,
  numbers,
  oneOf,
  optional,
  sourcedNumber,
  text,
  when,
} from './checks.ts';
import type { Check, Fields, ProfileProblem } from './checks.ts';
import { dram } from './dramfields.ts';
import { INCLUSIONS } from './inclusion.ts';
import { KERNEL_WORK } from './kernelwork.ts';
import type { MachineProfile } from './profile.ts';
import type { OverlapSpec } from './missrun.ts';
import { prefetch } from './prefetchfields.ts';
import { MAX_TREE_WAYS, REPLACEMENTS } from './replacement.ts';
import { positive, storage } from './storagefields.ts';
import { sockets, smt } from './topologyfields.ts';
import { ENTRIES, MITIGATIONS, OPTIONS, STEPS } from './steps.ts';

/** Sets of a store of `entries` in `ways`. */
function checkSets(path: string, entries: number, ways: unknown): ProfileProblem[] {
  if (!isCount(ways)) return when(true, `${path}.ways`, `is ${String(ways)}; it must be a whole number above 0`);
  const sets = entries / ways;
  if (!Number.isInteger(sets))
    return [{ path, message: `has ${entries} entries in ${ways} ways; the ways must divide the entries` }];
  const isPower = sets > 0 && (sets & (sets - 1)) === 0;
  return when(
    !isPower,
    path,
    `has ${entries} entries in ${ways} ways, that is ${sets} sets; sets must be a power of two`,
  );
}

const cache: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must be a cache with sizeBytes, ways, source and latency' }];
  const { sizeBytes, ways, source, latency } = value;
  const isWhole = isCount(sizeBytes) && sizeBytes % LINE_BYTES === 0;
  return [
    ...when(!isText(source), path, 'has no source of its geometry'),
    ...(isWhole
      ? checkSets(path, sizeBytes / LINE_BYTES, ways)
      : [
          {
            path: `${path}.sizeBytes`,
            message: `is ${String(sizeBytes)}; it must be whole lines of ${LINE_BYTES} bytes`,
          },
          ...count(ways, `${path}.ways`),
        ]),
    ...sourcedNumber(latency, `${path}.latency`),
    ...checkBehaviour(value, path),
  ];
};

/** What a cache does beside holding lines; all of it may be absent. */
function checkBehaviour({ replacement, hashed, ways }: Fields, path: string): ProfileProblem[] {
  const isTree = replacement === 'treePlru' && isCount(ways);
  const fits = isTree && (ways & (ways - 1)) === 0 && ways <= MAX_TREE_WAYS;
  return [
    ...optional(oneOf(REPLACEMENTS))(replacement, `${path}.replacement`),
    ...optional(flag)(hashed, `${path}.hashed`),
    ...when(
      isTree && !fits,
      `${path}.ways`,
      `is ${String(ways)}; a tree of bits needs a power of two up to ${MAX_TREE_WAYS}`,
    ),
  ];
}

/** Caches beside which prefetchers sit. */
const prefetchingCache: Check = (value, path) => [
  ...cache(value, path),
  ...(isFields(value) ? optional(prefetch)(value['prefetch'], `${path}.prefetch`) : []),
];
const plainCache: Check = (value, path) => [
  ...cache(value, path),
  ...when(
    isFields(value) && value['prefetch'] !== undefined,
    `${path}.prefetch`,
    'is not modelled here; l1d and l2 may prefetch',
  ),
];

const lastCache: Check = (value, path) => [
  ...plainCache(value, path),
  ...(isFields(value) ? oneOf(Object.keys(INCLUSIONS))(value['inclusion'], `${path}.inclusion`) : []),
];

const tlb: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must be a TLB with entries, ways, source and hit' }];
  const { entries, ways, source, hit } = value;
  return [
    ...when(!isText(source), path, 'has no source of its geometry'),
    ...(Number.isInteger(entries) ? checkSets(path, entries as number, ways) : count(entries, `${path}.entries`)),
    ...sourcedNumber(hit, `${path}.hit`),
  ];
};

const walkCache = ({ source, entries, ways }: Fields, path: string): ProfileProblem[] => [
  ...when(!isText(source), path, 'has no source of its geometry'),
  ...(Number.isInteger(entries) ? checkSets(path, entries as number, ways) : count(entries, `${path}.entries`)),
];

const nestedTlb: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must be a nested TLB with entries, ways and source' }];
  return [...walkCache(value, path), ...optional(sourcedNumber)(value['hit'], `${path}.hit`)];
};

const walker: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must be a page walker with levels, entries, ways and source' }];
  const { levels } = value;
  const isWalk = isCount(levels) && levels >= 2 && levels <= 4;
  return [
    ...when(!isWalk, `${path}.levels`, `is ${String(levels)}; it must be 2, 3 or 4`),
    ...walkCache(value, path),
    ...optional(nestedTlb)(value['nested'], `${path}.nested`),
  ];
};

const nesting: Check = (value, path) => {
  if (value === false) return [];
  if (!isFields(value))
    return [{ path, message: 'must be false, or nested paging with hostPages, entries, ways and source' }];
  return [...oneOf(['small', 'large'])(value['hostPages'], `${path}.hostPages`), ...nestedTlb(value, path)];
};

const codeStore =
  (number: string): Check =>
  (value, path) => {
    if (!isFields(value)) return [{ path, message: `must be a store of code with lines, ways, source and ${number}` }];
    const { source, lines, ways } = value;
    return [
      ...when(!isText(source), path, 'has no source of its geometry'),
      ...(Number.isInteger(lines) ? checkSets(path, lines as number, ways) : count(lines, `${path}.lines`)),
      ...sourcedNumber(value[number], `${path}.${number}`),
    ];
  };

const frontEnd: Check = (value, path) => {
  if (value === false) return [];
  if (!isFields(value))
    return [{ path, message: 'must be false, or a front end with branches, uops and returnCycles' }];
  const { branches, uops, returnCycles } = value;
  return [
    ...codeStore('missedCycles')(branches, `${path}.branches`),
    ...(uops === false ? [] : codeStore('decodeWidth')(uops, `${path}.uops`)),
    ...sourcedNumber(returnCycles, `${path}.returnCycles`),
  ];
};

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
  clockHz: sourcedNumber,
  maxCores: count,
  userCpi: sourcedNumber,
  kernelCpi: sourcedNumber,
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
  dramBytesPerNs: sourcedNumber,
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
