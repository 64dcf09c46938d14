import { parse } from 'yaml';
import { badOverride, extendsItself, unreadable } from './messages.ts';
import type { Problem } from '../sim/errors.ts';
import { basePath } from './settings.ts';
import { parseSource, type Located, type Path, type Place, type Source } from './yamlsource.ts';

/** Reads the text of a file; throws if there is none. `from` is the file that names it, for relative paths. */
export type ReadText = (file: string, from?: string) => { readonly text: string; readonly file: string };

/** Files and options of one study put on top of each other, and the way back from a path to the text it came from. */
export interface Layered {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Line from which the text is a guess because of a syntax error; Infinity without one. */
  readonly soundUntilLine: number;
  /** False when a part of the study could not be read at all. */
  readonly isWhole: boolean;
  locate(path: Path, key?: string): Located;
  locateInText(path: Path, text: string, offset: number): Located;
}

/** The study in `file` over everything it extends, with overrides such as `policy=free` on top. */
export function readLayers(file: string, overrides: readonly string[], read: ReadText): Layered {
  const { sources, problems } = readChain(file, read);
  let value: unknown = {};
  for (const source of sources.toReversed()) value = merge(value, source.value);
  const layers = [...sources];
  for (const option of overrides) {
    const layer = overrideSource(option);
    if (layer.problems.length === 0) value = pin(value, layer.name, layer.level);
    problems.push(...layer.problems);
    layers.unshift(layer);
  }
  const soundUntilLine = Math.min(...sources.map((source) => source.soundUntilLine));
  return {
    value,
    problems: [...problems, ...sources.flatMap((source) => source.problems)],
    soundUntilLine,
    isWhole: soundUntilLine === Number.POSITIVE_INFINITY && problems.every((problem) => problem.path !== 'extends'),
    locate: (path, key) =>
      deepest(
        layers.map((layer) => layer.locate(path, key)),
        path.length + (key === undefined ? 0 : 1),
      ),
    locateInText: (path, text, offset) =>
      deepest(
        layers.map((layer) => layer.locateInText(path, text, offset)),
        path.length,
      ),
  };
}

/** The file and what it extends, nearest first; a missing or circular parent is a problem at the `extends` that names it. */
function readChain(first: string, read: ReadText): { sources: Source[]; problems: Problem[] } {
  const sources: Source[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  let wanted: { file: string; from?: string } | undefined = { file: first };
  while (wanted !== undefined) {
    const found = tryRead(read, wanted.file, wanted.from);
    const child = sources.at(-1);
    const fail = (finding: { message: string }) =>
      problems.push({
        ...placeOf(child, ['extends'], first),
        path: child === undefined ? '(file)' : 'extends',
        ...finding,
      });
    if ('reason' in found) fail(unreadable(wanted.file, found.reason));
    else if (seen.has(found.file)) fail(extendsItself(found.file));
    else {
      seen.add(found.file);
      sources.push(parseSource(found.text, found.file));
    }
    wanted = problems.length > 0 ? undefined : parentOf(sources.at(-1)!);
  }
  return { sources, problems };
}

function tryRead(read: ReadText, file: string, from?: string): { text: string; file: string } | { reason: string } {
  try {
    return read(file, from);
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function parentOf(source: Source): { file: string; from: string } | undefined {
  const parent = isRecord(source.value) ? source.value['extends'] : undefined;
  return typeof parent === 'string' ? { file: parent, from: source.file } : undefined;
}

function placeOf(source: Source | undefined, path: Path, file: string): Place {
  return source === undefined ? { file } : source.locate(path).place;
}

/** Maps merge by key, a `null` removes the parent's key, everything else replaces. */
function merge(parent: unknown, child: unknown): unknown {
  if (!isRecord(parent) || !isRecord(child)) return child ?? parent;
  const merged: Record<string, unknown> = { ...parent };
  for (const [key, value] of Object.entries(child)) {
    if (value === null && key in parent) delete merged[key];
    else merged[key] = isRecord(value) && isRecord(parent[key]) ? merge(parent[key], value) : value;
  }
  return merged;
}

type Override = Source & { readonly name: string; readonly level: unknown };

/** `-o cores=4` as a layer: its place is the option itself. */
function overrideSource(option: string): Override {
  const file = `-o ${option}`;
  const split = option.indexOf('=');
  const name = option.slice(0, Math.max(0, split)).replace(/^base\./, '');
  const own = basePath(name).join('\0');
  const locate = (path: Path, key?: string): Located => {
    const asked = key === undefined ? path : [...path, key];
    return { place: { file }, depth: own === asked.join('\0') ? asked.length : -1 };
  };
  const level = split > 0 ? scalarOf(option.slice(split + 1)) : null;
  const problems = level === null ? [{ file, path: '(option)', ...badOverride(option) }] : [];
  return {
    file,
    name,
    level,
    value: undefined,
    problems,
    soundUntilLine: Number.POSITIVE_INFINITY,
    locate,
    locateInText: (path) => locate(path),
  };
}

function scalarOf(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Fixes the setting `name`: it leaves `vary`, `zip` and `compare` and stands in `base`. */
function pin(study: unknown, name: string, level: unknown): unknown {
  if (!isRecord(study)) return study;
  const next: Record<string, unknown> = { ...study };
  if (isRecord(study['vary'])) {
    const { [name]: _, ...vary } = partnersKept(study['vary'], study['zip'], name, level);
    next['vary'] = vary;
  }
  if (Array.isArray(study['zip'])) {
    const groups = study['zip'].map((group: unknown) =>
      Array.isArray(group) ? group.filter((factor) => factor !== name) : group,
    );
    next['zip'] = groups.filter((group) => !Array.isArray(group) || group.length > 1);
  }
  if (isRecord(study['compare']) && study['compare']['factor'] === name) delete next['compare'];
  return merge(
    next,
    basePath(name).reduceRight<unknown>((inner, key) => ({ [key]: inner }), level),
  );
}

/** Factors zipped with one that is fixed at one of its levels keep those of theirs that go with it. */
function partnersKept(vary: Record<string, unknown>, zip: unknown, name: string, level: unknown) {
  const groups: readonly unknown[] = Array.isArray(zip) ? zip : [];
  const group = groups.find((factors) => Array.isArray(factors) && factors.includes(name)) as unknown[] | undefined;
  const levels: readonly unknown[] = Array.isArray(vary[name]) ? vary[name] : [];
  if (group === undefined || !levels.includes(level)) return vary;
  const kept = (factor: string, own: unknown): unknown =>
    group.includes(factor) && Array.isArray(own) ? own.filter((_, i) => levels[i] === level) : own;
  return Object.fromEntries(Object.entries(vary).map(([factor, own]) => [factor, kept(factor, own)]));
}

function deepest(places: readonly Located[], full: number): Located {
  const exact = places.find((place) => place.depth === full);
  if (exact !== undefined) return exact;
  return places.reduce((best, place) => (place.depth > best.depth ? place : best), {
    place: { file: '(study)' },
    depth: -1,
  });
}

/** True for a plain map. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
