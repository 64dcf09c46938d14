import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/archive/rows.ts';
import type { ParamValue } from '../../src/workloads/workload.ts';
import { counter, metric, runOf, type Settings } from './runs.ts';

type Values = Record<string, ParamValue>;

/** Threads that compute in methods, on a real machine of two cores. */
function compute(params: Values, settings: Partial<Settings> = {}): RunResult {
  return runOf({
    workload: 'jit-publish',
    machine: 'skylake-sp',
    cores: 2,
    warmupUs: 0,
    measureUs: 5000,
    ...settings,
    params: { threads: 2, methods: 8, ...params },
  });
}

/** The event-loop server whose requests call native functions, on one core of the recorded machine. */
function calls(params: Values, settings: Partial<Settings> = {}): RunResult {
  return runOf({
    workload: 'java-managed',
    machine: 'genoa-vm',
    measureUs: 5000,
    ...settings,
    params: { jniCalls: 100, jniInstructions: 50, allocBytes: 0, ...params },
  });
}

/** Mean of a counter of cycles for each stop of all threads, where three event loops spend most of their time in native functions. */
function meanOf(cycles: 'waitCycles' | 'reachCycles', params: Values): number {
  const long = { jniCalls: 2, jniInstructions: 100_000, allocBytes: 4000, loops: 3, edenKiB: 256 };
  const result = calls({ ...long, ...params }, { cores: 4, measureUs: 8000 });
  expect(counter(result, 'managed.pauses')).toBeGreaterThan(5);
  return counter(result, `managed.${cycles}`) / counter(result, 'managed.pauses');
}

/** Cycles for each native call that user code takes where it hits in the first level, as a loop that times one call does. */
const hitCycles = (result: RunResult): number =>
  counter(result, 'core0.cpi.userBase') / counter(result, 'managed.nativeCalls');

const throughput = (result: RunResult): number => metric(result, 'throughput');

describe('compilation', () => {
  it('makes a program the faster the more of it there is: interpreter, C1, both, all from the start', () => {
    const speeds = ['interpreter', 'c1', 'tiered', 'steady'].map((jit) =>
      throughput(compute({ jit }, { warmupUs: 8000 })),
    );

    expect(speeds[1]).toBeGreaterThan(3 * speeds[0]);
    expect(speeds[2]).toBeGreaterThan(speeds[1]);
    expect(speeds[3]).toBeGreaterThanOrEqual(speeds[2]);
    expect(speeds[2]).toBeGreaterThan(0.9 * speeds[3]);
  });

  it('goes on in a warm-up of some ms, in which the interpreter does less and less', () => {
    const shares = [0, 2000, 8000].map((warmupUs) => {
      const result = compute({}, { cores: 4, warmupUs, measureUs: 2000 });
      const interpreted = counter(result, 'managed.interpretedInstructions');
      return interpreted / (interpreted + counter(result, 'managed.compiledInstructions'));
    });

    expect(shares[1]).toBeLessThan(shares[0] / 2);
    expect(shares[2]).toBe(0);
  });

  it('is asked for again by methods that go back to the interpreter, and their pages are taken back', () => {
    const [calm, unlucky] = [0, 3000].map((deoptsPerSecond) => compute({ deoptsPerSecond }, { policy: 'bypage' }));

    expect(counter(calm, 'kernel.calls.unpublish')).toBeLessThanOrEqual(8);
    expect(counter(unlucky, 'managed.deopts')).toBeGreaterThan(10);
    expect(counter(unlucky, 'managed.c1')).toBeGreaterThan(counter(calm, 'managed.c1') + 10);
    expect(counter(unlucky, 'kernel.calls.unpublish')).toBeGreaterThan(10);
    expect(throughput(unlucky)).toBeLessThan(throughput(calm));
  });

  it('flips the rights of pages twice a method where these are writable or executable', () => {
    const result = compute({ codeProtection: 'mprotect' }, { cores: 4, measureUs: 3000 });
    const methods = counter(result, 'managed.c1') + counter(result, 'managed.c2');

    expect(methods).toBeGreaterThan(5);
    expect(counter(result, 'kernel.calls.mprotect')).toBeGreaterThanOrEqual(2 * methods);
  });
});

describe('a .NET runtime', () => {
  it('begins with precompiled code, which is faster than an interpreter and slower than the best', () => {
    const speeds = ['interpreter', 'readyToRun', 'steady'].map((jit) =>
      throughput(compute({ jit }, { measureUs: 2000 })),
    );

    expect(speeds[1]).toBeGreaterThan(5 * speeds[0]);
    expect(speeds[2]).toBeGreaterThan(1.2 * speeds[1]);
  });

  it('stops threads by signals, which cost them their mode under the literal reading: counted, and the run goes on', () => {
    const params = { allocBytes: 2000, loops: 3, tlabKiB: 64 };
    const result = runOf({
      workload: 'dotnet-managed',
      machine: 'skylake-sp',
      cores: 4,
      policy: 'bypage',
      measureUs: 5000,
      params,
    });

    expect(counter(result, 'kernel.calls.tgkill')).toBeGreaterThan(0);
    expect(counter(result, 'kernel.calls.membarrier')).toBe(counter(result, 'managed.pauses'));
    expect(metric(result, 'transitions.signal')).toBeGreaterThan(0);
    expect(metric(result, 'violations.I16')).toBeGreaterThan(0);
    expect(throughput(result)).toBeGreaterThan(0);
  });
});

describe('publication of compiled code', () => {
  it('happens where trust goes by page, and nowhere else', () => {
    const pages = ['baseline', 'kernelmode', 'bypage', 'bypage-hardened'].map((policy) => {
      const result = compute({}, { policy, cores: 4, measureUs: 3000 });
      return counter(result, 'managed.publishedPages') + counter(result, 'managed.refusedPages');
    });

    expect(pages.slice(0, 2)).toEqual([0, 0]);
    expect(Math.min(...pages.slice(2))).toBeGreaterThan(7);
  });

  it('costs more in the warm-up the more cores must hear of it, and nothing in the steady state', () => {
    const announced = [1, 4].map((cores) => {
      const result = compute({ threads: cores }, { policy: 'bypage-hardened', cores });
      const cycles = ['shootdown', 'serialise'].map((part) => counter(result, `publish.cycles.${part}`));
      return (cycles[0] + cycles[1]) / counter(result, 'managed.publishedPages');
    });
    const steady = compute({ threads: 4 }, { policy: 'bypage-hardened', cores: 4, warmupUs: 10_000, measureUs: 2000 });

    expect(announced[1]).toBeGreaterThan(2 * announced[0]);
    expect(counter(steady, 'managed.publishedPages')).toBe(0);
    expect(counter(steady, 'publish.cycles.shootdown')).toBe(0);
  });
});

describe('calls of native functions', () => {
  it('take the time of JNI on the recorded machine, and next to none without a transition', () => {
    const [jni, panama, critical, locked] = ['jni', 'panama', 'panamaCritical', 'jniCritical'].map((nativeCall) =>
      hitCycles(calls({ nativeCall, jniCalls: 400 }, { measureUs: 3000 })),
    );
    const nsOf = (cycles: number): number => (cycles - critical) / 3.68;

    // Fastest quarter of runs on the machine: jni_empty 4.6 ns, a critical function 0.35 ns.
    expect(Math.abs(nsOf(jni) / (4.6 - 0.35) - 1)).toBeLessThan(0.05);
    expect(panama).toBeLessThan(jni);
    expect(nsOf(locked)).toBeGreaterThan(3 * nsOf(jni));
  });

  it('hold everybody up where they are made without a transition and take long', () => {
    const [hidden, open] = ['panamaCritical', 'panama'].map((nativeCall) => meanOf('reachCycles', { nativeCall }));

    expect(hidden).toBeGreaterThan(2 * open);
  });

  it('in critical sections hold up a collector that moves everything, and not one that pins regions', () => {
    const open = meanOf('waitCycles', { nativeCall: 'jni', collector: 'parallel' });
    const locked = meanOf('waitCycles', { nativeCall: 'jniCritical', collector: 'parallel' });
    const pinned = meanOf('waitCycles', { nativeCall: 'jniCritical', collector: 'regions' });

    expect(locked).toBeGreaterThan(2 * open);
    expect(pinned).toBeLessThan(locked / 2);
  });
});

describe('rare events', () => {
  it('are null references at their rate, each with a fault and a signal', () => {
    const result = compute({ nullChecksPerSecond: 10_000, jit: 'steady' }, { measureUs: 10_000, warmupUs: 1000 });
    const faults = counter(result, 'managed.nullChecks');

    // Two threads for 10 ms: 200 expected, five standard deviations.
    expect(Math.abs(faults - 200)).toBeLessThan(5 * Math.sqrt(200));
    expect(Math.abs(counter(result, 'kernel.calls.rt_sigreturn') - faults)).toBeLessThanOrEqual(2);
  });

  it('are finalizers of what collections free, run by a thread of their own', () => {
    const result = compute({ finalizersPerMiB: 100, jit: 'steady', allocBytes: 1000 }, { measureUs: 5000 });
    const expected = (counter(result, 'managed.freed') / (1 << 20)) * 100;

    expect(expected).toBeGreaterThan(500);
    expect(counter(result, 'managed.finalized')).toBeLessThanOrEqual(expected);
    expect(counter(result, 'managed.finalized')).toBeGreaterThan(expected - 150);
  });
});

describe('provenance', () => {
  it('keeps interpreted code out of kernel mode under trust by page, which compiled code enters', () => {
    const [interpreter, compiled] = ['interpreter', 'tiered'].map((jit) => compute({ jit }, { policy: 'bypage' }));

    expect(metric(interpreter, 'transitions.skj')).toBeLessThanOrEqual(4);
    expect(metric(compiled, 'transitions.skj')).toBeGreaterThan(8);
  });

  it('and an attribute for user mode keep compiled code out of it', () => {
    const [own, user] = ['own', 'AlwaysUserMode'].map((attribute) =>
      calls({ attribute, jniCalls: 0 }, { policy: 'kernelmode', measureUs: 3000 }),
    );

    expect(throughput(user)).toBeLessThan(throughput(own));
  });
});
