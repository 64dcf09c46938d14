import type { PlanRow, RunConfig, Scalar } from '../archive/rows.ts';
import type { Catalogue } from './catalogue.ts';
import { compile, type Names } from './expression.ts';
import { runId } from './identity.ts';
import { bareProfile } from './ownmachines.ts';
import { withWorkloads } from './ownworkloads.ts';
import { paramDefaults } from './resolve.ts';
import { PARAMS, PROFILE } from './settings.ts';
import type { Study } from './study.ts';
import { parseTime } from './time.ts';

type Levels = Readonly<Record<string, Scalar>>;

/** One point of a study: a level of every factor, and what it makes of a run. */
export interface Measurement {
  /** `cores=2,policy=kernelmode`, factors in alphabetical order; `base` for a study without factors. */
  readonly name: string;
  readonly itervars: Levels;
  readonly config: RunConfig;
}

/** Every point of the study that satisfies its constraint: factors in alphabetical order, the last one fastest. */
export function measurements(study: Study, known: Catalogue): Measurement[] {
  const catalogue = withWorkloads(known, study.workloads ?? {});
  const constraint = study.constraint === undefined ? undefined : compile(study.constraint);
  const points = cross(axes(study), study.vary);
  return points
    .filter((itervars) => constraint?.test(namesOf(study, itervars)) ?? true)
    .map((itervars) => ({ name: measurementName(itervars), itervars, config: configOf(study, itervars, catalogue) }));
}

/** Runs of the given measurements for replications `from` to `to - 1`, replications of a measurement together. */
export function planRuns(study: Study, points: readonly Measurement[], from: number, to: number): PlanRow[] {
  return points.flatMap((point) => {
    const rows: PlanRow[] = [];
    for (let replication = from; replication < to; replication++) {
      const spec = { config: point.config, seed: study.seed, replication };
      const name = `${study.experiment}-${point.name}#${replication}`;
      rows.push({ id: runId(spec), name, measurement: point.name, itervars: point.itervars, spec });
    }
    return rows;
  });
}

/** Replications of the first round: all of them unless the study stops by precision. */
export function firstReplications(study: Study): number {
  return typeof study.repeat === 'number' ? study.repeat : study.repeat.min;
}

/** Values that expressions over a run may name: its factors and the fixed settings of the study. */
export function namesOf(study: Study, itervars: Levels, extra: Levels = {}): Names {
  const settings = settingsOf(study, itervars);
  return (name) => extra[name] ?? settings.get(name);
}

/** Factors that go together: a zip group, or one factor alone. */
function axes(study: Study): (readonly string[])[] {
  const factors = Object.keys(study.vary).toSorted();
  const groups = factors.map((factor) => study.zip.find((group) => group.includes(factor))?.toSorted() ?? [factor]);
  return groups.filter((group, i) => group[0] === factors[i]);
}

function cross(groups: readonly (readonly string[])[], vary: Study['vary']): Levels[] {
  let points: Levels[] = [{}];
  for (const group of groups) {
    const levels = vary[group[0]].map((_, i) => Object.fromEntries(group.map((factor) => [factor, vary[factor][i]])));
    points = points.flatMap((point) => levels.map((level) => Object.assign({}, point, level)));
  }
  return points;
}

function measurementName(itervars: Levels): string {
  const names = Object.keys(itervars).toSorted();
  return names.length === 0 ? 'base' : names.map((name) => `${name}=${itervars[name]}`).join(',');
}

function settingsOf(study: Study, itervars: Levels): Map<string, Scalar> {
  const settings = new Map<string, Scalar>();
  for (const [key, value] of Object.entries(study.base)) {
    if (typeof value !== 'object') settings.set(key, value);
    else for (const [name, inner] of Object.entries(value)) settings.set(`${key}.${name}`, inner);
  }
  for (const [name, level] of Object.entries(itervars)) settings.set(name, level);
  return settings;
}

function configOf(study: Study, itervars: Levels, catalogue: Catalogue): RunConfig {
  const settings = settingsOf(study, itervars);
  const get = (name: string): Scalar => settings.get(name)!;
  const workload = String(get('workload'));
  const params = paramsOf(settings, paramDefaults(catalogue, workload));
  return {
    ...machineOf(study, String(get('machine'))),
    cores: Number(get('cores')),
    ...(get('smt') === true ? { smt: true } : {}),
    kpti: get('kpti') === true,
    mitigations: get('mitigations') === true,
    policy: String(get('policy')),
    scheduler: get('scheduler') as RunConfig['scheduler'],
    preemption: get('preemption') as RunConfig['preemption'],
    workload,
    ...(study.workloads !== undefined && Object.hasOwn(study.workloads, workload)
      ? { workloadModel: study.workloads[workload] }
      : {}),
    params,
    ...arrivalsOf(study, params),
    profile: group(settings, PROFILE) as Record<string, number>,
    warmupUs: parseTime(String(get('warmup'))),
    measureUs: parseTime(String(get('measure'))),
    syncWindow: Number(get('syncWindow')),
    fidelity: get('fidelity') as RunConfig['fidelity'],
  };
}

/** A machine by its name; with its profile when the study brings it along. */
function machineOf({ machines = {} }: Study, machine: string): Pick<RunConfig, 'machine' | 'machineProfile'> {
  return Object.hasOwn(machines, machine) ? { machine, machineProfile: bareProfile(machines[machine]) } : { machine };
}

/** The recorded arrivals of a run that plays them. */
function arrivalsOf(
  { arrivals = {} }: Study,
  { arrivals: process, traceFile }: Levels,
): Pick<RunConfig, 'arrivalTrace'> {
  const name = String(traceFile ?? '');
  return process === 'trace' && Object.hasOwn(arrivals, name) ? { arrivalTrace: arrivals[name] } : {};
}

/** A study over several workloads may set parameters that only some of them have; each takes its own. */
function paramsOf(settings: ReadonlyMap<string, Scalar>, defaults: Levels): Levels {
  const given = group(settings, PARAMS);
  return Object.fromEntries(Object.keys(defaults).map((name) => [name, given[name] ?? defaults[name]]));
}

function group(settings: ReadonlyMap<string, Scalar>, prefix: string): Record<string, Scalar> {
  const names = [...settings.keys()].filter((name) => name.startsWith(prefix)).toSorted();
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), settings.get(name)!]));
}
