import { sourcedLeaves } from '../../hw/checkprofile.ts';
import type {
  Confidence,
  DramProfile,
  LastCacheSpec,
  MachineProfile,
  PrefetchingCacheSpec,
  PrefetchProfile,
} from '../../hw/profile.ts';
import { STEPS, type StepName } from '../../hw/steps.ts';
import { LINE_BYTES, PAGE_BYTES } from '../../sim/units.ts';

/** One sourced number of a machine. */
export interface NumberRow {
  readonly path: string;
  readonly value: number;
  readonly range: readonly [low: number, high: number];
  readonly confidence: Confidence;
  readonly source: string;
  /** What a primitive step is. */
  readonly doc?: string;
}

/** A cache, TLB or memory: how much it holds in which form. */
export interface StoreRow {
  readonly name: string;
  readonly geometry: string;
  readonly source: string;
}

/** Bytes that a level of TLB translates without a walk, by page size. */
export interface ReachRow {
  readonly name: string;
  readonly small: number;
  readonly large: number;
}

/** A part of two machines that differs; `change` is the ratio of two numbers. */
export interface DifferenceRow {
  readonly path: string;
  readonly a: string;
  readonly b: string;
  readonly change?: number;
}

const CACHES = ['l1i', 'l1d', 'l2', 'llc'] as const;
const TLBS = ['itlb', 'dtlb', 'largeTlb', 'stlb'] as const;
const LARGE_PAGE_BYTES = 512 * PAGE_BYTES;

/** Every sourced number of a machine, in the order of the profile. */
export function numberRows(profile: MachineProfile): readonly NumberRow[] {
  return sourcedLeaves(profile).map(([path, { value, range, confidence, source }]) => {
    const step = path.startsWith('cost.') ? STEPS[path.slice('cost.'.length) as StepName] : undefined;
    return Object.assign({ path, value, range, confidence, source }, step === undefined ? {} : { doc: step.doc });
  });
}

/** Caches, TLBs and memory of a machine. */
export function storeRows(profile: MachineProfile): readonly StoreRow[] {
  const caches = CACHES.map((name) => ({
    name,
    geometry: cacheText(profile[name]),
    source: sourceText(profile[name]),
  }));
  const tlbs = TLBS.map((name) => {
    const { entries, ways, source } = profile[name];
    return { name, geometry: entries > 1 ? `${entries} entries, ${ways} ways` : 'none', source };
  });
  return [...caches, ...tlbs, { name: 'dram', geometry: dramText(profile.dram), source: profile.dram.source }];
}

/** `6 channels of 32 banks, rows of 8 KiB, rowInterleaved, hashed, timed`. */
function dramText({ channels, banks, rowBytes, mapping, hashed = false, pages }: DramProfile): string {
  const parts = [`rows of ${bytesText(rowBytes)}`, mapping, ...(hashed ? ['hashed'] : []), pages];
  return [`${channels} ${channels === 1 ? 'channel' : 'channels'} of ${banks} banks`, ...parts].join(', ');
}

type Cache = PrefetchingCacheSpec & Partial<LastCacheSpec>;

/** `1 MiB, 16 ways, srrip, stream of 2 lines up to 20 ahead`. */
function cacheText({ sizeBytes, ways, replacement = 'lru', hashed = false, inclusion, prefetch }: Cache): string {
  if (sizeBytes <= LINE_BYTES) return 'none';
  const parts = [bytesText(sizeBytes), `${ways} ways`, replacement, hashed ? 'hashed' : '', inclusion ?? ''];
  return [...parts, prefetch === undefined ? '' : prefetchText(prefetch)].filter((part) => part !== '').join(', ');
}

function prefetchText({ prefetcher, degree, distance }: PrefetchProfile): string {
  return `prefetch by ${prefetcher}, ${degree.value} at a time up to ${distance.value} ahead`;
}

function sourceText({ source, prefetch }: Cache): string {
  return prefetch === undefined ? source : `${source}; prefetch: ${prefetch.source}`;
}

/** How far each level of data TLB reaches; 0 where there is none. */
export function reachRows({ dtlb, largeTlb, stlb }: MachineProfile): readonly ReachRow[] {
  const second = stlb.entries > 1 ? stlb.entries : 0;
  return [
    { name: 'first level', small: dtlb.entries * PAGE_BYTES, large: largeTlb.entries * LARGE_PAGE_BYTES },
    { name: 'second level', small: second * PAGE_BYTES, large: second * LARGE_PAGE_BYTES },
  ];
}

/** Parts in which two machines differ, by dotted path; sources are left out. */
export function differenceRows(a: MachineProfile, b: MachineProfile): readonly DifferenceRow[] {
  const [left, right] = [new Map(partsOf(a)), new Map(partsOf(b))];
  const paths = [...new Set([...left.keys(), ...right.keys()])];
  return paths
    .filter((path) => left.get(path) !== right.get(path))
    .map((path) => {
      const [x, y] = [left.get(path), right.get(path)];
      const change = typeof x === 'number' && typeof y === 'number' && x !== 0 ? { change: y / x } : {};
      return Object.assign({ path, a: String(x ?? 'none'), b: String(y ?? 'none') }, change);
    });
}

/** Words about a machine, which are no part of what it does. */
const WORDS = new Set(['name', 'doc', 'source']);

/** What a profile says by path: a sourced number by its value, a list as text. */
function partsOf(value: unknown, path = ''): readonly (readonly [path: string, part: number | string])[] {
  if (typeof value === 'number') return [[path, value]];
  if (Array.isArray(value)) return [[path, value.join(' ')]];
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  if ('confidence' in value && 'value' in value) return [[path, Number(value.value)]];
  return Object.entries(value)
    .filter(([key]) => !WORDS.has(key))
    .flatMap(([key, part]) => partsOf(part, path === '' ? key : `${path}.${key}`));
}

/** `48 KiB`, `22 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let [size, unit] = [bytes, 0];
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${Number(size.toFixed(2))} ${units[unit]}`;
}
