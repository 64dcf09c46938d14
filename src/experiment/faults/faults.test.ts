import { describe, expect, it } from 'vitest';
import { runOf } from '../../../test/model/runs.ts';
import { findPolicy } from '../../kernel/policies/find.ts';
import { policies } from '../../kernel/policies/index.ts';
import { radiusOf } from './radius.ts';
import { WILD_NAMES, WILD_OPERATIONS } from './wildoperations.ts';

/** Wild operations that take the machine down under a policy. */
function fatal(policy: string): string[] {
  return WILD_NAMES.filter((name) => radiusOf(findPolicy(policy)!, WILD_OPERATIONS[name]) === 'machine');
}

describe('the reach of a wild operation, by the rules', () => {
  it('is a process or a thread under every policy that grants nothing or confines all code', () => {
    const harmless = Object.values(policies).filter(({ grants, isConfined }) => grants.length === 0 || isConfined);

    expect(harmless.length).toBeGreaterThan(8);
    for (const { name } of harmless) expect(fatal(name)).toEqual([]);
  });

  it('is the machine under kernelmode for all but writes into its own data and into read-only code', () => {
    expect(fatal('kernelmode')).toEqual(WILD_NAMES.filter((name) => !['ownData', 'trustedCode'].includes(name)));
  });

  it('is the machine under bypage where compiled code believes what native code wrote: heap and stack', () => {
    expect(fatal('bypage')).toEqual(['managedHeap', 'otherStack']);
    expect(fatal('bypage-l0')).toEqual(['managedHeap', 'otherStack', 'modeSwitch']);
  });

  it('is never the machine under the hardened reading and its minimal set; without HEAPI and SFI it is, by the heap', () => {
    expect([fatal('bypage-hardened'), fatal('bypage-hardened-minimal')]).toEqual([[], []]);
    expect(fatal('bypage-hardened-minimal-HEAPI')).toEqual(['managedHeap']);
    expect(fatal('bypage-hardened-KSTK-SHSTK')).toEqual(['otherStack']);
  });

  it('is a thread for an endless loop that the timer can still interrupt', () => {
    expect(radiusOf(policies['baseline'], WILD_OPERATIONS['endlessLoop'])).toBe('thread');
    expect(radiusOf(policies['kernelmode'], WILD_OPERATIONS['endlessLoop'])).toBe('machine');
  });

  it('is weighted by shares that sum to 1, each within its range', () => {
    const weights = WILD_NAMES.map((name) => WILD_OPERATIONS[name].weight);

    expect(weights.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(1, 12);
    for (const { value, range } of weights) expect(value >= range[0] && value <= range[1]).toBe(true);
  });
});

/** Share of wild operations of a run that take the machine down, and how many there were. */
function share(policy: string): readonly [machine: number, operations: number] {
  const { metrics } = runOf({
    workload: 'java-nio',
    params: { connections: 2, thinkUs: 500, wildPerSecond: 50_000 },
    policy,
    measureUs: 20_000,
  });
  const value = (name: string): number => metrics.find((row) => row.name === name)!.value;
  return [value('risk.machine'), value('risk.operations')];
}

describe('a run with wild native code', () => {
  it('counts what is reached: the exact share of the weights within five standard errors', () => {
    for (const policy of ['kernelmode', 'bypage', 'bypage-hardened']) {
      const exact = fatal(policy).reduce((sum, name) => sum + WILD_OPERATIONS[name].weight.value, 0);
      const [machine, operations] = share(policy);

      expect(operations).toBeGreaterThan(500);
      expect(Math.abs(machine - exact)).toBeLessThanOrEqual(5 * Math.sqrt((exact * (1 - exact)) / operations));
    }
  });
});
