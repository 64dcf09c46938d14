import { LINE_BYTES } from '../sim/units.ts';
import type { CacheSpec, MachineProfile, Sourced, TlbSpec } from './profile.ts';

/** One thing wrong with a profile, by dotted path. */
export interface ProfileProblem {
  readonly path: string;
  readonly message: string;
}

/** Everything wrong with a profile at once: missing sources, values outside their ranges, impossible geometry, latencies that fall with level. */
export function checkProfile(profile: MachineProfile): readonly ProfileProblem[] {
  return [...checkNumbers(profile), ...checkGeometry(profile), ...checkLatencies(profile)];
}

/** Every sourced number of a profile, by dotted path. */
export function sourcedLeaves(value: unknown, path = ''): readonly (readonly [path: string, leaf: Sourced])[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('value' in value && 'source' in value) return [[path, value as Sourced]];
  return Object.entries(value).flatMap(([key, child]) => sourcedLeaves(child, path === '' ? key : `${path}.${key}`));
}

function checkNumbers(profile: MachineProfile): ProfileProblem[] {
  return sourcedLeaves(profile).flatMap(([path, { value, range, source }]) => [
    ...(source.trim() === '' ? [{ path, message: 'has no source' }] : []),
    ...(Number.isFinite(value) && value >= 0
      ? []
      : [{ path, message: `is ${value}; it must be a finite number, at least 0` }]),
    ...(value >= range[0] && value <= range[1]
      ? []
      : [{ path, message: `is ${value}, outside its own range ${range[0]} to ${range[1]}` }]),
  ]);
}

function checkGeometry(profile: MachineProfile): ProfileProblem[] {
  const caches = ['l1i', 'l1d', 'l2', 'llc'] as const;
  const tlbs = ['itlb', 'dtlb', 'largeTlb', 'stlb'] as const;
  return [
    ...caches.flatMap((name) => powerOfTwo(name, linesOf(profile[name]), profile[name].ways)),
    ...tlbs.flatMap((name) => tlbProblem(name, profile[name])),
  ];
}

function linesOf(cache: CacheSpec): number {
  return cache.sizeBytes / LINE_BYTES;
}

function tlbProblem(name: string, tlb: TlbSpec): ProfileProblem[] {
  return powerOfTwo(name, tlb.entries, tlb.ways);
}

function powerOfTwo(path: string, entries: number, ways: number): ProfileProblem[] {
  const sets = entries / ways;
  if (Number.isInteger(sets) && sets > 0 && (sets & (sets - 1)) === 0) return [];
  return [
    { path, message: `has ${entries} entries in ${ways} ways, that is ${sets} sets; sets must be a power of two` },
  ];
}

function checkLatencies(profile: MachineProfile): ProfileProblem[] {
  const levels = ['l1d', 'l2', 'llc'] as const;
  return levels.slice(1).flatMap((name, index) => {
    const nearer = levels[index];
    if (profile[name].latency.value > profile[nearer].latency.value) return [];
    return [
      {
        path: `${name}.latency`,
        message: `is ${profile[name].latency.value} cycles, not more than the ${profile[nearer].latency.value} of ${nearer}`,
      },
    ];
  });
}
