import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys, work } from '../../../test/model/toysystem.ts';
import { EDEADLK, EPERM, type CallName, type Program, type ThreadEnv, type ThreadSpec } from '../abi.ts';

const MS = 1e6;
const WORD = 0;

/** When an ordinary owner, an urgent waiter and a middling runner on one core have done their work [ms]. */
function inversion(take: CallName, wait: CallName, unlock: CallName): Record<string, number> {
  const ends: Record<string, number> = {};
  const done = (env: ThreadEnv, name: string): void => void (ends[name] = env.now() / MS);
  const owner: Program = function* (env) {
    yield* sys(env, take, WORD);
    for (let i = 0; i < 100; i++) yield* work(env, 'native', 0.1 * MS);
    yield* sys(env, unlock, WORD, 1);
    done(env, 'owner');
    yield* work(env, 'native', MS);
  };
  const waiter: Program = function* (env) {
    yield* sys(env, 'nanosleep', 1000);
    yield* sys(env, wait, WORD, 0);
    done(env, 'waiter');
  };
  const runner: Program = function* (env) {
    yield* sys(env, 'nanosleep', 1500);
    for (let i = 0; i < 200; i++) yield* work(env, 'native', 0.1 * MS);
    done(env, 'runner');
  };
  const spec = processOf([owner, waiter, runner]);
  const priorities = [undefined, 50, 10];
  const threads = spec.threads.map((thread, i): ThreadSpec => {
    const priority = priorities[i];
    return priority === undefined ? thread : { ...thread, sched: { policy: 'fifo', priority } };
  });
  bootToy([{ ...spec, threads }]).engine.runUntil(80 * MS);
  return ends;
}

describe('an ordinary thread that holds what an urgent one waits for, with a middling one that wants the core', () => {
  it('keeps the core under priority inheritance: the urgent one has the word before the middling one ends', () => {
    const ends = inversion('futex_lock_pi', 'futex_lock_pi', 'futex_unlock_pi');

    expect(ends['owner']).toBeDefined();
    expect(ends['waiter']).toBeLessThan(13);
    expect(ends['runner']).toBeGreaterThan(30);
  });

  it('hands the word to the more urgent of two waiters, though the other came first', () => {
    const order: number[] = [];
    const locker = (priority: number, delay: number): Program =>
      function* (env) {
        yield* sys(env, 'nanosleep', delay);
        yield* sys(env, 'futex_lock_pi', WORD);
        order.push(priority);
        yield* sys(env, 'nanosleep', 5000);
        yield* sys(env, 'futex_unlock_pi', WORD);
      };
    const priorities = [1, 10, 50];
    const spec = processOf(priorities.map((priority, i) => locker(priority, 1000 * (i + 1))));
    const threads = spec.threads.map((thread, i): ThreadSpec => ({
      ...thread,
      sched: { policy: 'fifo', priority: priorities[i] },
    }));
    bootToy([{ ...spec, threads }]).engine.runUntil(80 * MS);

    expect(order).toEqual([1, 50, 10]);
  });

  it('is not asked to wait for itself, EDEADLK, and nobody else may unlock, EPERM', () => {
    const results: number[] = [];
    const locker: Program = function* (env) {
      yield* sys(env, 'futex_lock_pi', WORD);
      results.push(yield* sys(env, 'futex_lock_pi', WORD));
      yield* sys(env, 'nanosleep', 5000);
    };
    const stranger: Program = function* (env) {
      yield* sys(env, 'nanosleep', 1000);
      results.push(yield* sys(env, 'futex_unlock_pi', WORD));
    };
    bootToy([processOf([locker, stranger])]).engine.runUntil(20 * MS);

    expect(results).toEqual([-EDEADLK, -EPERM]);
  });

  it('loses the core to the middling one without: the urgent one waits for both', () => {
    const ends = inversion('getpid', 'futex_wait', 'futex_wake');

    expect(ends['waiter']).toBeGreaterThan(ends['runner']);
  });
});
