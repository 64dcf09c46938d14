import { isRecord } from './layers.ts';
import { PARAMS, PROFILE } from './settings.ts';
import type { Path } from './yamlsource.ts';

/** One value that a study gives to a setting: in `base`, or as a level in `vary`. */
export interface Entry {
  /** Name of the setting, `cores` or `params.connections`. */
  readonly name: string;
  readonly value: unknown;
  readonly path: Path;
  readonly varied: boolean;
}

/** Every setting value of a study that has not been checked yet; parts of a wrong shape are left to the schema. */
export function entriesOf(study: unknown): Entry[] {
  return isRecord(study) ? [...baseEntries(study['base']), ...levelEntries(study['vary'])] : [];
}

function baseEntries(base: unknown): Entry[] {
  if (!isRecord(base)) return [];
  return Object.entries(base).flatMap(([key, value]) => {
    const prefix = { params: PARAMS, profile: PROFILE }[key];
    if (prefix === undefined) return [{ name: key, value, path: ['base', key], varied: false }];
    const group = isRecord(value) ? Object.entries(value) : [];
    return group.map(([name, inner]) => ({
      name: prefix + name,
      value: inner,
      path: ['base', key, name],
      varied: false,
    }));
  });
}

function levelEntries(vary: unknown): Entry[] {
  if (!isRecord(vary)) return [];
  return Object.entries(vary).flatMap(([name, levels]) =>
    Array.isArray(levels)
      ? levels.map((value: unknown, i) => ({ name, value, path: ['vary', name, i], varied: true }))
      : [],
  );
}
