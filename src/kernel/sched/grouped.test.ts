import { describe, expect, it } from 'vitest';
import { bootToy, processOf, work } from '../../../test/model/toysystem.ts';
import type { Program } from '../abi.ts';
import type { GroupSpec } from './group.ts';
import type { SchedulerName } from './index.ts';
import { Lab } from './lab/lab.ts';
import { ORDINARY, type TaskSpec } from './task.ts';

const MS = 1e6;
const FREE = { timer: 0, switch: 0, tick: 0, sleep: 0 };
const GROUPING: readonly SchedulerName[] = ['cfs', 'eevdf'];

/** Shares of busy threads of these groups on so many CPUs in 4 s. */
function sharesOf(scheduler: SchedulerName, groups: readonly (GroupSpec | undefined)[], cpus = 1): number[] {
  const busy = groups.map((group) => Object.assign({}, ORDINARY, group && { group }, { work: Infinity }));
  const lab = new Lab({ scheduler, cpus, actors: busy, costs: FREE });
  lab.run(4000 * MS);
  return lab.actors.map(({ runtime }) => runtime / lab.now);
}

const near = (value: number): number => expect.closeTo(value, 1.8) as number;

describe.each(GROUPING)('control groups under %s', (scheduler) => {
  it('share a core by their weights, 100 to 300, however many tasks they have', () => {
    const [few, many] = [
      { name: 'few', weight: 300 },
      { name: 'many', weight: 100 },
    ];

    const [one, ...rest] = sharesOf(scheduler, [few, many, many, many]);

    expect(one).toEqual(near(0.75));
    for (const share of rest) expect(share).toEqual(near(0.25 / 3));
  });

  it('count like a task of nice 0 by default', () => {
    const group = { name: 'group', weight: 100 };

    expect(sharesOf(scheduler, [undefined, group, group])).toEqual([near(0.5), near(0.25), near(0.25)]);
  });

  it('with 20 ms in each 100 have a fifth of a core, and leave the rest to others or to nobody', () => {
    const capped = { name: 'capped', weight: 100, quota: 20 * MS, period: 100 * MS };

    expect(sharesOf(scheduler, [capped])).toEqual([near(0.2)]);
    expect(sharesOf(scheduler, [capped, undefined])).toEqual([near(0.2), near(0.8)]);
  });

  it('have one quota on all CPUs together: 60 ms in each 100 for two tasks on two CPUs', () => {
    const capped = { name: 'capped', weight: 100, quota: 60 * MS, period: 100 * MS };

    const shares = sharesOf(scheduler, [capped, capped], 2);

    expect(shares[0] + shares[1]).toEqual(near(0.6));
  });
});

describe('a process in the kernel', () => {
  it('with half of each 10 ms does half the work that it could, and its idle core has no tick in between', () => {
    const done: number[] = [];
    const busy: Program = function* (env) {
      for (;;) {
        yield* work(env, 'native', 0.05 * MS);
        done.push(env.now());
      }
    };
    const group: GroupSpec = { name: 'half', weight: 100, quota: 5 * MS, period: 10 * MS };
    const spec = processOf([busy]);
    const sched: Partial<TaskSpec> = { group };
    const threads = spec.threads.map((thread) => Object.assign({}, thread, { sched }));
    const system = bootToy([{ ...spec, threads }]);

    system.engine.runUntil(400 * MS);

    // A turn ends at a tick of 4 ms, and what it overran is taken from the next period.
    expect(Math.abs(done.length * 0.05 - 200)).toBeLessThan(8);
  });
});
