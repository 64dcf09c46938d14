import { LINES_PER_PAGE } from '../sim/units.ts';
import { isCount, isFields, isText, oneOf, sourcedNumber, when, type Check } from './checks.ts';
import { PREFETCHER_NAMES } from './prefetchers.ts';

/** Bounds of the numbers of a prefetcher: none crosses a page. */
const PREFETCH_BOUNDS = {
  degree: LINES_PER_PAGE - 1,
  distance: LINES_PER_PAGE - 1,
  streams: 256,
  outstanding: 256,
} as const;

/** A whole number from 1 on; `range` need not be of whole numbers. */
const wholeNumber =
  (most: number): Check =>
  (value, path) => {
    const problems = sourcedNumber(value, path);
    const number = isFields(value) ? value['value'] : undefined;
    const isFine = isCount(number) && number <= most;
    return problems.length > 0
      ? problems
      : when(!isFine, path, `is ${String(number)}; it must be a whole number from 1 to ${most}`);
  };

/** What is wrong with the prefetcher of a cache. */
export const prefetch: Check = (value, path) => {
  if (!isFields(value))
    return [{ path, message: `must hold prefetcher, ${Object.keys(PREFETCH_BOUNDS).join(', ')} and source` }];
  const { prefetcher, degree, distance, source } = value;
  const [ahead, asked] = [distance, degree].map((leaf) => (isFields(leaf) ? leaf['value'] : undefined));
  return [
    ...oneOf(PREFETCHER_NAMES)(prefetcher, `${path}.prefetcher`),
    ...Object.entries(PREFETCH_BOUNDS).flatMap(([name, most]) => wholeNumber(most)(value[name], `${path}.${name}`)),
    ...when(
      (asked as number) > (ahead as number),
      `${path}.degree`,
      `is ${String(asked)}, beyond the distance of ${String(ahead)}`,
    ),
    ...when(!isText(source), path, 'has no source'),
  ];
};
