import { count, isFields, isText, oneOf, optional, sourcedNumber, when, type Check } from './checks.ts';
import { HOMING_NAMES } from './memorynodes.ts';
import { SIBLING_SHARES } from './siblingshare.ts';

/** Checks processors of several sockets. */
export const sockets: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must hold coresPerSocket, homing, hopNs and source' }];
  return [
    ...count(value['coresPerSocket'], `${path}.coresPerSocket`),
    ...oneOf(HOMING_NAMES)(value['homing'], `${path}.homing`),
    ...sourcedNumber(value['hopNs'], `${path}.hopNs`),
    ...when(!isText(value['source']), path, 'has no source of its number of cores'),
  ];
};

/** Checks hardware threads. */
export const smt: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must hold threadsPerCore, throughput and source' }];
  const { threadsPerCore, throughput, replay, tagsCode = false, tagsBranches = false, itlb = 'shared', source } = value;
  return [
    ...when(threadsPerCore !== 2, `${path}.threadsPerCore`, `is ${String(threadsPerCore)}; it must be 2`),
    ...sourcedNumber(throughput, `${path}.throughput`),
    ...within(throughput, 1, 2, `${path}.throughput`),
    ...optional(sourcedNumber)(replay, `${path}.replay`),
    ...within(replay, 0, 1, `${path}.replay`),
    ...when(typeof tagsCode !== 'boolean', `${path}.tagsCode`, `is ${String(tagsCode)}; it must be true or false`),
    ...when(
      typeof tagsBranches !== 'boolean',
      `${path}.tagsBranches`,
      `is ${String(tagsBranches)}; it must be true or false`,
    ),
    ...oneOf(SIBLING_SHARES)(itlb, `${path}.itlb`),
    ...when(!isText(source), path, 'has no source of its number of threads'),
  ];
};

/** Findings about a sourced number whose range is known and goes beyond two bounds. */
function within(value: unknown, least: number, most: number, path: string): ReturnType<Check> {
  const range = isFields(value) && Array.isArray(value['range']) ? value['range'] : [];
  const isOutside = range[0] < least || range[1] > most;
  return when(isOutside, path, `ranges over ${String(range)}; it must stay from ${least} to ${most}`);
}
