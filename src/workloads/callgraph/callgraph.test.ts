import { describe, expect, it } from 'vitest';
import { counter, metric, runOf, type Settings } from '../../../test/model/runs.ts';
import { openStream } from '../../sim/rng.ts';
import { profileOf } from './dryrun.ts';
import { drawGraph, type CallGraph, type GraphShape } from './graph.ts';
import { attributesOf, PLACEMENTS, type PlacementName } from './placement.ts';
import { callsFor, Walk, type WalkVisitor } from './walk.ts';

const SHAPE: GraphShape = { depth: 4, fanOut: 3, instructions: 400, nativeShare: 0.25 };
const draw = (shape: Partial<GraphShape> = {}, seed = 1): CallGraph =>
  drawGraph({ ...SHAPE, ...shape }, openStream(seed, 0, 'graph'));
const natives = (graph: CallGraph): number[] => graph.filter(({ isNative }) => isNative).map(({ index }) => index);

describe('a drawn graph', () => {
  it('of depth 4 and fan-out 3 has levels of 3, 9, 27 and 64 functions below the handler, each with a caller', () => {
    const graph = draw();
    const called = new Set(graph.flatMap(({ managed, native }) => [...managed, ...native]));

    expect(graph).toHaveLength(2 + 3 + 9 + 27 + 64);
    expect(called.size).toBe(graph.length - 1);
    expect(graph.slice(1, 14).map(({ managed, native }) => managed.length + native.length)).toEqual(
      Array.from({ length: 13 }, () => 3),
    );
  });

  it('makes a quarter of 103 functions native, and keeps them native at a share of a half', () => {
    const [quarter, half] = [natives(draw()), natives(draw({ nativeShare: 0.5 }))];

    expect([quarter.length, half.length]).toEqual([26, 52]);
    expect(quarter.filter((index) => !half.includes(index))).toEqual([]);
  });

  it.each([0.01, 0.3, 1])(
    'with a native share of %d reaches native code and system calls from managed code',
    (nativeShare) => {
      for (let seed = 1; seed <= 20; seed++) {
        const graph = draw({ nativeShare, depth: 2, fanOut: 2 }, seed);
        const profile = profileOf(
          graph,
          { native: 0.001, syscall: 0.001, callbackShare: 0, calls: 2 },
          openStream(seed, 0, 'walk'),
        );

        expect(profile.nativeCalls).toBeGreaterThan(0);
        expect(profile.syscalls[0]).toBeGreaterThan(0);
      }
    },
  );
});

describe('a walk', () => {
  it.each([
    [1e-5, 1e-3],
    [1e-3, 1e-5],
    [0.01, 0.01],
  ])(
    'calls native code %d and the kernel %d times an instruction of managed code, to a hundredth',
    (native, syscall) => {
      const graph = draw();
      const profile = profileOf(graph, { native, syscall, callbackShare: 0, calls: 2 }, openStream(1, 0, 'walk'), 2000);
      const work = graph.reduce((sum, { index, isNative }) => sum + (isNative ? 0 : profile.instructions[index]), 0);

      expect(profile.nativeCalls / work / native).toBeCloseTo(1, 2);
      expect(profile.syscalls[0] / work / syscall).toBeCloseTo(1, 2);
    },
  );

  it('goes back from native to managed code as often as it is told, and never without', () => {
    const graph = draw({ nativeShare: 0.5 });
    const managedFromNative = (callbackShare: number): number => {
      const stack: boolean[] = [];
      let found = 0;
      const visitor: WalkVisitor = {
        work: () => {},
        call: ({ isNative }) => {
          if (stack.at(-1) === true && !isNative) found++;
          stack.push(isNative);
        },
        return: () => void stack.pop(),
        syscall: () => {},
      };
      const rates = { native: 0.001, syscall: 0, callbackShare, calls: 2 };
      const walk = new Walk(graph, rates, openStream(1, 0, 'walk'), visitor);
      for (let unit = 0; unit < 300; unit++) walk.unit();
      return found;
    };

    expect(managedFromNative(0)).toBe(0);
    expect(managedFromNative(1) / managedFromNative(0.5)).toBeGreaterThan(1.5);
  });
});

describe('the calls of a visit', () => {
  it.each([
    [31, 4, 2],
    [5, 4, 1],
    [1.5, 1, 0.5],
    [1, 4, 0],
  ])('that walk %d functions down %d levels are %d', (visits, depth, calls) => {
    expect(callsFor(visits, depth)).toBeCloseTo(calls, 6);
  });

  it('make a unit of 1 + 2 + 4 + 8 + 16 calls where no function is native', () => {
    const graph = draw({ nativeShare: 0 });
    const { calls } = profileOf(
      graph,
      { calls: 2, native: 0, syscall: 0, callbackShare: 0 },
      openStream(1, 0, 'walk'),
      1,
    );

    expect(calls.reduce((sum, count) => sum + count, 0)).toBe(31);
  });
});

describe('a placement', () => {
  const graph = draw();
  const rates = { native: 1e-5, syscall: 1e-3, callbackShare: 0, calls: 2 };
  const profile = profileOf(graph, rates, openStream(1, 0, 'walk'));
  const marked = (name: PlacementName): number[] =>
    attributesOf(name, graph, profile).flatMap((attribute, index) => (attribute === 'AlwaysKernelMode' ? [index] : []));

  it('marks no function, or all 105', () => {
    expect([marked('none'), marked('all')].map(({ length }) => length)).toEqual([0, 105]);
  });

  it('hot marks managed functions that are called at least as often as any other below which system calls are made', () => {
    const hot = marked('hot');
    const least = Math.min(...hot.map((index) => profile.calls[index]));
    const others = graph.filter(
      ({ index, isNative }) => index > 1 && !isNative && profile.syscalls[index] > 0 && !hot.includes(index),
    );

    expect(hot.length).toBeGreaterThan(3);
    expect(natives(graph).filter((index) => hot.includes(index))).toEqual([]);
    expect(Math.max(...others.map(({ index }) => profile.calls[index]))).toBeLessThanOrEqual(least);
  });

  it('by-syscall-density marks the loop alone where a visit makes less than 4 calls, none without calls, and more when there are more', () => {
    const [none, few, many] = [0, 1e-5, 0.01].map((syscall) => {
      const seen = profileOf(graph, { ...rates, syscall }, openStream(1, 0, 'walk'));
      return attributesOf('by-syscall-density', graph, seen).filter((name) => name === 'AlwaysKernelMode').length;
    });

    expect([none, few]).toEqual([0, 1]);
    expect(many).toBeGreaterThan(10);
  });
});

describe('call-graph', () => {
  const GRAPH: Settings = { workload: 'call-graph', machine: 'skylake-sp', warmupUs: 500, measureUs: 1500 };
  const gain = (policy: string, params: NonNullable<Settings['params']>): number => {
    const served = (name: string): number => metric(runOf({ ...GRAPH, policy: name, params }), 'throughput');
    return 100 * (served(policy) / served('baseline') - 1);
  };

  it('repeats to the bit, and another seed is another graph', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => runOf({ ...GRAPH, seed }).fingerprint);

    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it.each(Object.keys(PLACEMENTS))(
    'runs with placement %s under every reading without a broken invariant that is promised',
    (placement) => {
      for (const policy of ['kernelmode', 'bypage', 'bypage-hardened'])
        expect(
          metric(runOf({ ...GRAPH, policy, params: { placement, callbackShare: 0.2 } }), 'throughput'),
        ).toBeGreaterThan(1000);
    },
  );

  it('makes 200 system calls a millisecond of managed work: within a third of that in a millisecond of user time', () => {
    const result = runOf({ ...GRAPH, params: { syscallsPerMs: 200, nativeCallsPerMs: 0, nativeShare: 0 } });
    const user = ['Base', 'Fetch', 'Tlb', 'Data', 'FrontEnd'].reduce(
      (sum, part) => sum + counter(result, `core0.cpi.user${part}`),
      0,
    );
    const perMs = counter(result, 'kernel.calls.pread64') / (user / 2.7e6);

    expect(perMs / 200).toBeGreaterThan(0.67);
    expect(perMs / 200).toBeLessThan(1.5);
  });

  it('gains much under page trust without native calls, and loses with 1000 of them a millisecond', () => {
    expect(gain('bypage', { nativeCallsPerMs: 0, syscallsPerMs: 500, placement: 'all' })).toBeGreaterThan(10);
    expect(gain('bypage', { nativeCallsPerMs: 1000, syscallsPerMs: 50, placement: 'all' })).toBeLessThan(-10);
  });

  it('gains nothing where no function is marked: within 0.1 %', () => {
    for (const policy of ['kernelmode', 'bypage'])
      expect(Math.abs(gain(policy, { placement: 'none' }))).toBeLessThan(0.1);
  });
});
