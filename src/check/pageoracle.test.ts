import { describe, expect, test } from 'vitest';
import { OPERATION_NAMES } from '../kernel/semantics/paging/operation.ts';
import { sampleLines } from '../../test/paging/sample.ts';
import { readCase } from './pagecase.ts';
import type { RecordedCase } from './pagecase.ts';
import { replayPages } from './pageoracle.ts';

const recorded = sampleLines('recorded');
const further = sampleLines('further');

/** A good line with one text replaced. */
function spoil(from: string, to: string): string {
  const line = recorded.find((text) => text.includes(from));
  if (line === undefined) throw new Error(`no line holds ${from}`);
  return line.replace(from, () => to);
}

describe('the recordings', () => {
  test.each([
    ['recorded', recorded, 507],
    ['further', further, 140],
  ] as const)('%s: every step and every final table agrees', (_, lines, cases) => {
    const { steps, ...result } = replayPages(lines);
    expect(result).toEqual({ cases, agree: steps, disagree: 0, firstDisagreement: null, malformed: [] });
    expect(steps).toBeGreaterThan(4000);
  });

  test('hold all 6 families, and all operations but publish and unpublish', () => {
    const cases = [...recorded, ...further].map((line) => readCase(line) as RecordedCase);
    const families = new Set(cases.map(({ family }) => family));
    const operations = new Set(cases.flatMap(({ steps }) => steps.map(({ op }) => op)));
    for (const family of ['core', 'sys', 'trunc', 'mseal', 'memfdseal', 'mdwe']) expect(families).toContain(family);
    const missing = OPERATION_NAMES.filter((name) => !operations.has(name));
    expect(missing).toEqual(['publish', 'unpublish']);
  });
});

describe('a disagreement', () => {
  test('names line 2, the step and both outcomes', () => {
    const result = replayPages([recorded[0], spoil('"res":"ENOMEM"', '"res":"ok"')]);
    expect(result.steps - result.agree).toBe(1);
    expect(result.disagree).toBe(1);
    expect(result.firstDisagreement).toMatchObject({
      line: 2,
      recorded: { res: 'ok' },
      computed: { res: 'ENOMEM' },
    });
  });

  test('of a byte read counts', () => {
    const { disagree, firstDisagreement } = replayPages([spoil('"got":176', '"got":177')]);
    expect(disagree).toBe(1);
    expect(firstDisagreement).toMatchObject({ recorded: { res: 'ok', got: 177 }, computed: { res: 'ok', got: 176 } });
  });

  test.each([
    ['a page', '"rw-p anon"', '"r--p anon"'],
    ['the number of mappings', '"nvma":', '"nvma":1'],
  ])('of %s of a final table counts, though all steps agree', (_, from, to) => {
    const { steps, agree, disagree, firstDisagreement } = replayPages([spoil(from, to)]);
    expect([agree, disagree]).toEqual([steps, 1]);
    expect(firstDisagreement).toMatchObject({ step: null, op: null });
  });
});

describe('a malformed line', () => {
  test.each([
    ['not JSON', recorded[0]?.slice(0, 100) ?? '', /^not JSON: /u],
    [
      'an unknown operation',
      spoil('"op":"mmap"', '"op":"mmapp"'),
      /^steps\[0\]\.op: unknown operation "mmapp"; allowed: mmap, mprotect, munmap/u,
    ],
    [
      'an unknown result',
      spoil('"res":"ok"', '"res":"EWHAT"'),
      /^steps\[0\]\.res: unknown result "EWHAT"; allowed: ok, EBADF, EACCES/u,
    ],
    ['a page outside', spoil('"page":0', '"page":8'), /^steps\[0\]\.page: must be a page of the arena, 0 to 7; /u],
    [
      'a range that ends outside',
      spoil('"page":0,"n":4', '"page":6,"n":4'),
      /^steps\[0\]\.n: the range must end inside the arena of 8 pages$/u,
    ],
    [
      'an unknown protection',
      spoil('"prot":"rw-"', '"prot":"wr-"'),
      /^steps\[\d+\]\.prot: unknown protection "wr-"; allowed: ---, r--/u,
    ],
    ['an unknown argument', spoil('"op":"mmap",', '"op":"mmap","addr":3,'), /^steps\[0\]: Unrecognized key: "addr"$/u],
    ['a process that was not forked', spoil('{"p":0,', '{"p":2,'), /^steps\[0\]\.p: no process 2 here; allowed: 0$/u],
    ['a process forked twice', spoil('"child":1', '"child":0'), /^steps\[\d+\]\.child: process 0 is already alive; /u],
  ])('with %s is named with line 2; lines 1 and 4 are replayed', (_, bad, message) => {
    const { cases, disagree, malformed } = replayPages([recorded[0], bad, '', recorded[1]]);
    expect([cases, disagree]).toEqual([2, 0]);
    expect(malformed[0]).toMatchObject({ line: 2, message: expect.stringMatching(message) as string });
    expect(malformed).toHaveLength(1);
  });

  test('with 2 mistakes is named once, with both', () => {
    const line = spoil('"op":"mmap","page":0', '"op":"mmap","page":9').replace('"prot":"rw-"', '"prot":"q"');
    expect(replayPages([line]).malformed).toEqual([
      { line: 1, message: expect.stringMatching(/^steps\[0\]\.page: .*; steps\[0\]\.prot: /u) as string },
    ]);
  });
});
