import { describe, expect, it } from 'vitest';
import type { Call } from '../../src/experiment/import/call.ts';
import { Conversations } from '../../src/experiment/import/conversations.ts';
import { correctGaps } from '../../src/experiment/import/correction.ts';
import { DescriptorSurvey } from '../../src/experiment/import/descriptors.ts';
import { frequentPaths } from '../../src/experiment/import/fold.ts';
import { RoleStats, SiteStats } from '../../src/experiment/import/gather.ts';
import { prune } from '../../src/experiment/import/prune.ts';
import { Tally } from '../../src/experiment/import/tally.ts';
import { PROBABILITIES } from '../../src/workloads/recorded/model.ts';

const BASE = {
  tid: 1,
  enter: 0,
  exit: 0,
  gap: NaN,
  slept: false,
  partial: false,
  preempted: false,
  woken: [],
  hint: '',
};
const call = (name: string, args: readonly number[], result: number): Call => ({ ...BASE, name, args, result });

/** A server's life on descriptor 7: a connection, closed, then a file with the same number. */
const REUSED = [
  call('accept4', [3, 0, 0], 7),
  call('read', [7, 1, 4096], 100),
  call('write', [7, 1, 900], 900),
  call('write', [7, 1, 50], 50),
  call('read', [7, 1, 4096], 60),
  call('read', [7, 1, 4096], 40),
  call('write', [7, 1, 900], 900),
  call('close', [7], 0),
  call('openat', [-100, 1, 0], 7),
  call('read', [7, 1, 64], 64),
  call('close', [7], 0),
];

function kindsOf(calls: readonly Call[]): ReturnType<DescriptorSurvey['kinds']> {
  const survey = new DescriptorSurvey();
  for (const c of calls) survey.note(c, new Map([[1, 1]]));
  return survey.kinds();
}

describe('descriptors', () => {
  it('tells two lives of number 7 apart: a socket, then a file', () => {
    const kinds = kindsOf(REUSED);
    expect([kinds.get('7#1'), kinds.get('7#3'), kinds.get('3#0')]).toEqual(['socket', 'file', 'listen']);
  });

  it('infers kinds of descriptors that were open before the capture from their use', () => {
    const kinds = kindsOf([
      call('epoll_wait', [5, 1, 1024, -1], 1),
      call('read', [8, 1, 4096], 117),
      call('write', [8, 1, 1089], 1089),
      call('write', [6, 1, 64], 64),
      call('pread64', [4, 1, 4096, 0], 4096),
      call('read', [9, 1, 16], 8),
      call('write', [9, 1, 8], 8),
    ]);
    expect([5, 8, 6, 4, 9].map((fd) => kinds.get(`${fd}#0`))).toEqual(['epoll', 'socket', 'log', 'file', 'wakeup']);
  });

  it('counts 2 requests in 3 socket reads and does not count the read of a file', () => {
    const conversations = new Conversations(kindsOf(REUSED));
    const turns = REUSED.map((c) => conversations.take(c));
    expect(turns.filter((t) => t.beginsRequest)).toHaveLength(2);
    expect(turns.filter((_, i) => REUSED[i].name === 'write').map((t) => t.part)).toEqual([0, 1, 0]);
  });
});

describe('tallies', () => {
  it('gives exact quantiles of small values and one entry for a constant', () => {
    const tally = new Tally();
    for (let value = 1; value <= 1000; value++) tally.add(value);
    expect(tally.distribution()).toMatchObject({
      n: 1000,
      mean: 500.5,
      q: [1, 11, 51, 101, 251, 401, 501, 601, 701, 801, 851, 901, 951, 991, 1000],
    });
    const constant = new Tally();
    for (let i = 0; i < 3; i++) constant.add(1234567);
    expect(constant.distribution()).toEqual({ n: 3, mean: 1234567, q: [1234567] });
  });

  it('keeps four significant digits of large values: within 0.05 %', () => {
    const tally = new Tally();
    for (const value of [10004, 123456, 98765432]) tally.add(value);
    const q = tally.distribution()?.q ?? [];
    expect(Math.abs(q[PROBABILITIES.indexOf(0.5)] / 123456 - 1)).toBeLessThan(0.0005);
    expect(Math.abs(q[PROBABILITIES.indexOf(0.999)] / 98765432 - 1)).toBeLessThan(0.0005);
  });
});

const gaps = (perRequest: number, ...values: number[]) => {
  const gap = new Tally();
  for (const value of values) gap.add(value);
  return { perRequest, gap };
};

describe('correction of gaps', () => {
  it('finds a tracer constant of 800 ns that was added to every gap', () => {
    const sites = [gaps(1, 1000, 1200), gaps(2, 900, 1500)];
    const correction = correctGaps(sites, 300 + 2 * 400);
    expect(correction.tracerGapNs).toBeCloseTo(800, 3);
    expect(correction.gapStretch).toBeCloseTo(1, 6);
    expect(sites.map((s) => correction.userNs(s)).map(Math.round)).toEqual([300, 400]);
  });

  it('takes off no more than the shortest gap of 500 ns and scales what remains to the untraced 100 ns', () => {
    const sites = [gaps(1, 500, 700)];
    const correction = correctGaps(sites, 50);
    expect([correction.tracerGapNs, correction.gapStretch]).toEqual([500, 0.5]);
    expect(correction.userNs(sites[0])).toBe(50);
  });

  it('leaves gaps as traced without an untraced figure', () => {
    const sites = [gaps(1, 500, 700)];
    const correction = correctGaps(sites, null);
    expect(correction.userNs(sites[0])).toBeCloseTo(600, 6);
  });
});

describe('order of sites', () => {
  it('folds repeated blocks so that 1, 2 and 3 items give one path', () => {
    const sequences = new Map([
      ['wait r w', 1],
      ['wait r w r w', 2],
      ['wait r w r w r w', 1],
      ['wait x', 1],
    ]);
    const [first, second] = frequentPaths(sequences);
    expect(first).toEqual({ share: 0.8, steps: ['wait', { times: 2, body: ['r', 'w'] }] });
    expect(second).toEqual({ share: 0.2, steps: ['wait', 'x'] });
  });

  it('hands the flow through a rare site on in proportion and loses none of it', () => {
    const stats = new RoleStats();
    const turn = { kind: null, beginsRequest: false, part: 0 };
    for (const [id, count] of [
      ['a', 1000],
      ['b', 1000],
      ['rare', 4],
    ] as const) {
      const site = new SiteStats(id, id, turn);
      site.count = count;
      stats.sites.set(id, site);
    }
    const flows: readonly (readonly [string, string, number])[] = [
      ['a', 'b', 996],
      ['a', 'rare', 4],
      ['b', 'a', 1000],
      ['rare', 'a', 1],
      ['rare', 'b', 3],
    ];
    for (const [from, to, n] of flows) stats.transitions.set(`${from} ${to}`, n);
    const pruned = prune(stats, 1000, 'a');
    expect(pruned.ids).toEqual(['a', 'b']);
    expect([...(pruned.flows.get('a') ?? [])]).toEqual([
      ['b', 999],
      ['a', 1],
    ]);
  });
});
