import type { MachineProfile } from '../../hw/profile.ts';
import { isFields, isSourced, type Fields } from '../../hw/checks.ts';

/**
 * A profile over a base: parts that it gives replace those of the base, caches and TLBs part by part, numbers whole. Everything that is left
 * of the base says so in its source. The result is unchecked where `file` is.
 */
export function extendProfile(base: MachineProfile, file: Fields): MachineProfile {
  const { extends: _, ...own } = file;
  return merge(base as unknown as Fields, own, `inherited from ${base.name}: `) as unknown as MachineProfile;
}

function merge(base: Fields, own: Fields, mark: string): Fields {
  const merged: Record<string, unknown> = { ...own };
  for (const [key, value] of Object.entries(base)) {
    if (!Object.hasOwn(own, key)) merged[key] = marked(key, value, mark);
    else if (isFields(value) && isFields(own[key]) && !isSourced(value)) merged[key] = merge(value, own[key], mark);
  }
  return merged;
}

function marked(key: string, value: unknown, mark: string): unknown {
  if (key === 'source') return `${mark}${String(value)}`;
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([inner, part]) => [inner, marked(inner, part, mark)]));
}
