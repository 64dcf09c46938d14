import type { Catalogue } from './catalogue.ts';
import type { PathFinding } from './checkdesign.ts';
import { measurements, type Measurement } from './expand.ts';
import { ExpressionError } from './expressionerror.ts';
import {
  badExpression,
  emptyStudy,
  noPrefetch,
  noSiblings,
  outOfRange,
  sameRun,
  tooManyCores,
  unknownName,
} from './messages.ts';
import { basePath } from './settings.ts';
import type { Study } from './study.ts';
import { runId } from './identity.ts';
import type { Path } from './yamlsource.ts';

/** What only shows when factors are combined: cores against each machine, profile numbers, runs that coincide, an empty study. */
export function checkRuns(study: Study, catalogue: Catalogue): PathFinding[] {
  let points: Measurement[];
  try {
    points = measurements(study, catalogue);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const finding = badExpression(error.position, error.message);
    return [{ ...finding, path: ['constraint'], text: study.constraint ?? '', offset: error.position }];
  }
  if (points.length === 0) return [{ path: ['constraint'], ...emptyStudy() }];
  return [...points.flatMap((point) => checkMachine(point, study, catalogue)), ...checkDistinct(points)];
}

function checkMachine({ config, itervars }: Measurement, study: Study, catalogue: Catalogue): PathFinding[] {
  const findings: PathFinding[] = [];
  const { maxCores, smt } = catalogue.machines[config.machine];
  const path = (name: string) => originOf(study, name, itervars[name]);
  if (config.cores > maxCores) findings.push({ path: path('cores'), ...tooManyCores(config.machine, maxCores) });
  if (config.smt === true && smt === undefined) findings.push({ path: path('smt'), ...noSiblings(config.machine) });
  const known = catalogue.profilePaths(config.machine);
  if (config.fidelity === 'interval' && prefetches(known, config.profile))
    findings.push({ path: path('fidelity'), ...noPrefetch(config.machine) });
  for (const [name, value] of Object.entries(config.profile)) {
    const [low, high] = known[name]?.range ?? [value, value];
    if (known[name] === undefined) {
      findings.push({
        path: path(`profile.${name}`),
        ...unknownName(`number of machine "${config.machine}"`, name, Object.keys(known)),
      });
    } else if (value < low || value > high)
      findings.push({ path: path(`profile.${name}`), ...outOfRange(low, high, '') });
  }
  return findings;
}

/** Whether any cache of a machine prefetches, with the numbers of a run. */
function prefetches(known: ReturnType<Catalogue['profilePaths']>, own: Readonly<Record<string, number>>): boolean {
  const hasPrefetcher = Object.keys(known).some((name) => name.includes('.prefetch.'));
  return hasPrefetcher && (own['prefetching'] ?? known['prefetching']?.value ?? 1) > 0;
}

function originOf(study: Study, name: string, level: unknown): Path {
  const levels: readonly unknown[] | undefined = study.vary[name];
  return levels === undefined ? basePath(name) : ['vary', name, levels.indexOf(level)];
}

function checkDistinct(points: readonly Measurement[]): PathFinding[] {
  const first = new Map<string, string>();
  for (const { config, name } of points) {
    const id = runId({ config, seed: 0, replication: 0 });
    const twin = first.get(id);
    if (twin !== undefined) return [{ path: ['vary'], ...sameRun(twin, name) }];
    first.set(id, name);
  }
  return [];
}
