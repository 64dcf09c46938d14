import { describe, expect, it } from 'vitest';
import { bootToy, processOf, sys } from '../../../test/model/toysystem.ts';
import type { CallName, FileSpec, Program, ThreadEnv } from '../abi.ts';
import { Readahead } from './readahead.ts';

/** The clock runs at 1 GHz: a cycle is a nanosecond. */
const MS = 1e6;
const PAGE = 4096;
const LATENCY = 80_000;
const PAGE_NS = 1000;
const file = (pages: number, latencyNs = LATENCY): readonly FileSpec[] => [
  { kind: 'disk', pages, device: { latencyNs, pageNs: PAGE_NS } },
];

/** Times that a program's calls take, in order. */
function timesOf(calls: readonly (readonly [CallName, number, number])[], pages: number, latency = LATENCY): number[] {
  const times: number[] = [];
  const program: Program = function* (env: ThreadEnv) {
    for (const [name, bytes, page] of calls) {
      const before = env.now();
      yield* sys(env, name, 0, bytes, page);
      times.push(env.now() - before);
    }
  };
  bootToy([processOf([program], { files: file(pages, latency), dataPages: 64 })]).engine.runUntil(100 * MS);
  expect(times).toHaveLength(calls.length);
  return times;
}
const waits = (times: readonly number[]): number => times.filter((time) => time > LATENCY).length;
const reads = (pages: readonly number[]) => pages.map((page) => ['pread64', PAGE, page] as const);

describe('readahead', () => {
  it('begins with 4 pages for one and doubles up to 32 while reading goes on where it ended', () => {
    const readahead = new Readahead();
    const windows: number[] = [];
    for (let page = 0; page < 120;) {
      const { pages } = readahead.onMiss(page, 1, 1000);
      windows.push(pages);
      page += pages;
      readahead.onRead(page - 1, 1);
    }

    expect(windows.slice(0, 6)).toEqual([4, 8, 16, 32, 32, 32]);
  });

  it('reads what is asked for alone after a jump, and never beyond the end', () => {
    const readahead = new Readahead();
    readahead.onRead(3, 1);

    expect(readahead.onMiss(500, 2, 1000)).toEqual({ first: 500, pages: 2 });
    readahead.onRead(500, 2);
    expect(readahead.onMiss(502, 1, 504)).toEqual({ first: 502, pages: 2 });
  });
});

const ringReader: Program = function* (env) {
  const ring = yield* sys(env, 'io_uring_setup');
  env.words[0] = yield* sys(env, 'io_uring_enter', ring, 6, 0);
};

describe('a read by io_uring', () => {
  it('waits for the pages that the device has yet to deliver: 6 of them, by two windows of readahead', () => {
    const { engine, processes, value } = bootToy([processOf([ringReader], { files: file(64), dataPages: 64 })]);
    engine.runUntil(20 * MS);

    expect(processes[0].words[0]).toBe(6);
    expect(value('kernel.sched.sleeps')).toBe(2);
  });
});

/** When the last of so many readers of one page has it. */
const lastEnd = (readers: number): number => {
  const ends: number[] = [];
  const reader: Program = function* (env) {
    yield* sys(env, 'pread64', 0, PAGE, 3);
    ends.push(env.now());
  };
  const programs = Array.from({ length: readers }, () => reader);
  bootToy([processOf(programs, { files: file(64) })]).engine.runUntil(10 * MS);
  expect(ends).toHaveLength(readers);
  return Math.max(...ends);
};

describe('a file on a device', () => {
  it('waits for the device once for a page: 81 us the first time, below 20 the second', () => {
    const [first, second] = timesOf(reads([7, 7]), 64);

    expect(first).toBeGreaterThan(LATENCY + PAGE_NS);
    expect(second).toBeLessThan(20_000);
  });

  it('read page by page waits 4 times for 60 pages, as windows double; read backwards 59 times, for each page but the first window', () => {
    const forwards = Array.from({ length: 60 }, (_, page) => page);

    expect(waits(timesOf(reads(forwards), 256))).toBe(4);
    expect(waits(timesOf(reads(forwards.toReversed()), 256))).toBe(60);
  });

  it('takes writes at the speed of memory until a fifth of it is dirty, then at that of the device', () => {
    const writes = Array.from({ length: 100 }, (_, page) => ['pwrite64', PAGE, page] as const);
    const slow = 2 * MS;
    const times = timesOf(writes, 100, slow);

    // Write-back begins with the 11th page; while it goes on, the dirty ones reach the limit with the 21st.
    const waiting = times.flatMap((time, i) => (time > slow / 4 ? [i + 1] : []));
    expect(waiting[0]).toBe(21);
    expect(waiting.length).toBeGreaterThan(3);
  });

  it('is clean after fsync: the first one waits for the device, the second does not', () => {
    const [, , first, second] = timesOf(
      [
        ['pwrite64', PAGE, 1],
        ['pwrite64', PAGE, 2],
        ['fsync', 0, 0],
        ['fsync', 0, 0],
      ],
      100,
    );

    expect(first).toBeGreaterThan(LATENCY + 2 * PAGE_NS);
    expect(second).toBeLessThan(20_000);
  });

  it('serves two threads that miss the same page by one request', () => {
    expect(lastEnd(2) - lastEnd(1)).toBeLessThan(LATENCY / 2);
  });
});
