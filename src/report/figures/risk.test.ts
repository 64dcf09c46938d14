import { expect, test } from 'vitest';
import type { SummaryRow } from '../../archive/rows.ts';
import { changed, syntheticRows } from '../testing.ts';
import { risk } from './risk.ts';

const SHARES: Readonly<Record<string, number>> = { baseline: 0, kernelmode: 0.5, bypage: 0.1, free: 0 };

/** Throughput of four policies, and which share of wild operations takes the machine down under each. */
function rows(): readonly SummaryRow[] {
  const all = syntheticRows({ policies: Object.keys(SHARES), factors: {} });
  const throughput = all.filter(({ metric }) => metric === 'throughput');
  const shares = changed(throughput, ({ itervars }) => ({
    metric: 'risk.machine',
    mean: SHARES[String(itervars['policy'])],
  }));
  return [...throughput, ...shares];
}

test('the figure of risk gives each policy its gain and the days to failure at one wild operation a day', () => {
  const { data } = risk.draw(rows(), []);

  expect(new Set(data.map(({ level }) => level))).toEqual(new Set(Object.keys(SHARES)));
  expect(data.find(({ level }) => level === 'kernelmode')).toMatchObject({ days: 2 });
  expect(data.find(({ level }) => level === 'bypage')).toMatchObject({ days: 10 });
  // Never stands beyond the longest time, so that it has a place on a logarithmic axis.
  expect(data.find(({ level }) => level === 'free')).toMatchObject({ days: 30 });
});

test('filled are policies that no other beats: the one that gains most and never fails, not one that fails and gains less', () => {
  const best = risk.draw(rows(), []).data.filter(({ isBest }) => isBest);
  expect(best.map(({ level }) => level)).toContain('free');
  expect(best.map(({ level }) => level)).not.toContain('kernelmode');
});
