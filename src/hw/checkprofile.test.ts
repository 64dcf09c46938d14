import { describe, expect, it } from 'vitest';
import { checkProfile, sourcedLeaves } from './checkprofile.ts';
import { sourced, STEPS, type MachineProfile } from './profile.ts';
import { machines } from './profiles/index.ts';
import { toy } from './profiles/toy.ts';

const exact = (value: number) => sourced(value, [value, value], 'assumed', 'test');
const pathsOf = (profile: MachineProfile): string[] => checkProfile(profile).map(({ path }) => path);

describe('checkProfile', () => {
  it.each(Object.keys(machines))('finds nothing wrong with the shipped machine %s', (name) => {
    expect(checkProfile(machines[name])).toEqual([]);
  });

  it('lists eight mistakes of one profile at once, each by its dotted path', () => {
    const wrong: MachineProfile = {
      ...toy,
      userCpi: sourced(2, [0.5, 1], 'assumed', 'test'),
      ipiNs: exact(-1),
      wireNs: exact(NaN),
      l1d: { ...toy.l1d, ways: 3 },
      l2: { ...toy.l2, latency: exact(90) },
      stlb: { ...toy.stlb, entries: 0 },
      dtlb: { ...toy.dtlb, ways: 5 },
      cost: { ...toy.cost, iret: sourced(1, [1, 1], 'assumed', ' ') },
    };

    expect(pathsOf(wrong).sort()).toEqual(
      ['userCpi', 'ipiNs', 'wireNs', 'wireNs', 'l1d', 'llc.latency', 'stlb', 'dtlb', 'cost.iret'].sort(),
    );
  });

  it('names the numbers: a value outside its range, 48 sets, and a level slower than the one beyond it', () => {
    const wrong: MachineProfile = {
      ...toy,
      userCpi: sourced(2, [0.5, 1], 'assumed', 'test'),
      l1i: { ...toy.l1i, sizeBytes: 4096 * 3 },
      l2: { ...toy.l2, latency: exact(40) },
    };

    expect(checkProfile(wrong)).toEqual([
      { path: 'userCpi', message: 'is 2, outside its own range 0.5 to 1' },
      { path: 'l1i', message: 'has 192 entries in 4 ways, that is 48 sets; sets must be a power of two' },
      { path: 'llc.latency', message: 'is 40 cycles, not more than the 40 of l2' },
    ]);
  });

  it('names a number without a source', () => {
    const wrong = { ...toy, cost: { ...toy.cost, verw: sourced(10, [1, 20], 'assumed', '') } };

    expect(checkProfile(wrong)).toEqual([{ path: 'cost.verw', message: 'has no source' }]);
  });
});

describe('sourcedLeaves', () => {
  it('finds the price of each of the primitive steps and every cache latency, by path', () => {
    const paths = sourcedLeaves(toy).map(([path]) => path);

    expect(paths.filter((path) => path.startsWith('cost.'))).toEqual(Object.keys(STEPS).map((step) => `cost.${step}`));
    expect(paths).toEqual(expect.arrayContaining(['l1i.latency', 'llc.latency', 'stlb.hit', 'clockHz', 'wireNs']));
  });

  it('gives each shipped number a range around its value and one of four confidences', () => {
    const leaves = Object.values(machines).flatMap((machine) => sourcedLeaves(machine));
    const odd = leaves.filter(
      ([, { value, range, confidence }]) =>
        !(range[0] <= value && value <= range[1]) ||
        !['seen', 'second-hand', 'recalled', 'assumed'].includes(confidence),
    );

    expect(leaves.length).toBeGreaterThan(100);
    expect(odd).toEqual([]);
  });
});
