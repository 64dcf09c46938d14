import { LINE_BYTES } from '../sim/units.ts';
import { INCLUSIONS } from './inclusion.ts';
import { HOMING_NAMES } from './memorynodes.ts';
import { STRUCTURES } from './frontend.ts';
import type { MachineProfile } from './profile.ts';
import { MAX_TREE_WAYS, REPLACEMENTS } from './replacement.ts';
import { ENTRIES, MITIGATIONS, OPTIONS, STEPS } from './steps.ts';

/** One thing wrong with a profile, by dotted path. */
export interface ProfileProblem {
  readonly path: string;
  readonly message: string;
}

/** What a file may hold where a record is expected. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with the value at a path. */
type Check = (value: unknown, path: string) => readonly ProfileProblem[];

const CONFIDENCES = ['seen', 'second-hand', 'recalled', 'assumed'];

/** Whether a value has named parts. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value was meant to be a sourced number. */
export function isSourced(value: unknown): value is Fields {
  return isFields(value) && ('value' in value || 'range' in value || 'confidence' in value);
}

const when = (isWrong: boolean, path: string, message: string): ProfileProblem[] =>
  isWrong ? [{ path, message }] : [];
const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;

const text: Check = (value, path) => when(!isText(value), path, 'must be a text');
const count: Check = (value, path) =>
  when(!isCount(value), path, `is ${String(value)}; it must be a whole number above 0`);
const flag: Check = (value, path) =>
  when(typeof value !== 'boolean', path, `is ${String(value)}; it must be true or false`);
const oneOf =
  (names: readonly string[]): Check =>
  (value, path) =>
    when(!names.includes(value as string), path, `is ${String(value)}; it must be one of ${names.join(', ')}`);
/** What a machine may lack. */
const optional =
  (check: Check): Check =>
  (value, path) =>
    value === undefined ? [] : check(value, path);
const listOf =
  (names: readonly string[]): Check =>
  (value, path) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => oneOf(names)(item, `${path}.${index}`))
      : [{ path, message: `must be a list of ${names.join(', ')}` }];

/** A sourced number: what is missing of it, and whether value and range agree. */
export const sourcedNumber: Check = (leaf, path) => {
  if (!isSourced(leaf)) return [{ path, message: 'must be a number with value, range, confidence and source' }];
  const { value, range, confidence, source } = leaf;
  const [low, high] = Array.isArray(range) ? (range as readonly unknown[]) : [];
  return [
    ...when(!isText(source), path, 'has no source'),
    ...when(!CONFIDENCES.includes(confidence as string), path, `has no confidence; one of ${CONFIDENCES.join(', ')}`),
    ...when(!isAmount(value), path, `is ${String(value)}; it must be a finite number, at least 0`),
    ...when(
      !((low as number) <= (value as number) && (value as number) <= (high as number)),
      path,
      `is ${String(value)}, outside its own range ${String(low)} to ${String(high)}`,
    ),
  ];
};

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

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

const sockets: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must hold coresPerSocket, homing, hopNs and source' }];
  return [
    ...count(value['coresPerSocket'], `${path}.coresPerSocket`),
    ...oneOf(HOMING_NAMES)(value['homing'], `${path}.homing`),
    ...sourcedNumber(value['hopNs'], `${path}.hopNs`),
    ...when(!isText(value['source']), path, 'has no source of its number of cores'),
  ];
};

const lastCache: Check = (value, path) => [
  ...cache(value, path),
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

const walker: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must be a page walker with levels, entries, ways and source' }];
  const { levels } = value;
  const isWalk = isCount(levels) && levels >= 2 && levels <= 4;
  return [...when(!isWalk, `${path}.levels`, `is ${String(levels)}; it must be 2, 3 or 4`), ...walkCache(value, path)];
};

const nesting: Check = (value, path) => {
  if (value === false) return [];
  if (!isFields(value))
    return [{ path, message: 'must be false, or nested paging with hostPages, entries, ways and source' }];
  return [...oneOf(['small', 'large'])(value['hostPages'], `${path}.hostPages`), ...walkCache(value, path)];
};

const structure: Check = (value, path) =>
  isFields(value)
    ? ['penalty', 'displaced', 'relearned'].flatMap((name) => sourcedNumber(value[name], `${path}.${name}`))
    : [{ path, message: 'must be a structure with penalty, displaced and relearned' }];

const frontEnd: Check = (value, path) =>
  isFields(value)
    ? [
        ...sourcedNumber(value['weight'], `${path}.weight`),
        ...STRUCTURES.flatMap((name) => structure(value[name], `${path}.${name}`)),
      ]
    : [{ path, message: `must be a front end with ${STRUCTURES.join(', ')}` }];

const costs: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must hold the cycles of each step' }];
  return Object.entries(value).flatMap(([name, leaf]) =>
    Object.hasOwn(STEPS, name)
      ? sourcedNumber(leaf, `${path}.${name}`)
      : [{ path: `${path}.${name}`, message: 'is no primitive step' }],
  );
};

/** Parts that a machine may lack. */
export const OPTIONAL_FIELDS: readonly string[] = ['cleanCycles', 'sockets'];

/** The parts of a profile and how each is checked. */
export const PROFILE_FIELDS: Readonly<Record<keyof MachineProfile, Check>> = {
  name: text,
  doc: text,
  clockHz: sourcedNumber,
  maxCores: count,
  userCpi: sourcedNumber,
  kernelCpi: sourcedNumber,
  l1i: cache,
  l1d: cache,
  l2: cache,
  llc: lastCache,
  itlb: tlb,
  dtlb: tlb,
  largeTlb: tlb,
  stlb: tlb,
  walker,
  virtualised: nesting,
  pcid: flag,
  dramLatencyNs: sourcedNumber,
  dramBytesPerNs: sourcedNumber,
  dataOverlap: sourcedNumber,
  fetchOverlap: sourcedNumber,
  frontEnd,
  remoteCycles: sourcedNumber,
  cleanCycles: optional(sourcedNumber),
  sockets: optional(sockets),
  ipiNs: sourcedNumber,
  wireNs: sourcedNumber,
  moderationNs: sourcedNumber,
  entry: oneOf(Object.keys(ENTRIES)),
  options: listOf(OPTIONS),
  features: listOf(MITIGATIONS),
  cost: costs,
};
