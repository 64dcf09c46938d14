import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys, work } from '../../../test/model/toysystem.ts';
import { toy } from '../../hw/profiles/toy.ts';
import { northwood } from '../../hw/profiles/northwood.ts';
import { kernelWorkOf } from '../calls/classes.ts';
import { policies } from './index.ts';

const ROUNDS = 20;
const UNTAGGED = { ...toy, pcid: false, cost: { ...toy.cost, cr3Flush: toy.cost.cr3Write } };

/** Page walks of a core on which two processes take turns. */
function walksUnder(policy: string): number {
  const polite = processOf([
    function* (env) {
      for (let i = 0; i < ROUNDS; i++) {
        yield* work(env, 'native', 10);
        yield* sys(env, 'sched_yield');
      }
    },
  ]);
  const { engine, machine } = bootToy([polite, polite], { profile: UNTAGGED, policy: policies[policy], features: [] });
  engine.runUntil(900_000);
  return machine.cores[0].tlbs.walks;
}

describe('software isolation in one address space', () => {
  it('keeps translations over a switch of processes, which separate spaces lose 20 times each', () => {
    expect(walksUnder('kernelmode') - walksUnder('singularity')).toBeGreaterThanOrEqual(ROUNDS);
  });

  it('runs the paths of its own kernel where it says them, those of the machine elsewhere', () => {
    const shares = kernelWorkOf(policies['singularity'], { profile: northwood });

    expect(shares?.scheduling).toBe(policies['singularity'].kernelWork?.scheduling);
    expect(shares?.network).toBe(northwood.kernelWork?.network);
    expect(kernelWorkOf(policies['kernelmode'], { profile: northwood })).toBe(northwood.kernelWork);
  });
});
