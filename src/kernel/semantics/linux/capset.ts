import { Capability, LAST_CAPABILITY } from './capability.ts';

/** A set of capabilities: bit n is capability n. Combined only by the functions of this file. */
export type CapSet = bigint;

/** The empty set. */
export const NO_CAPABILITIES: CapSet = 0n;

/** Every capability of this kernel (CAP_VALID_MASK). */
export const ALL_CAPABILITIES: CapSet = (1n << BigInt(LAST_CAPABILITY + 1)) - 1n;

/** The set of the given capability numbers. */
export function capSet(...numbers: readonly number[]): CapSet {
  return numbers.reduce((set, number) => set | (1n << BigInt(number)), NO_CAPABILITIES);
}

/**
 * Capabilities that follow the filesystem user id (CAP_FS_SET): they stand for what user 0 may do to files.
 * Source: include/linux/capability.h, `cap_drop_fs_set`.
 */
export const FILESYSTEM_CAPABILITIES: CapSet = capSet(
  Capability.CAP_CHOWN,
  Capability.CAP_DAC_OVERRIDE,
  Capability.CAP_DAC_READ_SEARCH,
  Capability.CAP_FOWNER,
  Capability.CAP_FSETID,
  Capability.CAP_LINUX_IMMUTABLE,
  Capability.CAP_MKNOD,
  Capability.CAP_MAC_OVERRIDE,
);

/** Whether the set contains the capability. */
export function has(set: CapSet, number: number): boolean {
  return ((set >> BigInt(number)) & 1n) === 1n;
}

/** Whether every member of `part` is one of `whole`. */
export function isSubset(part: CapSet, whole: CapSet): boolean {
  return without(part, whole) === NO_CAPABILITIES;
}

/** Union. */
export function combine(a: CapSet, b: CapSet): CapSet {
  return a | b;
}

/** Members of both. */
export function intersect(a: CapSet, b: CapSet): CapSet {
  return a & b;
}

/** Members of `set` that are not in `removed`. */
export function without(set: CapSet, removed: CapSet): CapSet {
  return set & ~removed;
}

/** Capability numbers of the set, ascending. */
export function members(set: CapSet): number[] {
  const numbers: number[] = [];
  for (let rest = set, number = 0; rest !== 0n; rest >>= 1n, number++) if ((rest & 1n) === 1n) numbers.push(number);
  return numbers;
}
