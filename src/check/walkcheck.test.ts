import { expect, it } from 'vitest';
import { walksOf, walkText } from './walkcheck.ts';
import type { WalkRequest, WalkResult } from './walkcheck.ts';

const REQUEST = { alphabet: 'gates', walks: 200, length: 30, seed: 7 } as const;

/** Does the walks, and stops them when `isEnough` of those done says so. */
function runWalks(request: WalkRequest, isEnough = (_done: number): boolean => false): WalkResult {
  const walks = walksOf(request);
  let at = walks.next(true);
  while (at.done !== true) at = walks.next(!isEnough(at.value));
  return at.value;
}

it('finds programs that break L0 and none that breaks H, the same ones for the same seed', () => {
  const open = runWalks({ ...REQUEST, profile: 'L0' });
  expect(open.broken.map(({ invariant }) => invariant)).toContain('I6');
  expect(runWalks({ ...REQUEST, profile: 'L0' })).toEqual(open);
  expect(runWalks({ ...REQUEST, profile: 'H' }).broken).toEqual([]);
});

it('prints each invariant with its program', () => {
  const broken = [{ invariant: 'I8', program: '0:skm 1; 0:capdrop K' }] as const;
  expect(walkText([{ ...REQUEST, profile: 'L0', done: 200, steps: 5, broken }])).toBe(
    'L0 gates: 200 random walks of seed 7, 5 steps, 1 invariant broken\n  I8: 0:skm 1; 0:capdrop K',
  );
});

it('stops when told to after 128 of 200 walks, and says so with what they found', () => {
  const stopped = runWalks({ ...REQUEST, profile: 'L0' }, (done) => done >= 128);
  expect(stopped.done).toBe(128);
  expect(stopped.broken).toEqual(runWalks({ ...REQUEST, profile: 'L0', walks: 128 }).broken);
  expect(walkText([stopped])).toMatch(/^L0 gates: interrupted after 128 of 200 random walks of seed 7/);
});
