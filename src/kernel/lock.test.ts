import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys } from '../../test/model/toysystem.ts';
import type { CallName, Program } from './abi.ts';

const CALLS = 200;

/** When the last of so many threads, each on its own core, has made its calls; and the spins for each kind of lock. */
function contended(threads: number, name: CallName, argumentsOf: (thread: number) => readonly number[]) {
  const ends: number[] = [];
  const programs = Array.from(
    { length: threads },
    (_, i): Program =>
      function* (env) {
        const [a = 0, b = 0, c = 0] = argumentsOf(i);
        for (let call = 0; call < CALLS; call++) yield* sys(env, name, a, b, c);
        ends.push(env.now());
      },
  );
  const { engine, value } = bootToy([processOf(programs)], { cores: threads });
  engine.runUntil(100e6);
  expect(ends).toHaveLength(threads);
  return {
    end: Math.max(...ends),
    waits: (kind: string) => value(`kernel.locks.waits.${kind}`),
    cycles: (kind: string) => value(`kernel.locks.cycles.${kind}`),
    spent: Array.from({ length: threads }, (_, id) => value(`core${id}.cpi.kernelLock`)).reduce((a, b) => a + b),
  };
}

describe('kernel locks', () => {
  it('are free for one thread: 200 wakes spin never', () => {
    expect(contended(1, 'futex_wake', () => [0, 1]).waits('futexBucket')).toBe(0);
  });

  it('make two threads that wake the same word take longer than one alone, by the cycles that they spin', () => {
    const alone = contended(1, 'futex_wake', () => [0, 1]);
    const both = contended(2, 'futex_wake', () => [0, 1]);

    expect(both.end).toBeGreaterThan(alone.end);
    expect(both.waits('futexBucket')).toBeGreaterThan(CALLS / 4);
    expect(both.cycles('futexBucket')).toBe(both.spent);
  });

  it('leave words of different buckets alone: two threads on two words spin for none', () => {
    expect(contended(2, 'futex_wake', (thread) => [thread, 1]).waits('futexBucket')).toBe(0);
  });

  it('make two threads that map memory of one process take longer than one', () => {
    const alone = contended(1, 'mmap', () => [1]);
    const both = contended(2, 'mmap', () => [1]);

    expect(both.end).toBeGreaterThan(alone.end * 1.3);
    expect(both.waits('mmapLock')).toBeGreaterThan(CALLS / 4);
  });
});
