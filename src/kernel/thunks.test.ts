import { describe, expect, it } from 'vitest';
import { bootToy, enter, processOf, sys } from '../../test/model/toysystem.ts';
import { sourced } from '../hw/profile.ts';
import { toy } from '../hw/profiles/toy.ts';
import type { Feature } from '../hw/steps.ts';
import type { CallName, FileSpec, Program } from './abi.ts';
import { CALL_TABLE } from './calls/table.ts';
import { PATH_FOOTPRINTS } from './calls/paths.ts';
import { policies } from './policies/index.ts';

const exact = (value: number) => sourced(value, [value, value], 'assumed', 'for a test');
/** Toy with thunks of its own price; those of the way in cost nothing. */
const PRICED = {
  ...toy,
  cost: { ...toy.cost, returnThunks: exact(0), untrainReturn: exact(0), retpoline: exact(32), safeReturn: exact(8) },
};
const FILES: readonly FileSpec[] = [
  { kind: 'pagecache', pages: 1 },
  ...Array.from({ length: 40 }, (): FileSpec => ({ kind: 'eventfd' })),
];

interface Question {
  readonly features: readonly Feature[];
  readonly policy?: string;
}

/** Cycles of 400 calls beyond the first 100, everything in the first level by then. */
function cyclesOf(call: CallName, args: readonly number[], { features, policy = 'baseline' }: Question): number {
  const times: number[] = [];
  const program: Program = function* (env) {
    yield* enter(env, 'jitAlwaysKernelMode');
    for (let i = 0; i < 500; i++) {
      times.push(env.now());
      yield* sys(env, call, ...args);
    }
  };
  bootToy([processOf([program], { files: FILES })], {
    policy: policies[policy],
    features,
    profile: PRICED,
  }).engine.runUntil(3e7);
  return times[499] - times[99];
}

const slowed = (call: CallName, args: readonly number[], features: readonly Feature[], policy?: string): number => {
  const question = policy === undefined ? {} : { policy };
  return (cyclesOf(call, args, { features, ...question }) - cyclesOf(call, args, { features: [], ...question })) / 400;
};

describe('thunks of a kernel', () => {
  const { returns, indirectCalls } = CALL_TABLE.getpid.footprint;

  it('take 32 cycles for each indirect call of a path, 8 for each return, and both together their sum', () => {
    expect(slowed('getpid', [], ['thunks'])).toBeCloseTo(indirectCalls.value * 32, 1);
    expect(slowed('getpid', [], ['untrain'])).toBeCloseTo(returns.value * 8, 1);
    expect(slowed('getpid', [], ['thunks', 'untrain'])).toBeCloseTo(indirectCalls.value * 32 + returns.value * 8, 1);
  });

  it('are paid by code in kernel mode as by any other: no policy takes them away', () => {
    for (const policy of ['kernelmode', 'bypage', 'ukl-shortcut', 'free'])
      expect(slowed('getuid', [], ['thunks', 'untrain'], policy)).toBeCloseTo(
        slowed('getuid', [], ['thunks', 'untrain']),
        1,
      );
  });

  it('are counted on every path of a call: a pread pays for the file layer and the page cache', () => {
    const paths = [CALL_TABLE.pread64.footprint, PATH_FOOTPRINTS.cacheRead, PATH_FOOTPRINTS.copy];
    const all = paths.reduce((sum, path) => sum + path.returns.value * 8, 0);
    expect(slowed('pread64', [0, 1, 0], ['untrain'])).toBeCloseTo(all, 0);
  });

  it('are counted once where a lock cuts a path in two: a close of no file pays for all of it', () => {
    expect(slowed('close', [99], ['untrain'])).toBeCloseTo(CALL_TABLE.close.footprint.returns.value * 8, 0);
  });

  it('slow a poll by two indirect calls for each descriptor', () => {
    const perDescriptor = (slowed('poll', [1, 30, 0], ['thunks']) - slowed('poll', [1, 10, 0], ['thunks'])) / 20;
    expect(perDescriptor).toBeCloseTo(2 * 32, 0);
  });
});
