import type { Scalar } from '../archive/rows.ts';
import type { Catalogue } from './catalogue.ts';
import type { OwnArrivals } from './ownarrivals.ts';
import type { OwnMachines } from './ownmachines.ts';
import type { OwnWorkloads } from './ownworkloads.ts';
import { DEFAULTS, PARAMS, PROFILE, SETTING_NAMES } from './settings.ts';
import type { Study, Until } from './study.ts';
import type { StudyInput } from './studyschema.ts';
import { formatTime, parseTime } from './time.ts';
import { MODEL_VERSION } from './version.ts';

const DEFAULT_REPEAT = 5;
const DEFAULT_LEVEL = 0.95;

/** What is known of a study beside its text: the seed of the command line, and what it brings along. */
interface Known {
  readonly seed?: number | undefined;
  readonly machines?: OwnMachines;
  readonly workloads?: OwnWorkloads;
  readonly arrivals?: OwnArrivals;
}

/** The study with every default filled in. `input` has passed all checks. */
export function resolveStudy(
  input: StudyInput,
  catalogue: Catalogue,
  { seed, machines = {}, workloads = {}, arrivals = {} }: Known = {},
): Study {
  const vary = sortedLevels(input.vary ?? {});
  return {
    modelVersion: MODEL_VERSION,
    experiment: input.experiment,
    question: input.question ?? '',
    hypothesis: input.hypothesis ?? '',
    ...(Object.keys(machines).length === 0 ? {} : { machines }),
    ...(Object.keys(workloads).length === 0 ? {} : { workloads }),
    ...(Object.keys(arrivals).length === 0 ? {} : { arrivals }),
    base: resolveBase(input.base ?? {}, vary, catalogue),
    vary,
    zip: (input.zip ?? []).map((group) => group.toSorted()),
    ...(input.constraint === undefined ? {} : { constraint: input.constraint }),
    repeat: resolveRepeat(input.repeat),
    seed: seed ?? input.seed ?? 1,
    ...(input.compare === undefined ? {} : { compare: input.compare }),
    ...(input.figures === undefined ? {} : { figures: input.figures }),
  };
}

function sortedLevels(vary: Readonly<Record<string, readonly Scalar[]>>): Record<string, readonly Scalar[]> {
  const names = Object.keys(vary).toSorted();
  return Object.fromEntries(names.map((name) => [name, vary[name].map((level) => canonicalLevel(name, level))]));
}

function canonicalLevel(name: string, level: Scalar): Scalar {
  return name === 'warmup' || name === 'measure' ? formatTime(parseTime(String(level))) : level;
}

function resolveBase(base: NonNullable<StudyInput['base']>, vary: Study['vary'], catalogue: Catalogue): Study['base'] {
  const settings: Record<string, Scalar> = {};
  for (const name of SETTING_NAMES) {
    const value = base[name] ?? DEFAULTS[name];
    if (value !== undefined && !Object.hasOwn(vary, name)) settings[name] = canonicalLevel(name, value);
  }
  const workload = settings['workload'];
  // Defaults of parameters depend on the workload; where that varies, each run's own config has them.
  const defaults = workload === undefined ? {} : paramDefaults(catalogue, String(workload));
  return {
    ...settings,
    params: unvaried({ ...defaults, ...base.params }, PARAMS, vary),
    profile: unvaried({ ...base.profile }, PROFILE, vary),
  };
}

/** Defaults of all parameters of a workload. */
export function paramDefaults(catalogue: Catalogue, workload: string): Record<string, Scalar> {
  const specs = Object.entries(catalogue.workloads[workload]?.params ?? {});
  return Object.fromEntries(specs.map(([name, spec]) => [name, spec.default]));
}

function unvaried(
  group: Readonly<Record<string, Scalar>>,
  prefix: string,
  vary: Study['vary'],
): Record<string, Scalar> {
  const names = Object.keys(group).filter((name) => !Object.hasOwn(vary, prefix + name));
  return Object.fromEntries(names.toSorted().map((name) => [name, group[name]]));
}

function resolveRepeat(repeat: StudyInput['repeat']): number | Until {
  if (repeat === undefined || typeof repeat === 'number') return repeat ?? DEFAULT_REPEAT;
  return { ...repeat, target: { ...repeat.target, level: repeat.target.level ?? DEFAULT_LEVEL } };
}
