import { describe, expect, it } from 'vitest';
import { bareMachine } from '../../test/model/support.ts';
import { CPI_BUCKETS } from '../hw/cpi.ts';
import { MITIGATIONS, STEPS, type Feature, type StepName, type StepSpec } from '../hw/steps.ts';
import { machines } from '../hw/profiles/index.ts';
import { beyond, compilePolicy, compileSteps, featuresUnder, planOf, spendCharge, totalOf } from './crossing.ts';
import { policies } from './policies/index.ts';
import { CROSSINGS, SWITCHES, type CrossingName } from './policy.ts';

/** Every step of toy costs this. */
const STEP = 10;
/** Everything a study can switch on. */
const ALL: readonly Feature[] = MITIGATIONS;
const NAMES = Object.keys(policies);
const { machine } = bareMachine();

/** Steps that exist on toy, which enters by SYSCALL, delivers events by the IDT and has PCIDs. */
function present(steps: readonly StepName[], features: readonly Feature[]): readonly StepName[] {
  const inForce = new Set<Feature>([...features, 'syscall', 'idt', 'softStack', 'pcid']);
  return steps.filter((name) => {
    const { needs = [] }: StepSpec = STEPS[name];
    return needs.every((feature) => inForce.has(feature));
  });
}

function cycles(policy: string, crossing: CrossingName, cpl: 0 | 3, features: readonly Feature[]): number {
  return totalOf(compilePolicy(policies[policy], machine, new Set(features))[crossing][cpl]);
}

/** Entry and exit of a system call from CPL 3. */
function baselineCall(features: readonly Feature[]): number[] {
  return (['syscallEnter', 'syscallExit'] as const).map((crossing) => cycles('baseline', crossing, 3, features));
}

describe('crossings on toy', () => {
  it.each(NAMES)(
    'of policy %s cost ten times the length of their lists, with KPTI, without, and with all mitigations',
    (name) => {
      const policy = policies[name];
      for (const features of [['kpti'], [], ALL] as const) {
        const compiled = compilePolicy(policy, machine, new Set(features));
        const inForce = [...featuresUnder(policy, new Set(features))];
        for (const crossing of [...CROSSINGS, ...SWITCHES]) {
          const { cpl3, cpl0 } = planOf(policy, crossing);
          expect(totalOf(compiled[crossing][3])).toBe(STEP * present(cpl3, inForce).length);
          expect(totalOf(compiled[crossing][0])).toBe(STEP * present(cpl0, inForce).length);
        }
      }
    },
  );

  it('a system call of the baseline costs 70 + 50 with KPTI, 60 + 40 without, 110 + 70 with all mitigations', () => {
    expect([baselineCall(['kpti']), baselineCall([]), baselineCall(ALL)]).toEqual([
      [70, 50],
      [60, 40],
      [110, 70],
    ]);
  });

  it('a system call of kernelmode code at CPL 0 costs 20 whatever the mitigations: a direct call and the dispatch', () => {
    expect(cycles('kernelmode', 'syscallEnter', 0, ALL)).toBe(2 * STEP);
    expect(cycles('kernelmode', 'syscallExit', 0, ALL)).toBe(0);
  });

  it('without KPTI a system call of the baseline costs 20 less: no switch of page tables on the way in and out', () => {
    const [withKpti, without] = [['kpti'] as const, []].map((features) => baselineCall(features));

    expect(withKpti[0] + withKpti[1] - without[0] - without[1]).toBe(2 * STEP);
  });

  it.each(Object.keys(machines))('on %s no policy has a crossing cheaper than that of free, which costs 0', (name) => {
    const bare = bareMachine({ profile: machines[name] });
    const features = new Set<Feature>([...machines[name].features, 'kpti']);
    const free = compilePolicy(policies['free'], bare.machine, features);
    for (const policy of NAMES) {
      const compiled = compilePolicy(policies[policy], bare.machine, features);
      for (const crossing of CROSSINGS)
        for (const cpl of [0, 3] as const)
          expect(totalOf(compiled[crossing][cpl])).toBeGreaterThanOrEqual(totalOf(free[crossing][cpl]));
    }
    expect(CROSSINGS.map((crossing) => totalOf(free[crossing][3]))).toEqual(CROSSINGS.map(() => 0));
  });
});

describe('a charge', () => {
  it('sums repeated steps and keeps the parts of a crossing apart: 30 hardware, 20 page table, 10 check', () => {
    const steps: readonly StepName[] = ['swapgs', 'cr3Write', 'iret', 'swapgs', 'cr3Write', 'capabilityCheck'];

    const { buckets, cycles: parts } = compileSteps(steps, machine, new Set(['kpti']));

    expect([...buckets].map((bucket, i) => [CPI_BUCKETS[bucket], parts[i]])).toEqual([
      ['crossingHardware', 3 * STEP],
      ['crossingPageTable', 2 * STEP],
      ['check', STEP],
    ]);
  });

  it('spent on a core passes its total of 60 cycles', () => {
    const [core] = bareMachine().machine.cores;

    spendCharge(
      core,
      compileSteps(['swapgs', 'iret', 'dispatch', 'pickNext', 'ipiSend', 'entryLookup'], machine, new Set()),
    );

    expect(core.now).toBe(6 * STEP);
    expect(core.ledger.accounted()).toBe(6 * STEP);
  });

  it('takes every primitive step from the profile, in whole cycles: on toy each costs 10', () => {
    const steps = Object.keys(STEPS) as StepName[];

    expect(steps.map((step) => machine.step(step))).toEqual(steps.map(() => STEP));
    expect(totalOf(compileSteps(steps, machine, new Set(ALL)))).toBe(STEP * present(steps, ALL).length);
  });
});

describe('what a return to CPL 3 costs beyond one to CPL 0', () => {
  it('and the latter are the former together, in every part where it is dearer', () => {
    const { eventExit } = compilePolicy(policies['baseline'], machine, new Set<Feature>(ALL));
    const rest = beyond(eventExit[3], eventExit[0]);
    eventExit[3].buckets.forEach((bucket, i) => {
      const at = eventExit[0].buckets.indexOf(bucket);
      expect(rest.cycles[i] + (at < 0 ? 0 : eventExit[0].cycles[at])).toBe(eventExit[3].cycles[i]);
    });
    expect(totalOf(rest)).toBe(totalOf(eventExit[3]) - totalOf(eventExit[0]));
    expect(totalOf(beyond(eventExit[0], eventExit[0]))).toBe(0);
  });
});
