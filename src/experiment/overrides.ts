import type { MachineProfile } from '../hw/profile.ts';

/** A profile with some of its sourced numbers replaced, by dotted path; the original is not touched. */
export function overrideProfile(profile: MachineProfile, overrides: Readonly<Record<string, number>>): MachineProfile {
  return Object.entries(overrides).reduce(
    (result, [path, value]) => replaceAt(result, path.split('.'), value),
    profile,
  );
}

function replaceAt<T extends object>(target: T, path: readonly string[], value: number): T {
  const [key, ...rest] = path as [keyof T, ...string[]];
  if (!(key in target)) throw new RangeError(`a machine profile has no ${String(key)}`);
  const child = target[key] as object;
  return { ...target, [key]: rest.length === 0 ? { ...child, value } : replaceAt(child, rest, value) };
}
