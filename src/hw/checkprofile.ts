import { isFields, isSourced, type Fields, type ProfileProblem } from './checks.ts';
import { checkDevices } from './dramfields.ts';
import { fixedFeatures, type MachineProfile, type Sourced } from './profile.ts';
import { OPTIONAL_FIELDS, PROFILE_FIELDS } from './profilefields.ts';
import { ENTRIES, isPresent, STEPS, type Feature, type StepName } from './steps.ts';

export type { ProfileProblem } from './checks.ts';

/**
 * Everything wrong with a profile at once, by dotted path: parts that are missing or unknown, numbers without a source or outside their
 * ranges, impossible geometry, latencies that fall with level, steps without a cost. `profile` may be anything, such as what a file holds.
 */
export function checkProfile(profile: unknown): readonly ProfileProblem[] {
  if (!isFields(profile)) return [{ path: '', message: 'is no machine profile' }];
  return [...checkFields(profile), ...checkLatencies(profile), ...checkDevices(profile), ...checkCosts(profile)];
}

/** Every sourced number of a profile, by dotted path. */
export function sourcedLeaves(value: unknown, path = ''): readonly (readonly [path: string, leaf: Sourced])[] {
  if (isSourced(value)) return [[path, value as unknown as Sourced]];
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => sourcedLeaves(child, path === '' ? key : `${path}.${key}`));
}

/** Steps that can exist on a machine: as it is entered and configured, with its mitigations, KPTI and what policies may bring, INT 0x80 among it. */
export function possibleSteps(
  profile: Pick<MachineProfile, 'entry' | 'pcid' | 'options' | 'features'>,
): readonly StepName[] {
  const changing = ['kpti', 'seccomp', 'audit', 'ptrace', 'int80'] as const;
  const features = new Set<Feature>([...fixedFeatures(profile), ...profile.features, ...changing]);
  return (Object.keys(STEPS) as StepName[]).filter((name) => isPresent(name, features));
}

function checkFields(profile: Fields): ProfileProblem[] {
  const known = Object.entries(PROFILE_FIELDS).flatMap(([name, check]) =>
    profile[name] === undefined && !OPTIONAL_FIELDS.includes(name)
      ? [{ path: name, message: 'is missing' }]
      : check(profile[name], name),
  );
  const unknown = Object.keys(profile).filter((name) => !Object.hasOwn(PROFILE_FIELDS, name));
  return [...known, ...unknown.map((path) => ({ path, message: 'is no part of a machine profile' }))];
}

/** Neighbouring levels, near and far; the far one must be slower, of TLBs at least not faster. */
const LEVELS = [
  { near: 'l1i', far: 'l2', leaf: 'latency', isEqualFine: false },
  { near: 'l1d', far: 'l2', leaf: 'latency', isEqualFine: false },
  { near: 'l2', far: 'llc', leaf: 'latency', isEqualFine: false },
  { near: 'itlb', far: 'stlb', leaf: 'hit', isEqualFine: true },
  { near: 'dtlb', far: 'stlb', leaf: 'hit', isEqualFine: true },
  { near: 'largeTlb', far: 'stlb', leaf: 'hit', isEqualFine: true },
] as const;

function checkLatencies(profile: Fields): ProfileProblem[] {
  return LEVELS.flatMap(({ near, far, leaf, isEqualFine }) => {
    const [nearCycles, farCycles] = [cyclesOf(profile[near], leaf), cyclesOf(profile[far], leaf)];
    // A cycle that is missing compares false: what is missing has been said already.
    if (!(farCycles < nearCycles || (farCycles === nearCycles && !isEqualFine))) return [];
    const relation = isEqualFine ? 'less' : 'not more';
    return [
      { path: `${far}.${leaf}`, message: `is ${farCycles} cycles, ${relation} than the ${nearCycles} of ${near}` },
    ];
  });
}

function cyclesOf(part: unknown, leaf: string): number {
  const number = isFields(part) ? part[leaf] : undefined;
  return isFields(number) && typeof number['value'] === 'number' ? number['value'] : NaN;
}

function checkCosts(profile: Fields): ProfileProblem[] {
  const { entry, pcid, options, features, cost } = profile as Partial<MachineProfile>;
  if (!isFields(cost) || entry === undefined || !Object.hasOwn(ENTRIES, entry)) return [];
  const named = { entry, pcid: pcid === true, options: listed(options), features: listed(features) };
  return possibleSteps(named)
    .filter((name) => cost[name] === undefined)
    .map((name) => ({ path: `cost.${name}`, message: `is missing: ${STEPS[name].doc}` }));
}

function listed<T>(names: readonly T[] | undefined): readonly T[] {
  return Array.isArray(names) ? names : [];
}
