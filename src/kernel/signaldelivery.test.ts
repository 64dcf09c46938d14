import { describe, expect, it } from 'vitest';
import { bootToy, enter, processOf, sys, work, type ToySystem } from '../../test/model/toysystem.ts';
import { openStream } from '../sim/rng.ts';
import { EINTR, Op, type FileSpec, type Program, type ThreadEnv } from './abi.ts';
import { findPolicy } from './policies/find.ts';

const MS = 1e6;
/** Threads are numbered in the order of their start: the one that is signalled is the first. */
const TARGET = 1;
const STRETCH = 100;

interface Played extends ToySystem {
  /** What was noted, in order, each with its time in cycles. */
  readonly notes: readonly (readonly [string | number, number])[];
}
type Note = (what: string | number) => void;
type Body = (env: ThreadEnv, note: Note) => Generator<void, void, number>;

interface Options {
  readonly policy?: string;
  readonly files?: readonly FileSpec[];
  readonly cores?: number;
  readonly until?: number;
}

/** A thread with a handler, and others of its process on further cores. */
function play(target: Body, handler: Body | undefined, others: readonly Body[], options: Options = {}): Played {
  const { policy = 'baseline', files = [], cores = 2, until = 6 * MS } = options;
  const notes: [string | number, number][] = [];
  const program =
    (body: Body): Program =>
    (env) =>
      body(env, (what) => notes.push([what, env.now()]));
  const spec = processOf([target, ...others].map(program), { files });
  const handled = handler === undefined ? spec : { ...spec, handler: program(handler) };
  const system = bootToy([handled], { policy: findPolicy(policy)!, cores });
  system.engine.runUntil(until);
  return { ...system, notes };
}

const noteHandled: Body = function* (env, note) {
  note('handled');
  yield* work(env, 'native', 10);
};

/** Computes in compiled code in stretches between which it can be interrupted, then makes a call. */
const compute = (isAtCpl0: boolean): Body =>
  function* (env, note) {
    if (isAtCpl0) yield* enter(env, 'jitAlwaysKernelMode');
    for (let i = 0; i < (2 * MS) / STRETCH; i++) env.stream.push(Op.Execute, env.lineOf('jit'), 1, STRETCH);
    yield;
    note('computed');
    note(yield* sys(env, 'getppid'));
  };

const killer: Body = function* (env, note) {
  yield* work(env, 'native', MS);
  note('sent');
  yield* sys(env, 'tgkill', TARGET);
};

const timeOf = ({ notes }: Played, what: string | number): number => notes.find(([name]) => name === what)![1];
const namesOf = ({ notes }: Played): readonly (string | number)[] => notes.map(([name]) => name);

const interruptsBySignal = (cores: number): number => {
  const without = play(compute(false), noteHandled, [(env) => work(env, 'native', MS)], { cores });
  return play(compute(false), noteHandled, [killer], { cores }).value('apic.ipisSent') - without.value('apic.ipisSent');
};

const calling: Body = function* (env) {
  yield* sys(env, 'gettid');
};

const slow: Body = function* (env, note) {
  note('begin');
  for (let i = 0; i < 1000; i++) env.stream.push(Op.Execute, env.lineOf('native'), 1, 1000);
  yield;
  note('end');
};

const killThenWrite: Body = function* (env, note) {
  yield* killer(env, note);
  yield* work(env, 'native', MS);
  yield* sys(env, 'write', 1, 5);
};

const waiting = (restart: 0 | 1, call: 'read' | 'epoll_wait'): Body =>
  function* (env, note) {
    yield* sys(env, 'rt_sigaction', 0, restart);
    yield* sys(env, 'epoll_add', 2, 0);
    note(call === 'read' ? yield* sys(env, 'read', 0, 5) : yield* sys(env, 'epoll_wait', 2, 1, -1));
  };

const workThenRead: Body = function* (env, note) {
  for (let i = 0; i < 30; i++) yield* work(env, 'native', 500);
  note(yield* sys(env, 'read', 0, 5));
};

const reader: Body = function* (env, note) {
  note(yield* sys(env, 'pread64', 0, 100, 0));
};

describe('a signal to a thread that computes on another core', () => {
  it.each([
    ['baseline', false],
    ['bypage', false],
    ['bypage-hardened', true],
    ['bypage+PREEMPT', true],
  ])(
    'reaches it within 100 000 cycles of the million that it goes on, with all code of the kernel cold, under %s (at CPL 0: %s)',
    (policy, isAtCpl0) => {
      const played = play(compute(isAtCpl0), noteHandled, [killer], { policy });

      expect(timeOf(played, 'handled') - timeOf(played, 'sent')).toBeLessThan(100_000);
      expect(timeOf(played, 'handled')).toBeLessThan(timeOf(played, 'computed'));
      expect(played.value('kernel.signals.delivered.event')).toBe(1);
    },
  );

  it.each(['bypage', 'kernelmode'])('waits for its next call under %s, where it runs at CPL 0', (policy) => {
    const played = play(compute(true), noteHandled, [killer], { policy });

    expect(namesOf(played)).toEqual(['sent', 'computed', 'handled', 0]);
    expect(timeOf(played, 'handled') - timeOf(played, 'sent')).toBeGreaterThan(500_000);
    expect(played.value('kernel.signals.delivered.call')).toBe(1);
    expect(played.value('kernel.signals.waited.call')).toBeGreaterThan(500_000);
  });

  it('costs an interrupt between processors, and one to a thread that waits for its core costs none', () => {
    expect([interruptsBySignal(2), interruptsBySignal(1)]).toEqual([1, 0]);
  });

  it('changes nothing of its own operations: 20 000 stretches retire what they do without 40 signals at random times', () => {
    const rng = openStream(7, 0, 'signals');
    const many: Body = function* (env) {
      for (let i = 0; i < 40; i++) {
        yield* work(env, 'native', Math.floor(rng.uniform() * 80_000));
        yield* sys(env, 'tgkill', TARGET);
      }
    };
    const retired = (others: readonly Body[]): readonly number[] => {
      const played = play(compute(false), noteHandled, others, { until: 12 * MS });
      const handled = namesOf(played).filter((name) => name === 'handled').length;
      const signals = ['call', 'event'].map((at) => played.value(`kernel.signals.delivered.${at}`));
      expect(handled).toBe(signals[0] + signals[1]);
      expect(played.value('kernel.calls.rt_sigreturn')).toBe(handled);
      return [played.value('kernel.calls.getppid'), handled];
    };

    expect(retired([])).toEqual([1, 0]);
    const [calls, handled] = retired([many]);
    expect(calls).toBe(1);
    expect(handled).toBeGreaterThan(10);
    expect(handled).toBeLessThanOrEqual(40);
  });
});

describe('a handler', () => {
  it('gives its thread the result of its last call back, whatever it calls itself', () => {
    const results: number[] = [];
    const target: Body = function* (env) {
      const opened = yield* sys(env, 'eventfd2');
      env.stream.push(Op.Execute, env.lineOf('native'), 1, 2 * MS);
      results.push(opened, yield);
    };
    const played = play(target, calling, [killer]);

    expect(played.value('kernel.calls.gettid')).toBe(1);
    expect(results[1]).toBe(results[0]);
  });

  it('is not interrupted by its own signal, which comes after it: 2 sent in it are one', () => {
    const thrice: Body = function* (env) {
      yield* work(env, 'native', MS);
      for (let i = 0; i < 3; i++) {
        yield* sys(env, 'tgkill', TARGET);
        yield* work(env, 'native', MS / 10);
      }
    };
    const played = play(compute(false), slow, [thrice], { until: 12 * MS });

    expect(namesOf(played).slice(0, 4)).toEqual(['begin', 'end', 'begin', 'end']);
    expect(played.value('kernel.signals.delivered.call') + played.value('kernel.signals.delivered.event')).toBe(2);
  });
});

describe('a signal to a thread in a call', () => {
  const pipe: readonly FileSpec[] = [
    { kind: 'pipe', id: 0, end: 0 },
    { kind: 'pipe', id: 0, end: 1 },
    { kind: 'epoll' },
  ];

  it.each([
    ['read', 0, ['sent', 'handled', -EINTR]],
    ['read', 1, ['sent', 'handled', 5]],
    ['epoll_wait', 0, ['sent', 'handled', -EINTR]],
    ['epoll_wait', 1, ['sent', 'handled', -EINTR]],
  ] as const)(
    '%s ends it with EINTR, or has it made again (SA_RESTART: %i) where signal(7) says so',
    (call, restart, expected) => {
      expect(namesOf(play(waiting(restart, call), noteHandled, [killThenWrite], { files: pipe }))).toEqual(expected);
    },
  );

  it('that finds it on its way to sleep is not lost: of 30 at any distance from a read each ends one', () => {
    for (let lead = 0; lead < 30; lead++) {
      const sender: Body = function* (env) {
        yield* work(env, 'native', lead * 1000);
        yield* sys(env, 'tgkill', TARGET);
      };
      const played = play(workThenRead, noteHandled, [sender], { files: pipe, until: MS });
      const before = namesOf(played)[0] === 'handled' && played.value('kernel.signals.delivered.event') === 1;
      expect(namesOf(played)).toEqual(before ? ['handled'] : ['handled', -EINTR]);
    }
  });

  it('leaves it alone while it waits for a disk', () => {
    const files: readonly FileSpec[] = [{ kind: 'disk', pages: 8, device: { latencyNs: 2 * MS, pageNs: 1000 } }];

    expect(namesOf(play(reader, noteHandled, [killer], { files }))).toEqual(['sent', 'handled', 100]);
  });
});
