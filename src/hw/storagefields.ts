import { isFields, isSourced, optional, positive, sourcedNumber, when } from './checks.ts';
import type { Check, ProfileProblem } from './checks.ts';
import type { StorageProfile } from './storage.ts';

const whole: Check = (leaf, path) => [
  ...sourcedNumber(leaf, path),
  ...when(
    isSourced(leaf) && !(Number.isInteger(leaf['value']) && (leaf['value'] as number) > 0),
    path,
    'must be a whole number above 0',
  ),
];

const FIELDS: Readonly<Record<keyof StorageProfile, Check>> = {
  readNs: sourcedNumber,
  writeNs: sourcedNumber,
  flushNs: sourcedNumber,
  bytesPerNs: positive,
  channels: whole,
  queueDepth: whole,
  coalescedCompletions: whole,
  coalescingNs: sourcedNumber,
  cachePages: optional(whole),
};

/** Checks the block device of a machine. */
export const storage: Check = (value, path): readonly ProfileProblem[] =>
  isFields(value)
    ? Object.entries(FIELDS).flatMap(([name, check]) => check(value[name], `${path}.${name}`))
    : [{ path, message: `must hold ${Object.keys(FIELDS).join(', ')}` }];
