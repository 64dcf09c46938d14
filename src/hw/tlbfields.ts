import { checkSets, count, isCount, isFields, isText, oneOf, optional, sourcedNumber, when } from './checks.ts';
import type { Check, Fields, ProfileProblem } from './checks.ts';

const geometry = ({ source, entries, ways }: Fields, path: string): ProfileProblem[] => [
  ...when(!isText(source), path, 'has no source of its geometry'),
  ...(Number.isInteger(entries) ? checkSets(path, entries as number, ways) : count(entries, `${path}.entries`)),
];

/** One array of a TLB. */
export const tlb: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must be a TLB with entries, ways, source and hit' }];
  return [...geometry(value, path), ...sourcedNumber(value['hit'], `${path}.hit`)];
};

const nestedTlb: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must be a nested TLB with entries, ways and source' }];
  return [...geometry(value, path), ...optional(sourcedNumber)(value['hit'], `${path}.hit`)];
};

/** A page walker, with its cache of upper levels. */
export const walker: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must be a page walker with levels, entries, ways and source' }];
  const { levels } = value;
  const isWalk = isCount(levels) && levels >= 2 && levels <= 4;
  return [
    ...when(!isWalk, `${path}.levels`, `is ${String(levels)}; it must be 2, 3 or 4`),
    ...geometry(value, path),
    ...optional(nestedTlb)(value['nested'], `${path}.nested`),
  ];
};

/** Nested paging of a virtual machine; false on bare metal. */
export const nesting: Check = (value, path) => {
  if (value === false) return [];
  if (!isFields(value))
    return [{ path, message: 'must be false, or nested paging with hostPages, entries, ways and source' }];
  return [...oneOf(['small', 'large'])(value['hostPages'], `${path}.hostPages`), ...nestedTlb(value, path)];
};
