import { expect, test } from 'vitest';
import { syntheticRows } from '../testing.ts';
import { risk } from './risk.ts';

/** Four policies of which kernelmode fails by every second wild operation, bypage by every tenth, the others never. */
const rows = syntheticRows();

test('the figure of risk gives each policy its gain and the days to failure at one wild operation a day', () => {
  const { data } = risk.draw(rows, []);

  expect(new Set(data.map(({ level }) => level))).toEqual(new Set(['baseline', 'kernelmode', 'bypage', 'free']));
  expect(data.find(({ level }) => level === 'kernelmode')).toMatchObject({ days: 2 });
  expect(data.find(({ level }) => level === 'bypage')).toMatchObject({ days: 10 });
  // Never stands beyond the longest time, so that it has a place on a logarithmic axis.
  expect(data.find(({ level }) => level === 'free')).toMatchObject({ days: 30 });
});

test('filled are policies that no other beats: the one that gains most and never fails, not one that fails and gains less', () => {
  const best = risk.draw(rows, []).data.filter(({ isBest }) => isBest);
  expect(best.map(({ level }) => level)).toContain('free');
  expect(best.map(({ level }) => level)).not.toContain('kernelmode');
});
