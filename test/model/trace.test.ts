import { describe, expect, it } from 'vitest';
import { PerfReader } from '../../src/experiment/import/perf.ts';
import { Problems } from '../../src/experiment/import/problems.ts';
import type { TraceFormatName } from '../../src/experiment/trace/formats.ts';
import { traceRun } from '../../src/experiment/trace/tracerun.ts';
import { runOf, specOf, type Settings } from './runs.ts';

const SERVER: Settings = {
  workload: 'java-nio',
  machine: 'skylake-sp',
  cores: 2,
  policy: 'bypage',
  measureUs: 4000,
  params: { thinkUs: 300 },
};

/** The trace of the server, of a stretch of it if asked for. */
function traced(format: TraceFormatName, [from, to] = [0, Infinity]) {
  let text = '';
  const write = (piece: string): void => {
    text += piece;
  };
  return { ...traceRun(specOf(SERVER), { format, from, to, write }), text: () => text };
}

describe('a trace', () => {
  const { result, counts, text } = traced('perf');
  const total = (pattern: RegExp): number =>
    [...result.warmup, ...result.measure]
      .filter(({ name }) => pattern.test(name))
      .reduce((sum, { value }) => sum + value, 0);

  it('changes nothing: the run gives what it gives without, to the bit', () => {
    expect(result).toEqual(runOf(SERVER));
  });

  it('has an event for each system call, wake-up and change of mode that the run counts', () => {
    expect(counts.sysEnter).toBe(total(/^kernel\.calls\./));
    expect(counts.wakeup).toBe(total(/^kernel\.sched\.wakeups$/) + threads());
    const changes = Object.values(result.semantics.transitions).reduce((sum, count) => sum + count, 0);
    expect(changes).toBeGreaterThan(0);
    expect(counts.modeEnter! + (counts.modeLeave ?? 0)).toBe(changes);
    expect(counts.irqEntry).toBe(counts.irqExit);
  });

  it('has each softirq from its begin to its end, at most one at a time on a CPU, in the time that the run counts for them', () => {
    const began = new Map<string, number>();
    let served = 0;
    for (const [, cpu, seconds, edge] of text().matchAll(/\[(\d+)\] ([\d.]+): irq:softirq_(entry|exit)/g)) {
      expect(began.has(cpu)).toBe(edge === 'exit');
      if (edge === 'entry') began.set(cpu, Number(seconds));
      else {
        served += Number(seconds) - began.get(cpu)!;
        began.delete(cpu);
      }
    }
    const ns = total(/^kernel\.softirq\.cycles\./) / 3;

    expect(counts.softirqEntry).toBeGreaterThan(20);
    expect(counts.softirqEntry! - (counts.softirqExit ?? 0)).toBe(began.size);
    expect(served * 1e9).toBeGreaterThan(0.95 * ns);
    expect(served * 1e9).toBeLessThan(1.3 * ns);
  });

  /** Threads, each of which wakes once to begin. */
  function threads(): number {
    return new Set(text().match(/pid=\d+ prio=120 target_cpu/g)).size;
  }

  it('is read by the importer of perf script without a complaint but for events that perf does not know', () => {
    const problems = new Problems();
    const reader = new PerfReader(problems, new Map());
    const calls = text()
      .split('\n')
      .map((line) => reader.read(line))
      .filter((call) => call !== undefined);

    expect(calls).toHaveLength(counts.sysExit!);
    expect(calls.filter(({ partial }) => partial)).toEqual([]);
    expect(calls.filter(({ slept }) => slept).length).toBeGreaterThan(10);
    const complaints = [...problems.found.keys()];
    expect(
      complaints.filter(
        (kind) =>
          !/^event (entry|exit|enter|leave|softirq_raise|softirq_entry|softirq_exit|sched_migrate_task) ignored$/.test(
            kind,
          ),
      ),
    ).toEqual([]);
  });

  it('has its lines in the order of time, though cores run ahead of each other', () => {
    const lines = traced('perf').text().trim().split('\n');
    const times = lines.map((line) => Number(/ (\d+\.\d{9}): /.exec(line)![1]));
    expect(times.length).toBeGreaterThan(1000);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('of a window holds the lines of the whole one in it: 1 ms from 3 to 4', () => {
    const times = traced('perf', [3000, 4000]).text().trim().split('\n');
    const within = text()
      .trim()
      .split('\n')
      .filter((line) => /\] 0\.003\d{6}: /.test(line));

    expect(times.length).toBeGreaterThan(100);
    expect(times).toEqual(within);
  });

  it('for Perfetto is one JSON array; slices of each CPU and interrupt end as often as they begin, but for those at the end', () => {
    const marks = JSON.parse(traced('perfetto').text()) as { ph: string; pid: number; tid: number }[];
    const depths = new Map<string, number>();
    for (const { ph, pid, tid } of marks) {
      const depth = (depths.get(`${pid} ${tid}`) ?? 0) + (ph === 'B' ? 1 : ph === 'E' ? -1 : 0);
      expect(depth).toBeGreaterThanOrEqual(0);
      expect(depth).toBeLessThanOrEqual(1);
      depths.set(`${pid} ${tid}`, depth);
    }
    expect(depths.size).toBeGreaterThan(4);
  });
});
