import type { Catalogue, ParamSpec } from './catalogue.ts';
import { ProgramError } from '../check/operands.ts';
import type { Entry } from './entries.ts';
import { readHostile } from './hostile.ts';
import { missing, outOfRange, tooManyCores, unknownName, wrongType } from './messages.ts';
import { policyFinding } from './policyname.ts';
import type { Finding } from './problem.ts';
import { isSettingName, PARAMS, PROFILE, SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';
import { parseTime } from './time.ts';

/** What the checks of single values know about the rest of the study. */
export interface Scope {
  readonly catalogue: Catalogue;
  /** Machines and workloads the study uses, those alone that exist. */
  readonly machines: readonly string[];
  readonly workloads: readonly string[];
}

/** A finding with the entry it is about; `key` when the name and not the value is wrong. */
export interface EntryFinding extends Finding {
  readonly entry: Entry;
  readonly key?: string;
}

/** Names and ranges of every setting value against the catalogue. */
export function checkNames(entries: readonly Entry[], catalogue: Catalogue): EntryFinding[] {
  const scope = scopeOf(entries, catalogue);
  return entries.flatMap((entry) => {
    const finding = checkEntry(entry, scope);
    return finding === undefined ? [] : [{ ...finding, entry }];
  });
}

/** Machine and workload have no default: a study must name them. */
export function checkPresence(entries: readonly Entry[]): Finding[] {
  return (['machine', 'workload'] as const)
    .filter((name) => !entries.some((entry) => entry.name === name))
    .map((name) => missing(name, 'set it in base or vary'));
}

function scopeOf(entries: readonly Entry[], catalogue: Catalogue): Scope {
  const used = (name: string, table: object) =>
    entries
      .filter((e) => e.name === name && typeof e.value === 'string' && Object.hasOwn(table, e.value))
      .map((e) => e.value as string);
  return { catalogue, machines: used('machine', catalogue.machines), workloads: used('workload', catalogue.workloads) };
}

function checkEntry(entry: Entry, scope: Scope): (Finding & { key?: string }) | undefined {
  if (entry.name.startsWith(PARAMS)) return checkParam(entry, scope);
  if (entry.name.startsWith(PROFILE)) return checkProfile(entry, scope);
  if (!isSettingName(entry.name)) return checkFactorName(entry, scope);
  if (!SETTINGS[entry.name].safeParse(entry.value).success) return undefined; // the schema has said so
  const nameCheck = NAME_CHECKS[entry.name];
  return nameCheck === undefined
    ? CHECKS[entry.name]?.(entry.value as never, scope)
    : nameCheck(entry.value as string, scope.catalogue);
}

/** What is wrong with a name that a catalogue should have, by the setting that holds it. */
export const NAME_CHECKS: Readonly<Record<string, (name: string, catalogue: Catalogue) => Finding | undefined>> = {
  machine: (name, { machines }) => inTable('machine', name, machines),
  policy: (name, { policies }) => policyFinding(name, Object.keys(policies)),
  workload: (name, { workloads }) => inTable('workload', name, workloads),
};

/** What the schema cannot know about a setting of the right form. */
const CHECKS: Partial<Record<SettingName, (value: never, scope: Scope) => Finding | undefined>> = {
  cores: (value: number, scope) => checkCores(value, scope),
  measure: (value: string) =>
    parseTime(value) > 0 ? undefined : { message: 'the measured time must be longer than 0' },
};

function inTable(kind: string, name: string, table: object): Finding | undefined {
  return Object.hasOwn(table, name) ? undefined : unknownName(kind, name, Object.keys(table));
}

function checkCores(cores: number, { machines, catalogue }: Scope): Finding | undefined {
  if (machines.length === 0) return undefined;
  const largest = machines.reduce((a, b) => (catalogue.machines[b].maxCores > catalogue.machines[a].maxCores ? b : a));
  const max = catalogue.machines[largest].maxCores;
  return cores > max ? tooManyCores(largest, max) : undefined;
}

/** `base` has fixed keys, which the schema checks; the names of factors are open and checked here, once per factor. */
function checkFactorName(entry: Entry, { catalogue, workloads }: Scope): (Finding & { key: string }) | undefined {
  if (!entry.varied || entry.path.at(-1) !== 0) return undefined;
  const params = workloads.flatMap((name) =>
    Object.keys(catalogue.workloads[name].params).map((param) => PARAMS + param),
  );
  const allowed = [...SETTING_NAMES, ...new Set(params)];
  return { ...unknownName('factor', entry.name, allowed), key: entry.name };
}

function checkParam(entry: Entry, { catalogue, workloads }: Scope): (Finding & { key?: string }) | undefined {
  if (workloads.length === 0) return undefined;
  const name = entry.name.slice(PARAMS.length);
  const having = workloads.filter((workload) => Object.hasOwn(catalogue.workloads[workload].params, name));
  if (having.length === 0 || (entry.varied && having.length < workloads.length)) {
    if (entry.varied && entry.path.at(-1) !== 0) return undefined;
    const lacking = workloads.find((workload) => !having.includes(workload))!;
    const allowed = Object.keys(catalogue.workloads[lacking].params);
    return {
      ...unknownName(`parameter of workload "${lacking}"`, name, allowed),
      key: entry.varied ? entry.name : name,
    };
  }
  return checkParamValue(entry.value, catalogue.workloads[having[0]].params[name]);
}

/** A parameter value against its specification. */
export function checkParamValue(value: unknown, spec: ParamSpec): Finding | undefined {
  if (spec.kind === 'choice')
    return spec.choices?.includes(String(value)) === true
      ? undefined
      : unknownName('choice', value, spec.choices ?? []);
  if (spec.kind === 'program') return checkProgram(value);
  if (spec.kind === 'file') return typeof value === 'string' ? undefined : wrongType('name of a file');
  if (spec.kind === 'numbers') return checkNumbers(value, spec);
  if (spec.kind === 'boolean') return typeof value === 'boolean' ? undefined : wrongType('boolean', ['true', 'false']);
  if (typeof value !== 'number') return wrongType(spec.kind);
  if (spec.kind === 'integer' && !Number.isSafeInteger(value)) return wrongType('integer');
  const [low, high] = [spec.min ?? Number.NEGATIVE_INFINITY, spec.max ?? Number.POSITIVE_INFINITY];
  return value >= low && value <= high ? undefined : outOfRange(low, high, spec.unit === 'none' ? '' : spec.unit);
}

function checkNumbers(
  value: unknown,
  { default: own, min, max = Number.POSITIVE_INFINITY }: ParamSpec,
): Finding | undefined {
  const words = String(value).split(/[\s,]+/);
  const isFine = (word: string): boolean =>
    word !== '' && Number(word) <= max && (min === undefined ? Number(word) > 0 : Number(word) >= min);
  if (value === own || words.every(isFine)) return undefined;
  const range = min === undefined ? 'above 0' : `of ${min} to ${max}`;
  return wrongType(`numbers ${range}, separated by spaces`, [`such as "${min === undefined ? '50 20 130' : '0 1 2'}"`]);
}

function checkProgram(value: unknown): Finding | undefined {
  if (typeof value !== 'string') return wrongType('attack program', ['operations such as 0:procmem A; 0:ENTER A']);
  try {
    readHostile(value, { semantics: 'L1' });
    return undefined;
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return { message: error.message };
  }
}

function checkProfile(entry: Entry, { catalogue, machines }: Scope): (Finding & { key?: string }) | undefined {
  if (machines.length === 0) return undefined;
  const name = entry.name.slice(PROFILE.length);
  const lacking = machines.find((machine) => !Object.hasOwn(catalogue.profilePaths(machine), name));
  if (lacking !== undefined) {
    if (entry.varied && entry.path.at(-1) !== 0) return undefined;
    const allowed = Object.keys(catalogue.profilePaths(lacking));
    return { ...unknownName(`number of machine "${lacking}"`, name, allowed), key: entry.varied ? entry.name : name };
  }
  if (typeof entry.value !== 'number') return entry.varied ? wrongType('number') : undefined;
  const value = entry.value;
  const outside = machines
    .map((machine) => catalogue.profilePaths(machine)[name].range)
    .find(([low, high]) => value < low || value > high);
  return outside === undefined ? undefined : outOfRange(outside[0], outside[1], '');
}
