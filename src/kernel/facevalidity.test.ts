import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys } from '../../test/model/toysystem.ts';
import type { MachineProfile } from '../hw/profile.ts';
import type { Feature } from '../hw/steps.ts';
import { machines } from '../hw/profiles/index.ts';
import { policies } from './policies/index.ts';

/** Calls before the measured ones, which warm caches and TLBs, and measured calls. */
const WARM = 50;
const MEASURED = 100;

interface Loop {
  /** Simulated cycles of one call. */
  readonly cycles: number;
  /** Page walks of the whole run. */
  readonly walks: number;
}

/** A loop of getpid, by code that begins in the mode that the policy grants. */
function loop(profile: MachineProfile, policy: string, kpti: boolean): Loop {
  const features = profile.features.filter((feature) => feature !== 'kpti');
  const isGranted = policies[policy].grants.length > 0;
  const times: number[] = [];
  const program = processOf([
    function* (env) {
      if (isGranted) yield* sys(env, 'syskernelmode', 1);
      for (let call = 0; call <= WARM + MEASURED; call++) {
        if (call >= WARM) times.push(env.now());
        yield* sys(env, 'getpid');
      }
    },
  ]);
  const inForce: readonly Feature[] = kpti ? [...features, 'kpti'] : features;
  const { engine, machine } = bootToy([program], { profile, policy: policies[policy], features: inForce });
  engine.runUntil(5e6);
  return { cycles: (times[MEASURED] - times[0]) / MEASURED, walks: machine.cores[0].tlbs.walks };
}

/** Simulated cycles of one getpid. */
function getpid(machine: string, policy: string, kpti = false): number {
  return loop(machines[machine], policy, kpti).cycles;
}

/** Simulated time of one getpid in ns. */
function getpidNs(machine: string, kpti = false): number {
  return (getpid(machine, 'baseline', kpti) / machines[machine].clockHz.value) * 1e9;
}

/** Published figures and what is predicted for them; `band` is the largest deviation that counts as agreement. */
interface Target {
  readonly what: string;
  readonly published: number;
  readonly band: number;
  readonly predict: () => number;
}

const saving = (machine: string): number => getpid(machine, 'baseline') - getpid(machine, 'kernelmode');
/** A call as Unikernel Linux timed it: with one of the two readings of the clock around it, 200 instructions of user code. */
const timed = (machine: string, policy: string): number =>
  getpid(machine, policy) + 200 * machines[machine].userCpi.value;
const relative = (machine: string, policy: string): number => timed(machine, policy) / timed(machine, 'baseline');

/** Figures that seeded a profile: they must come back, but prove nothing. */
const SEEDS: readonly Target[] = [
  {
    what: 'Kernel Mode Linux, Pentium 4, 2003: cycles saved by a direct call',
    published: 418,
    band: 0.1,
    predict: () => saving('northwood'),
  },
  {
    what: 'Torvalds, Pentium 4, 2002: INT 0x80 less SYSENTER, cycles',
    published: 1135,
    band: 0.1,
    predict: () => getpid('northwood-int80', 'baseline') - getpid('northwood-2.5.52', 'baseline'),
  },
  {
    what: 'Molnar, 4G/4G tables, 2003: ns added to a call',
    published: 3000,
    band: 0.3,
    predict: () => getpidNs('northwood', true) - getpidNs('northwood'),
  },
  {
    what: 'Unikernel Linux, 2023: getppid in all, cycles',
    published: 754,
    band: 0.1,
    predict: () => timed('sandybridge-ep', 'baseline'),
  },
];

/** Figures that no profile was made from. */
const WITHIN: readonly Target[] = [
  {
    what: 'Torvalds, Pentium 4, 2002: getppid by SYSENTER, cycles',
    published: 641,
    band: 0.15,
    predict: () => getpid('northwood-2.5.52', 'baseline'),
  },
  {
    what: 'Torvalds, Pentium 4, 2002: getppid by INT 0x80, cycles',
    published: 1761,
    band: 0.15,
    predict: () => getpid('northwood-int80', 'baseline'),
  },
  {
    what: 'Hayward, Pentium 4, 2002: mean of five calls by INT 0x80, cycles',
    published: 1712,
    band: 0.15,
    predict: () => getpid('northwood-2.4', 'baseline'),
  },
  {
    what: 'Kernel Mode Linux, Pentium 4, 2003: getpid by SYSENTER, cycles',
    published: 432,
    band: 0.1,
    predict: () => getpid('northwood', 'baseline'),
  },
  {
    what: 'lmbench, 2.765 GHz, 2005: null call, ns',
    published: 165,
    band: 0.15,
    predict: () => getpidNs('northwood'),
  },
];

/** Figures of systems that have a policy of their own here. */
const SYSTEMS: readonly (Target & { readonly isMet: boolean })[] = [
  {
    what: 'Privbox, Skylake, 2022: times by which a call is faster, with KPTI',
    published: 2.2,
    band: 0.1,
    predict: () => getpid('skylake-sp', 'baseline', true) / getpid('skylake-sp', 'privbox', true),
    isMet: true,
  },
  {
    what: 'Singularity, Athlon 64, 2007: its own API call, cycles',
    published: 80,
    band: 0.15,
    predict: () => getpid('athlon64', 'singularity'),
    isMet: true,
  },
];

/** Figures that the model misses, with the reason; a change that brings one into its band belongs in docs/sources.md. */
const OUTSIDE: readonly (Target & { readonly because: string })[] = [
  {
    what: 'Kernel Mode Linux, Pentium 4, 2003: getpid by a direct call, cycles',
    published: 12,
    band: 0.1,
    predict: () => getpid('northwood', 'kernelmode'),
    because: 'a direct call of the model keeps part of the work on entry',
  },
  {
    what: 'Singularity, Athlon 64, 2007: Linux API call, cycles',
    published: 437,
    band: 0.15,
    predict: () => getpid('opteron-k8', 'baseline'),
    because: 'opteron-k8 enters by SYSCALL; that kernel is of 32 bits (athlon64, fitted)',
  },
];

const deviation = ({ predict, published }: Target): number => Math.abs(predict() / published - 1);

describe('published crossings', () => {
  it.each(SEEDS)('come back from the profile they seeded: $what $published', (target) => {
    expect(deviation(target)).toBeLessThanOrEqual(target.band);
  });

  it.each(WITHIN)('are predicted within their bands: $what $published', (target) => {
    expect(deviation(target)).toBeLessThanOrEqual(target.band);
  });

  it('lose 5 % when the instruction goes and 83 % when all entry and exit work goes, within 5 points (Unikernel Linux)', () => {
    expect(Math.abs(relative('sandybridge-ep', 'ukl-base') - 325.26 / 342.62)).toBeLessThan(0.05);
    expect(Math.abs(relative('sandybridge-ep', 'kernelmode') - 56.55 / 342.62)).toBeLessThan(0.05);
    expect(Math.abs(relative('sandybridge-ep', 'ukl-bypass') - 56.55 / 342.62)).toBeLessThan(0.05);
  });

  it.each(SYSTEMS)('of systems with a policy of their own: $what $published, met: $isMet', (target) => {
    expect(deviation(target) <= target.band).toBe(target.isMet);
  });

  it.each(OUTSIDE)('are missed, and docs/sources.md says so: $what $published, because $because', (target) => {
    expect(deviation(target)).toBeGreaterThan(target.band);
  });
});

describe('a table switch without PCID', () => {
  it('costs a crossing on northwood 2 x 3000 cycles', () => {
    expect(getpid('northwood', 'baseline', true) - getpid('northwood', 'baseline')).toBeGreaterThanOrEqual(6000);
  });

  it('drops TLB entries, so that each of 150 calls walks again, where with PCID only the first ones do', () => {
    const { northwood } = machines;
    const tagged = { ...northwood, pcid: true, cost: { ...northwood.cost, cr3Write: northwood.cost.cr3Flush! } };

    expect(loop(northwood, 'baseline', true).walks).toBeGreaterThan(WARM + MEASURED);
    expect(loop(tagged, 'baseline', true).walks).toBeLessThan(20);
  });

  it('is not paid by code that stays at CPL 0: 24 cycles a call with and without split tables', () => {
    expect([getpid('northwood', 'kernelmode', true), getpid('northwood', 'kernelmode')]).toEqual([24, 24]);
  });
});
