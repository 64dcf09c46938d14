import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys, work } from '../../../test/model/toysystem.ts';
import { PATH_FOOTPRINTS } from './paths.ts';
import { CALL_TABLE } from './table.ts';
import { EAGAIN, EBADF, EINVAL, type CallName, type FileSpec, type Program } from '../abi.ts';

/** The clock runs at 1 GHz. */
const MS = 1e6;
const FILES: readonly FileSpec[] = [
  { kind: 'socket', connection: 0, nonblocking: true },
  { kind: 'epoll' },
  { kind: 'eventfd' },
  { kind: 'pagecache', pages: 2 },
];
const Fd = { Socket: 0, Epoll: 1, EventFd: 2, PageCache: 3, Missing: 9 } as const;

type Call = readonly [name: CallName, a?: number, b?: number, c?: number];

/** Results of a single thread's calls, in order; a call that sleeps ends the list. */
function resultsOf(calls: readonly Call[]): number[] {
  const results: number[] = [];
  const program: Program = function* (env) {
    for (const [name, a, b, c] of calls) results.push(yield* sys(env, name, a, b, c));
  };
  bootToy([processOf([program], { files: FILES })]).engine.runUntil(3 * MS);
  return results;
}

describe('results of calls', () => {
  it('identify process 1 and thread 1', () => {
    expect(resultsOf([['getpid'], ['gettid'], ['clock_gettime']])).toEqual([1, 1, 0]);
  });

  it('on a descriptor that is not open are EBADF, for each call that takes one', () => {
    const names = ['read', 'write', 'pread64', 'fcntl', 'epoll_wait'] as const;

    expect(resultsOf(names.map((name) => [name, Fd.Missing, 8]))).toEqual(names.map(() => -EBADF));
  });

  it('of epoll calls on what is no epoll instance are EINVAL, and on a missing target EBADF', () => {
    expect(
      resultsOf([
        ['epoll_add', Fd.EventFd, Fd.Socket],
        ['epoll_del', Fd.EventFd, Fd.Socket],
        ['epoll_add', Fd.Epoll, Fd.Missing],
      ]),
    ).toEqual([-EINVAL, -EINVAL, -EBADF]);
  });

  it('follow an event through epoll: not ready, written, ready, read, not ready', () => {
    expect(
      resultsOf([
        ['epoll_add', Fd.Epoll, Fd.EventFd],
        ['epoll_wait', Fd.Epoll, 16, 0],
        ['write', Fd.EventFd, 8],
        ['epoll_wait', Fd.Epoll, 16, 0],
        ['read', Fd.EventFd, 8],
        ['epoll_wait', Fd.Epoll, 16, 0],
      ]),
    ).toEqual([0, 0, 8, 1, 8, 0]);
  });

  it('depend on O_NONBLOCK: a read of an empty socket is EAGAIN with it and sleeps without', () => {
    const [F_GETFL, F_SETFL, NONBLOCK, BLOCK] = [3, 4, 1, 0];

    const results = resultsOf([
      ['read', Fd.Socket, 8],
      ['fcntl', Fd.Socket, F_GETFL, BLOCK],
      ['read', Fd.Socket, 8],
      ['fcntl', Fd.Socket, F_SETFL, NONBLOCK],
      ['read', Fd.Socket, 8],
      ['fcntl', Fd.Socket, F_SETFL, BLOCK],
      ['read', Fd.Socket, 8],
    ]);

    expect(results).toEqual([-EAGAIN, 0, -EAGAIN, 0, -EAGAIN, 0]);
  });

  it('of a futex: EAGAIN when the word is not as expected, 0 woken when nobody sleeps, then sleep', () => {
    expect(
      resultsOf([
        ['futex_wait', 0, 1],
        ['futex_wake', 0, 1],
        ['futex_wait', 0, 0],
      ]),
    ).toEqual([-EAGAIN, 0]);
  });
});

const sleeper: Program = function* (env) {
  yield* sys(env, 'futex_wait', 0, 0);
};

describe('futexes', () => {
  it('wake as many as asked for, first come first woken: 2 of 3 sleepers', () => {
    const woken: number[] = [];
    const reporting: Program = function* (env) {
      yield* sys(env, 'futex_wait', 0, 0);
      woken.push(yield* sys(env, 'gettid'));
    };
    const results: number[] = [];
    const waker: Program = function* (env) {
      yield* work(env, 'native', MS);
      results.push(yield* sys(env, 'futex_wake', 0, 2));
    };
    bootToy([processOf([reporting, reporting, reporting, waker])]).engine.runUntil(5 * MS);

    expect(results).toEqual([2]);
    expect(woken.sort((a, b) => a - b)).toEqual([1, 2]);
  });

  it('keep words apart: a wake-up of word 1 leaves the sleeper on word 0', () => {
    const results: number[] = [];
    const waker: Program = function* (env) {
      yield* work(env, 'native', MS);
      results.push(yield* sys(env, 'futex_wake', 1, 1), yield* sys(env, 'futex_wake', 0, 1));
    };
    bootToy([processOf([sleeper, waker])]).engine.runUntil(5 * MS);

    expect(results).toEqual([0, 1]);
  });

  it.each([0, 1000])(
    'lose no wake-up: 500 items pass from 2 producers to 2 consumers on 3 cores, sync window %i',
    (syncWindow) => {
      const ITEMS = 500;
      const items: number[] = [];
      const taken: number[] = [];
      const producer: Program = function* (env) {
        for (let i = 0; i < ITEMS / 2; i++) {
          yield* work(env, 'native', 1 + env.rng.below(20_000));
          items.push(i);
          env.words[0]++;
          yield* sys(env, 'futex_wake', 0, 1);
        }
      };
      const consumer: Program = function* (env) {
        for (;;) {
          const seen = env.words[0];
          const item = items.shift();
          if (item === undefined) yield* sys(env, 'futex_wait', 0, seen);
          else taken.push(item);
          yield* work(env, 'native', 1 + env.rng.below(400));
        }
      };
      const system = bootToy([processOf([producer, consumer, producer, consumer])], { cores: 3, syncWindow });

      system.engine.runUntil(100 * MS);

      expect(taken).toHaveLength(ITEMS);
      expect(system.value('kernel.calls.futex_wait')).toBeGreaterThan(50);
    },
  );
});

/** Instructions of threads of one core that yield so often each. */
function retired(threads: number, yields: number): number {
  const polite: Program = function* (env) {
    for (let i = 0; i < yields; i++) yield* sys(env, 'sched_yield');
  };
  const { engine, machine } = bootToy([processOf(Array.from({ length: threads }, () => polite))]);
  engine.runUntil(0.9 * MS);
  return machine.cores[0].instructions;
}

describe('sched_yield', () => {
  it('lets two threads take turns: each of 10 yields hands the core over', () => {
    const order: number[] = [];
    const polite: Program = function* (env) {
      const tid = yield* sys(env, 'gettid');
      for (let i = 0; i < 10; i++) {
        order.push(tid);
        yield* sys(env, 'sched_yield');
      }
    };
    bootToy([processOf([polite, polite])]).engine.runUntil(3 * MS);

    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => 1 + (i % 2)));
  });

  it('chooses the next thread once: by `reschedule` when it stays, by `schedule` when it switches', () => {
    const own = CALL_TABLE.sched_yield.footprint.instructions.value;

    expect(retired(1, 10) - retired(1, 0)).toBe(10 * (own + PATH_FOOTPRINTS.reschedule.instructions.value));
    expect(retired(2, 10) - retired(2, 0)).toBe(20 * (own + PATH_FOOTPRINTS.schedule.instructions.value));
  });
});
