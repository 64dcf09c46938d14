import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys, work, type ToySystem } from '../../../test/model/toysystem.ts';
import type { Wire } from '../../hw/wire.ts';
import { toy } from '../../hw/profiles/toy.ts';
import type { FileSpec, Program } from '../abi.ts';
import { weightOf } from './weights.ts';

/** The clock runs at 1 GHz. */
const MS = 1e6;
const TICK = 4 * MS;
const SLICE = 3 * MS;
const CREDIT = 3 * MS;
const GRAIN = 0.05 * MS;

/** Medians of uninterrupted stretches of busy threads on one processor of the recorded host (test/data/README.md). */
const RECORDED = readFileSync('test/data/sched/timeslice.csv', 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .map(([, list, index, ms]) => ({ list, index: Number(index), ms: Number(ms) }));
const RECORDED_LISTS = [...new Set(RECORDED.map(({ list }) => list))];

/** A thread that computes for ever and writes down when it had done each grain of work. */
function busy(log: number[]): Program {
  return function* (env) {
    for (;;) {
      yield* work(env, 'native', GRAIN);
      log.push(env.now());
    }
  };
}

/** Logs of `count` busy threads. */
function logs(count: number): number[][] {
  return Array.from({ length: count }, () => []);
}

/** Longest time between two entries of a log, or from the last one to `end`. */
function longestPause(log: readonly number[], end: number): number {
  return Math.max(...[...log.slice(1), end].map((at, i) => at - log[i]));
}

/** Lengths of the uninterrupted stretches of a busy thread, the first and last left out. */
function stretches(log: readonly number[]): number[] {
  const breaks = log.flatMap((at, i) => (i > 0 && at - log[i - 1] > 2 * GRAIN ? [i] : []));
  return breaks.slice(1).map((to, i) => log[to - 1] - log[breaks[i]] + GRAIN);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function runBusy(nice: readonly number[], cores: number, until: number): { done: number[][]; system: ToySystem } {
  const done = logs(nice.length);
  const system = bootToy(
    [
      processOf(
        done.map((log) => busy(log)),
        { nice },
      ),
    ],
    { cores },
  );
  system.engine.runUntil(until);
  return { done, system };
}

describe('shares on one core', () => {
  it.each([
    [0, 0],
    [0, 5],
    [-5, 0],
    [0, 10],
  ])('of nice %i and %i follow the weight table to within one slice, tick and grain in 2 s', (a, b) => {
    const { done } = runBusy([a, b], 1, 2000 * MS);

    const work = done.map((log) => log.length * GRAIN);
    const share = work[0] / (work[0] + work[1]);
    const expected = weightOf(a) / (weightOf(a) + weightOf(b));
    expect(Math.abs(share - expected)).toBeLessThan((SLICE + TICK + GRAIN) / (2000 * MS));
  });

  it.each(RECORDED_LISTS)('of nice %s come in stretches whose medians are the recorded ones within 2 %%', (list) => {
    const { done } = runBusy(list.split(' ').map(Number), 1, 400 * MS);

    done.forEach((log, index) => {
      const recorded = median(RECORDED.filter((row) => row.list === list && row.index === index).map(({ ms }) => ms));
      expect(Math.abs(median(stretches(log)) / MS - recorded)).toBeLessThan(0.02 * recorded);
    });
  });

  it('of 5 equal threads leave none waiting for more than a tick of each of the 5, once each has had its turn', () => {
    const { done } = runBusy([0, 0, 0, 0, 0], 1, 400 * MS);

    for (const log of done) {
      const settled = log.filter((at) => at > 40 * MS);
      expect(longestPause(settled, 400 * MS)).toBeLessThan(5 * (TICK + GRAIN));
    }
  });

  it('of nice 19 among two of nice 0 are small but not nothing: 15 / 2063 of 3 s within 7.1 ms', () => {
    const { done } = runBusy([0, 19, 0], 1, 3000 * MS);

    const expected = (3000 * MS * weightOf(19)) / (weightOf(19) + 2 * weightOf(0));
    expect(Math.abs(done[1].length * GRAIN - expected)).toBeLessThan(SLICE + TICK + GRAIN);
    expect(done[1].length).toBeGreaterThan(0);
  });
});

const SOCKET: FileSpec = { kind: 'socket', connection: 0, nonblocking: false };

/** A client that sends one byte at each of these times. */
function pings(times: readonly number[]) {
  return {
    connections: 1,
    start: (wire: Wire) => times.forEach((time) => wire.send(time, 0, 1)),
    onReply: () => {},
    onTimer: () => {},
  };
}

describe('a sleeper', () => {
  it('that slept 1 s gets no second of its own: the thread that ran meanwhile waits at most credit, slice and tick', () => {
    const [worker, sleeper] = logs(2);
    const wakesLate: Program = function* (env) {
      yield* sys(env, 'read', 0, 1);
      yield* busy(sleeper)(env);
    };
    const system = bootToy([processOf([busy(worker), wakesLate], { files: [SOCKET] })], {
      traffic: pings([1000 * MS]),
    });

    system.engine.runUntil(1500 * MS);

    expect(sleeper.length).toBeGreaterThan(0);
    expect(longestPause(worker, 1500 * MS)).toBeLessThan(CREDIT + SLICE + TICK + GRAIN);
  });

  it('preempts a thread that has run 1 ms more than it: it answers each of 5 messages within 0.2 ms of kernel work', () => {
    const [worker, answers] = logs(2);
    const answering: Program = function* (env) {
      for (;;) {
        yield* sys(env, 'read', 0, 1);
        answers.push(env.now());
      }
    };
    const times = [100, 120, 140, 160, 180].map((ms) => ms * MS);
    const system = bootToy([processOf([busy(worker), answering], { files: [SOCKET] })], { traffic: pings(times) });

    system.engine.runUntil(200 * MS);

    const lateness = answers.map((at, i) => at - times[i] - toy.wireNs.value);
    expect(lateness).toHaveLength(5);
    expect(Math.max(...lateness)).toBeLessThan(0.2 * MS);
    expect(system.value('kernel.sched.preemptions')).toBeGreaterThanOrEqual(5);
  });
});

const sleepAgain: Program = function* (env) {
  for (;;) yield* sys(env, 'futex_wait', 0, 0);
};

describe('several cores', () => {
  it('run 4 threads on 4 cores side by side: each does 100 ms of work in 100 ms, within 1 %', () => {
    const { done, system } = runBusy([0, 0, 0, 0], 4, 100 * MS);

    for (const log of done) expect(log.length * GRAIN).toBeGreaterThan(99 * MS);
    expect(system.value('kernel.sched.migrations')).toBe(0);
  });

  it('share 3 threads between 2 cores so that no core is ever idle: 200 ms of work in 100 ms, within 1 %', () => {
    const { done } = runBusy([0, 0, 0], 2, 100 * MS);

    expect(done.flat().length * GRAIN).toBeGreaterThan(198 * MS);
  });

  it('steal: a core whose thread ended takes one that waits elsewhere, so that 3 threads on 2 cores lose nothing', () => {
    const done = logs(2);
    const short: Program = function* (env) {
      yield* work(env, 'native', 10 * MS);
    };
    // Threads 0 and 2 start on core 0, thread 1 on core 1, where it ends after 10 ms.
    const system = bootToy([processOf([busy(done[0]), short, busy(done[1])])], { cores: 2 });

    system.engine.runUntil(100 * MS);

    expect(done.flat().length * GRAIN).toBeGreaterThan((2 * 100 - 10 - 2) * MS);
    expect(system.value('kernel.sched.migrations')).toBe(1);
  });

  it('keep cause before effect: a core 0.4 ms behind that steals a thread runs it no earlier than it was woken', () => {
    const seen = { woken: 0, ran: 0 };
    const waking: Program = function* (env) {
      yield* sys(env, 'sched_yield'); // lets the sleeper, who shares this core, go to sleep
      yield* work(env, 'native', 0.5 * MS);
      seen.woken = env.now();
      yield* sys(env, 'futex_wake', 0, 1);
      yield* work(env, 'native', 3 * MS);
    };
    const ending: Program = function* (env) {
      yield* work(env, 'native', 0.1 * MS);
    };
    const sleeping: Program = function* (env) {
      yield* sys(env, 'futex_wait', 0, 0);
      seen.ran = env.now();
    };
    // The sleeper is nicer than its waker, so that it does not take the core from it.
    const spec = processOf([waking, ending, sleeping], { nice: [0, 0, 10] });
    const system = bootToy([spec], { cores: 2, syncWindow: MS });

    system.engine.runUntil(3 * MS);

    expect(system.value('kernel.sched.migrations')).toBe(1);
    expect(seen.woken).toBeGreaterThan(0.5 * MS);
    expect(seen.ran).toBeGreaterThan(seen.woken);
    expect(seen.ran - seen.woken).toBeLessThan(0.2 * MS);
  });

  it('wake a thread on an idle core: its work goes on beside the waker, not after it', () => {
    const [waker, woken] = logs(2);
    const sleeping: Program = function* (env) {
      yield* sys(env, 'futex_wait', 0, 0);
      yield* busy(woken)(env);
    };
    const waking: Program = function* (env) {
      yield* work(env, 'native', 10 * MS);
      yield* sys(env, 'futex_wake', 0, 1);
      yield* busy(waker)(env);
    };
    const system = bootToy([processOf([sleeping, waking])], { cores: 2 });

    system.engine.runUntil(50 * MS);

    expect(woken[0] - 10 * MS).toBeLessThan(0.2 * MS);
    expect(longestPause(waker, 50 * MS)).toBeLessThan(2 * GRAIN);
  });

  it('wake a thread on its last core if that is idle, and leave it to that core though the waker ends: 10 wakes, no migration', () => {
    const waking: Program = function* (env) {
      for (let i = 0; i < 10; i++) {
        yield* work(env, 'native', MS);
        yield* sys(env, 'futex_wake', 0, 1);
      }
    };
    const system = bootToy([processOf([sleepAgain, waking])], { cores: 2 });

    system.engine.runUntil(50 * MS);

    expect(system.value('kernel.sched.migrations')).toBe(0);
    expect(system.value('kernel.calls.futex_wait')).toBe(11);
    expect(system.value('apic.ipisSent')).toBe(2 + 10); // two at boot
  });
});

/** Grains of work that each of so many threads does in 30 ms on 4 cores of two hardware threads. */
function grains(threads: number): number {
  const done = logs(threads);
  const { engine } = bootToy([processOf(done.map((log) => busy(log)))], { cores: 4, smt: true });
  engine.runUntil(30 * MS);
  return done.reduce((sum, log) => sum + log.length, 0) / threads;
}

describe('hardware threads', () => {
  it('a woken thread goes to a core that is idle as a whole before one whose sibling runs: 4 threads fill 4 of 4 cores', () => {
    const done = logs(4);
    const programs = done.map((log) => busy(log));
    const { engine, machine, kernel } = bootToy([processOf(programs)], { cores: 4, smt: true });
    engine.runUntil(10 * MS);
    const used = machine.cores.filter(({ id }) => kernel.scheduler.queues[id].runnable > 0);
    expect(new Set(used.map(({ id }) => machine.topology.coreOf(id))).size).toBe(4);
    expect(machine.cores.map(({ ledger }) => ledger.accounted() > 0)).toEqual([
      ...Array(4).fill(true),
      ...Array(4).fill(false),
    ]);
  });

  it('8 threads on 4 cores of two each run at once, at 1.25 / 2 of the speed of 4', () => {
    expect(grains(8) / grains(4)).toBeCloseTo(0.625, 1);
  });
});
