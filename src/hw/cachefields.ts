import { LINE_BYTES } from '../sim/units.ts';
import { checkSets, count, flag, isCount, isFields, isText, oneOf, optional, sourcedNumber, when } from './checks.ts';
import type { Check, Fields, ProfileProblem } from './checks.ts';
import { INCLUSIONS } from './inclusion.ts';
import { prefetch } from './prefetchfields.ts';
import { MAX_TREE_WAYS, REPLACEMENTS } from './replacement.ts';

const cache: Check = (value, path) => {
  if (!isFields(value)) return [{ path, message: 'must be a cache with sizeBytes, ways, source and latency' }];
  const { sizeBytes, ways, source, latency } = value;
  const isWhole = isCount(sizeBytes) && sizeBytes % LINE_BYTES === 0;
  return [
    ...when(!isText(source), path, 'has no source of its geometry'),
    ...(isWhole
      ? checkSets(path, sizeBytes / LINE_BYTES, ways)
      : [
          {
            path: `${path}.sizeBytes`,
            message: `is ${String(sizeBytes)}; it must be whole lines of ${LINE_BYTES} bytes`,
          },
          ...count(ways, `${path}.ways`),
        ]),
    ...sourcedNumber(latency, `${path}.latency`),
    ...checkBehaviour(value, path),
  ];
};

/** What a cache does beside holding lines; all of it may be absent. */
function checkBehaviour({ replacement, hashed, ways }: Fields, path: string): ProfileProblem[] {
  const isTree = replacement === 'treePlru' && isCount(ways);
  const fits = isTree && (ways & (ways - 1)) === 0 && ways <= MAX_TREE_WAYS;
  return [
    ...optional(oneOf(REPLACEMENTS))(replacement, `${path}.replacement`),
    ...optional(flag)(hashed, `${path}.hashed`),
    ...when(
      isTree && !fits,
      `${path}.ways`,
      `is ${String(ways)}; a tree of bits needs a power of two up to ${MAX_TREE_WAYS}`,
    ),
  ];
}

/** A cache beside which a prefetcher may sit. */
export const prefetchingCache: Check = (value, path) => [
  ...cache(value, path),
  ...(isFields(value) ? optional(prefetch)(value['prefetch'], `${path}.prefetch`) : []),
];

/** A cache without one. */
export const plainCache: Check = (value, path) => [
  ...cache(value, path),
  ...when(
    isFields(value) && value['prefetch'] !== undefined,
    `${path}.prefetch`,
    'is not modelled here; l1d and l2 may prefetch',
  ),
];

/** A last level. */
export const lastCache: Check = (value, path) => [
  ...plainCache(value, path),
  ...(isFields(value) ? oneOf(Object.keys(INCLUSIONS))(value['inclusion'], `${path}.inclusion`) : []),
];
