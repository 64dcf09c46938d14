import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys } from '../../test/model/toysystem.ts';
import { toy } from '../hw/profiles/toy.ts';
import { ENTRY_PAGES, type Drop } from './entrypages.ts';

const UNTAGGED = { ...toy, pcid: false, cost: { ...toy.cost, cr3Flush: toy.cost.cr3Write } };
const CALLS = 100;

/** Page walks of a core for each of a loop's calls, the first ones left out. */
function walksPerCall(profile: typeof toy, features: readonly 'kpti'[]): number {
  const seen: number[] = [];
  const walks: (() => number)[] = [];
  const program = processOf([
    function* (env) {
      for (let i = 0; i <= 2 * CALLS; i++) {
        yield* sys(env, 'getpid');
        if (i % CALLS === 0) seen.push(walks[0]());
      }
    },
  ]);
  const { engine, machine } = bootToy([program], { profile, features });
  walks.push(() => machine.cores[0].tlbs.walks);
  engine.runUntil(4_000_000);
  return (seen[2] - seen[1]) / CALLS;
}

const after = (drop: Drop): number => ENTRY_PAGES.filter((page) => page.after.includes(drop)).length;

describe('pages around a crossing', () => {
  it('are 8 on the way in, 6 on the way back and 6 at a switch of processes', () => {
    expect([after('entry'), after('return'), after('switch')]).toEqual([8, 6, 6]);
  });

  it('are walked for at every call where split tables have no tags: 14 and those of the function', () => {
    const walks = walksPerCall(UNTAGGED, ['kpti']);

    expect(walks).toBeGreaterThanOrEqual(14);
    expect(walks).toBeLessThan(14 + 6);
  });

  it('stay translated with tags, and where kernel and program share their tables', () => {
    expect(walksPerCall(toy, ['kpti'])).toBeLessThan(0.1);
    expect(walksPerCall(UNTAGGED, [])).toBeLessThan(0.1);
  });
});
