import { expect, it } from 'vitest';
import { runWalks, walkText } from './walkcheck.ts';

const REQUEST = { alphabet: 'gates', walks: 200, length: 30, seed: 7 } as const;

it('finds programs that break L0 and none that breaks H, the same ones for the same seed', () => {
  const open = runWalks({ ...REQUEST, profile: 'L0' });
  expect(open.broken.map(({ invariant }) => invariant)).toContain('I6');
  expect(runWalks({ ...REQUEST, profile: 'L0' })).toEqual(open);
  expect(runWalks({ ...REQUEST, profile: 'H' }).broken).toEqual([]);
});

it('prints each invariant with its program', () => {
  const broken = [{ invariant: 'I8', program: '0:skm 1; 0:capdrop K' }] as const;
  expect(walkText([{ ...REQUEST, profile: 'L0', steps: 5, broken }])).toBe(
    'L0 gates: 200 random walks of seed 7, 5 steps, 1 invariants broken\n  I8: 0:skm 1; 0:capdrop K',
  );
});
