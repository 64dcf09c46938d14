import { expect, test } from 'vitest';
import { comparisonTable } from './table.ts';
import { syntheticRows } from './testing.ts';

test('the table has a line per policy and setting with throughput, signed gain and p99, columns aligned', () => {
  const rows = syntheticRows({
    policies: ['baseline', 'bypage'],
    factors: { cores: [4], kpti: [false, true] },
    gain: () => ({ mean: -1.25, halfwidth: 0.04 }),
  });

  expect(comparisonTable(rows)).toBe(
    [
      'policy    KPTI  throughput (requests/s)  gain over baseline  p99 latency (µs)',
      'baseline  off                   207,100                                   594',
      'bypage    off                   204,500      −1.25 % ± 0.04             601.5',
      'baseline  on                    189,000                                   594',
      'bypage    on                    186,600      −1.25 % ± 0.04             601.5',
      '',
    ].join('\n'),
  );
});

test('a study that compares nothing has no gain, and one without factors no level', () => {
  const [one] = syntheticRows({ compare: false, policies: ['free'], factors: { cores: [1] } });
  const { itervars: _, ...rest } = one;

  expect(comparisonTable([{ ...rest, mean: 1234, itervars: {} }])).toBe(
    ['throughput (requests/s)  p99 latency (µs)', '                  1,234', ''].join('\n'),
  );
});

test('without rows only the header is left', () => {
  expect(comparisonTable([]).split('\n')).toHaveLength(2);
});
