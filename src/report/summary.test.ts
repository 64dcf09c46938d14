import { expect, test } from 'vitest';
import { readSummary } from './summary.ts';
import { syntheticRows, toSummaryCsv } from './testing.ts';

test('summary rows survive their CSV, with booleans, numbers and absent estimates as they were', () => {
  const rows = syntheticRows({ factors: { cores: [1, 4], kpti: [false, true], 'params.mode': ['a', 'b'] } });

  expect(readSummary(toSummaryCsv(rows))).toEqual(rows);
});

test('rows of single runs have no intervals', () => {
  const [first] = readSummary(toSummaryCsv(syntheticRows({ n: 1 })));

  expect(first).not.toHaveProperty('halfwidth');
  expect(first).not.toHaveProperty('stdev');
});

test('a gain over a baseline of 0, which is not a number, is read as absent', () => {
  const header = 'experiment,measurement,policy,component,metric,unit,n,mean,level,baseline,gain,gainHalfwidth';
  const [row] = readSummary(`${header}\ne,m,bypage,server,refused.EPERM,count,10,3,0.95,baseline,NaN,NaN\n`);

  expect(row).toMatchObject({ mean: 3, baseline: 'baseline' });
  expect(row).not.toHaveProperty('gain');
});

test('the error for a file without 2 of the columns names both', () => {
  expect(() => readSummary('policy,component,metric,unit,n\nbaseline,server,throughput,requests/s,1\n')).toThrow(
    'summary.csv: damaged: it lacks the columns mean, level; sweep again',
  );
});

test('the error for a row with a quote out of place names the row', () => {
  expect(() => readSummary('a,b\n1,"2\n', 'r/summary.csv')).toThrow(
    'r/summary.csv: damaged: CSV row 2: a quote is out of place',
  );
});

test('an empty file has 0 rows', () => {
  expect(readSummary('')).toEqual([]);
});
