import type { Scalar } from '../archive/rows.ts';
import { ConfigError, type Problem } from '../sim/errors.ts';
import type { Catalogue } from './catalogue.ts';
import { checkDesign, type PathFinding } from './checkdesign.ts';
import { checkNames, checkPresence, type EntryFinding } from './checknames.ts';
import { checkRuns } from './checkruns.ts';
import { entriesOf, type Entry } from './entries.ts';
import { isRecord, readLayers, type Layered, type ReadText } from './layers.ts';
import { shownValue, tidyProblems, type Finding } from './problem.ts';
import { otherVersion } from './messages.ts';
import { ownArrivals, type OwnArrivals } from './ownarrivals.ts';
import { ownMachines, withMachines, type OwnMachines } from './ownmachines.ts';
import { ownWorkloads, withWorkloads, type OwnWorkloads } from './ownworkloads.ts';
import { resolveStudy } from './resolve.ts';
import { PARAMS, PROFILE, SETTING_NAMES } from './settings.ts';
import { studySchema } from './studyschema.ts';
import { MODEL_VERSION } from './version.ts';
import type { Path } from './yamlsource.ts';
import { dotted, schemaProblems, valueAt } from './zodproblems.ts';

/** When to stop adding replications. */
export interface Until {
  readonly min: number;
  readonly max: number;
  readonly target: { readonly metric: string; readonly halfwidth: string; readonly level: number };
}

/** A study with every key resolved; plain data, written as `study.resolved.json` and readable as a study again. */
export interface Study {
  readonly modelVersion: number;
  readonly experiment: string;
  readonly question: string;
  readonly hypothesis: string;
  /** Machines that do not come with ringsim, by the name that settings use; absent without any. */
  readonly machines?: OwnMachines;
  /** Workloads that do not come with ringsim, likewise. */
  readonly workloads?: OwnWorkloads;
  /** Recorded arrival times, likewise. */
  readonly arrivals?: OwnArrivals;
  /** Settings that do not vary, every one of them. */
  readonly base: Readonly<Record<string, Scalar | Readonly<Record<string, Scalar>>>>;
  /** Levels of every factor; factors count in alphabetical order. */
  readonly vary: Readonly<Record<string, readonly Scalar[]>>;
  readonly zip: readonly (readonly string[])[];
  readonly constraint?: string;
  readonly repeat: number | Until;
  readonly seed: number;
  readonly compare?: { readonly factor: string; readonly to: Scalar };
  /** Charts to draw; all of them if absent. */
  readonly figures?: readonly string[];
}

/** What a study is checked against, and what the command line changes in it. */
export interface StudyOptions {
  readonly catalogue: Catalogue;
  /** Chart ids; unchecked if absent. */
  readonly figures?: readonly string[];
  /** `key=value` settings that replace those of the file. */
  readonly overrides?: readonly string[];
  readonly seed?: number;
}

/** Reads, merges, checks and resolves the study in `file`. Throws one `ConfigError` with all its mistakes. */
export function loadStudy(file: string, read: ReadText, options: StudyOptions): Study {
  const layers = readLayers(file, options.overrides ?? [], read);
  if (layers.problems.some((problem) => problem.path === '(file)'))
    throw new ConfigError(tidyProblems(layers.problems));
  const machines = ownMachines(layers, read);
  const workloads = ownWorkloads(layers, read);
  const arrivals = ownArrivals(layers, read);
  const own = [...machines.problems, ...workloads.problems, ...arrivals.problems];
  if (own.length > 0) throw new ConfigError(tidyProblems([...own, ...layers.problems]));
  const catalogue = withWorkloads(withMachines(options.catalogue, machines.found), workloads.found);
  const problems = allProblems(layers, { ...options, catalogue });
  if (problems.length > 0) throw new ConfigError(tidyProblems(problems));
  const brought = { machines: machines.found, workloads: workloads.found, arrivals: arrivals.found };
  const known = { seed: options.seed, ...brought };
  const study = resolveStudy(studySchema.parse(layers.value), catalogue, known);
  const late = checkRuns(study, catalogue).map((found) => placed(layers, found.path, found));
  if (late.length > 0) throw new ConfigError(tidyProblems(late));
  return study;
}

function allProblems(layers: Layered, options: StudyOptions): Problem[] {
  const entries = entriesOf(layers.value);
  const design = {
    catalogue: options.catalogue,
    settings: settingNames(entries, options.catalogue),
    ...(options.figures === undefined ? {} : { figures: options.figures }),
  };
  const found = [
    ...schemaProblems(layers),
    ...checkNames(entries, options.catalogue).map((finding) => placedEntry(layers, finding)),
    ...(isRecord(layers.value) ? checkPresence(entries) : []).map((finding) => placed(layers, ['base'], finding)),
    ...checkDesign(layers.value, design).map((finding) => placed(layers, finding.path, finding)),
    ...checkVersion(layers),
  ];
  // After a syntax error the rest of the text is a guess; its mistakes would mislead.
  const sound = found.filter(
    (problem) => (problem.line ?? 0) < layers.soundUntilLine && !isConsequence(problem, layers),
  );
  return [...layers.problems, ...sound];
}

/** Names an expression may use: every setting, also those a study leaves at their defaults. */
function settingNames(entries: readonly Entry[], catalogue: Catalogue): string[] {
  const workloads = entries
    .filter((entry) => entry.name === 'workload')
    .map((entry) => catalogue.workloads[String(entry.value)]);
  const params = workloads.flatMap((workload) => Object.keys(workload?.params ?? {}).map((name) => PARAMS + name));
  const profile = entries.map((entry) => entry.name).filter((name) => name.startsWith(PROFILE));
  return [...new Set([...SETTING_NAMES, ...params, ...profile])];
}

/** Keys seem missing when the text breaks off before them or the parent that has them cannot be read. */
function isConsequence(problem: Problem, layers: Layered): boolean {
  return !layers.isWhole && problem.message.includes('missing');
}

function checkVersion(layers: Layered): Problem[] {
  const version = valueAt(layers.value, ['modelVersion']);
  if (version === undefined || version === MODEL_VERSION) return [];
  return [placed(layers, ['modelVersion'], otherVersion(MODEL_VERSION))];
}

function placed(layers: Layered, path: Path, found: Finding & Partial<PathFinding>): Problem {
  const { text, offset, path: _path, ...finding } = found;
  const { place } = text === undefined ? layers.locate(path) : layers.locateInText(path, text, offset ?? 0);
  const value = valueAt(layers.value, path);
  return { ...place, path: dotted(path), ...(typeof value === 'object' ? {} : shownValue(value)), ...finding };
}

function placedEntry(layers: Layered, { entry, key, ...finding }: EntryFinding): Problem {
  if (key === undefined) return placed(layers, entry.path, finding);
  const owner = entry.path.slice(0, entry.path.lastIndexOf(key));
  const { place } = layers.locate(owner, key);
  return { ...place, path: dotted([...owner, key]), ...finding };
}
