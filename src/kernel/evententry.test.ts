import { describe, expect, it } from 'vitest';
import { bootToy, enter, processOf, sys, type ToySystem } from '../../test/model/toysystem.ts';
import { toy } from '../hw/profiles/toy.ts';
import { LINES_PER_PAGE } from '../sim/units.ts';
import { Op, type Program } from './abi.ts';
import { stackVariant, STACK_VARIANTS } from './evententry.ts';
import { findPolicy } from './policies/find.ts';

/** The clock runs at 1 GHz, and every step costs 10 cycles. */
const MS = 1e6;
const STEP = 10;
const PAGES = 8;
const fred = { ...toy, entry: 'fred' as const };

/** Works for ever at the level that its policy gives it; with `isStarved` its stack is given back before each stretch of work. */
const working = (isStarved: boolean): Program =>
  function* (env) {
    yield* enter(env, 'jitAlwaysKernelMode');
    const stack = Math.floor(env.lineOf('data') / LINES_PER_PAGE);
    for (;;) {
      if (isStarved) yield* sys(env, 'madvise', stack, PAGES);
      for (let i = 0; i < 10; i++) env.stream.push(Op.Execute, env.lineOf('jit'), 1, 50_000);
      yield;
    }
  };

/** Grows a stack of 8 pages, `rounds` times. */
const growing = (rounds: number): Program =>
  function* (env) {
    yield* enter(env, 'jitAlwaysKernelMode');
    const line = env.lineOf('data');
    for (let round = 0; round < rounds; round++) {
      yield* sys(env, 'madvise', line / LINES_PER_PAGE, PAGES);
      for (let i = 0; i < PAGES; i++) env.stream.push(Op.Store, line + i * LINES_PER_PAGE, 1, 0);
      yield;
    }
  };

function booted(program: Program, policy: string, profile: typeof toy = toy): ToySystem {
  const system = bootToy([processOf([program], { dataPages: PAGES })], {
    policy: findPolicy(policy)!,
    profile,
    features: [],
  });
  system.engine.runUntil(100 * MS);
  return system;
}
const taken = ({ value }: ToySystem): number[] => STACK_VARIANTS.map((name) => value(`kernel.events.taken.${name}`));
const cyclesOf = ({ value }: ToySystem): number[] =>
  STACK_VARIANTS.map((name) => value(`kernel.events.cycles.${name}`));

describe('an interrupt of user code at CPL 0', () => {
  it.each([
    ['kernelmode', toy, 'sameStack', 3],
    ['kernelmode+KSTK', toy, 'interruptStack', 4],
    ['kernelmode', fred, 'fredSameStack', 3],
    ['kernelmode+KSTK', fred, 'fredStackLevel', 3],
  ] as const)('under %s costs what its way to a stack costs', (policy, profile, variant, steps) => {
    const system = booted(working(false), policy, profile);
    const at = STACK_VARIANTS.indexOf(variant);
    const events = taken(system);

    // The ticks of 100 ms, all of them in one way.
    expect(events[at]).toBeGreaterThan(20);
    expect(events.filter((count) => count > 0)).toEqual([events[at]]);
    expect(cyclesOf(system)[at]).toBe(events[at] * steps * STEP);
    expect(system.value('kernel.events.doubleFaults')).toBe(0);
  });

  it('is none of these at CPL 3', () => {
    expect(taken(booted(working(false), 'baseline'))).toEqual([0, 0, 0, 0]);
  });

  it('that finds its stack given back becomes a double fault, but with a stack of its own', () => {
    const starved = booted(working(true), 'kernelmode');
    const kept = booted(working(true), 'kernelmode+KSTK');
    const level = booted(working(true), 'kernelmode+KSTK', fred);

    expect(starved.value('kernel.events.doubleFaults')).toBeGreaterThan(20);
    expect(starved.value('kernel.events.doubleFaults')).toBe(taken(starved)[0]);
    expect(cyclesOf(starved)[0]).toBeGreaterThan(taken(starved)[0] * 5 * STEP);
    expect([kept, level].map(({ value }) => value('kernel.events.doubleFaults'))).toEqual([0, 0]);
    expect(taken(kept)[1]).toBeGreaterThan(20);
  });

  it('with FRED and no stack level of its own starves as well', () => {
    expect(booted(working(true), 'kernelmode', fred).value('kernel.events.doubleFaults')).toBeGreaterThan(20);
  });
});

describe('a stack that grows at CPL 0', () => {
  const rounds = 5;
  const ends = (policy: string, profile: typeof toy = toy) => {
    const system = booted(growing(rounds), policy, profile);
    return { faults: system.value('kernel.events.doubleFaults'), steps: system.value('core0.cpi.crossingSoftware') };
  };

  it('faults twice for each new page on the stack in use: 5 rounds of 8 pages are 40 double faults, and none with KSTK or at CPL 3', () => {
    expect(ends('kernelmode').faults).toBe(rounds * PAGES);
    expect(ends('kernelmode', fred).faults).toBe(rounds * PAGES);
    expect([ends('kernelmode+KSTK').faults, ends('kernelmode+KSTK', fred).faults, ends('baseline').faults]).toEqual([
      0, 0, 0,
    ]);
  });

  it('pays the work of the handler each time: 10 cycles more than with KSTK, whose faults have no other step in software', () => {
    expect(ends('kernelmode').steps - ends('kernelmode+KSTK').steps).toBe(rounds * PAGES * STEP);
  });
});

describe('ways to a stack', () => {
  it('are four, of a machine with or without FRED and a policy with or without stacks of its own', () => {
    const ways = [false, true].flatMap((hasFred) => [false, true].map((own) => stackVariant(hasFred, own)));

    expect(ways).toEqual(STACK_VARIANTS);
  });
});
