import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys } from '../../test/model/toysystem.ts';
import type { CallName, FileSpec, Program } from './abi.ts';

const CALLS = 200;

/** When the last of so many threads, each on its own core, has made its calls; and the spins for each kind of lock. */
function contended(
  threads: number,
  name: CallName,
  argumentsOf: (thread: number) => readonly number[],
  files: readonly FileSpec[] = [],
) {
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
  const { engine, value } = bootToy([processOf(programs, { files })], { cores: threads });
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

  it('make two threads that write to one pipe spin for it, and not two that write to a pipe each', () => {
    expect(spins([1, 1])).toBeGreaterThan(CALLS / 4);
    expect(spins([1, 3])).toBe(0);
  });

  it('of one runqueue are spun for twice as often by two cores that wake threads of it than those of one each', () => {
    const shared = wakers([0, 0]);

    expect(shared).toBeGreaterThan(CALLS / 4);
    expect(wakers([0, 1])).toBeLessThan(shared / 2);
  });
});

function spins(pipes: readonly number[]): number {
  return contended(2, 'write', (thread) => [pipes[thread], 1], PIPES).waits('file');
}

/** The ends of two pipes: 0 and 2 to read, 1 and 3 to write. */
const PIPES: readonly FileSpec[] = [0, 1].flatMap((id) =>
  [0, 1].map((end): FileSpec => ({ kind: 'pipe', id, end: end as 0 | 1, nonblocking: true })),
);

const again = (name: CallName, word: number, argument: number): Program =>
  function* (env) {
    for (;;) yield* sys(env, name, word, argument);
  };

/** Two threads on cores 2 and 3 wake one sleeper each, which are held to the given cores; spins for runqueues. */
function wakers(sleepersOn: readonly number[]): number {
  const spec = processOf([
    again('futex_wait', 0, 0),
    again('futex_wait', 1, 0),
    again('futex_wake', 0, 1),
    again('futex_wake', 1, 1),
  ]);
  const held = [...sleepersOn, 2, 3];
  const threads = spec.threads.map((thread, i) => Object.assign({}, thread, { sched: { affinity: [held[i]] } }));
  const { engine, value } = bootToy([{ ...spec, threads }], { cores: 4 });
  engine.runUntil(20e6);
  expect(value('kernel.sched.wakeups')).toBeGreaterThan(CALLS);
  return value('kernel.locks.waits.runqueue');
}
