import { count, isFields, isText, oneOf, sourcedNumber, when, type Check } from './checks.ts';
import { HOMING_NAMES } from './memorynodes.ts';

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
  const { threadsPerCore, throughput, source } = value;
  const range = isFields(throughput) && Array.isArray(throughput['range']) ? throughput['range'] : [];
  return [
    ...when(threadsPerCore !== 2, `${path}.threadsPerCore`, `is ${String(threadsPerCore)}; it must be 2`),
    ...sourcedNumber(throughput, `${path}.throughput`),
    ...when(
      range[0] < 1 || range[1] > 2,
      `${path}.throughput`,
      `ranges over ${String(range)}; it must stay from 1 to 2`,
    ),
    ...when(!isText(source), path, 'has no source of its number of threads'),
  ];
};
