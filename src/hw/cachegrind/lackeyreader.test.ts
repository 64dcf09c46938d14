import { describe, expect, it } from 'vitest';
import { parseCache } from './geometry.ts';
import { replayTrace, TraceReplayer } from './replay.ts';

const CACHE = parseCache('1024,2,64')!;
const GEOMETRY = { i1: CACHE, d1: CACHE, ll: parseCache('65536,4,64')! };
const TRACE = [
  '==12== Lackey, an example Valgrind tool',
  '',
  'I  04001090,3',
  'hello from the program',
  ' S 1ffeffe7b0,8',
  'SB 04001093',
  'I  04001093,5',
  ' M 0421a03c,8',
  ' L 0421a040,8',
].join('\n');
const WANT = { Ir: 2, I1mr: 1, ILmr: 1, Dr: 2, D1mr: 1, DLmr: 1, Dw: 1, D1mw: 1, DLmw: 1 };

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe('the reader of lackey traces', () => {
  it('takes fetches, loads, stores and modifies, and counts the four other lines as skipped', () => {
    const replay = replayTrace([bytesOf(TRACE)], GEOMETRY);
    expect(replay).toEqual({ counters: WANT, lines: 9, skipped: 4, malformedLines: 0, malformed: [] });
  });

  it('reads lines as strings like bytes', () => {
    expect(replayTrace(TRACE.split('\n'), GEOMETRY)).toEqual(replayTrace([bytesOf(TRACE)], GEOMETRY));
  });

  it('does not care where chunks are cut, nor for an empty chunk', () => {
    const whole = replayTrace([bytesOf(`${TRACE}\n`)], GEOMETRY);
    for (let size = 1; size < TRACE.length; size++) {
      const replayer = new TraceReplayer(GEOMETRY);
      for (let at = 0; at <= TRACE.length; at += size) replayer.add(bytesOf(`${TRACE}\n`.slice(at, at + size)));
      replayer.add(new Uint8Array());
      expect(replayer.result()).toEqual(whole);
    }
  });

  it('keeps nothing of the chunks it was given', () => {
    const replayer = new TraceReplayer(GEOMETRY);
    const chunk = bytesOf('I  04001');
    replayer.add(chunk);
    chunk.fill(0x58);
    replayer.add(bytesOf('090,3\n'));
    expect(replayer.result()).toMatchObject({ lines: 1, skipped: 0, counters: { Ir: 1, I1mr: 1 } });
  });

  it('finds the reference that follows program output without a newline', () => {
    const replay = replayTrace(['password: I  04001090,3', 'x = 3 L 1ffeffe7b0,8', 'count 04001090,3'], GEOMETRY);
    expect(replay).toMatchObject({ lines: 3, skipped: 1, malformedLines: 0, counters: { Ir: 1, Dr: 1 } });
  });

  it('passes over a line of a megabyte in pieces, and still reads the reference at its end', () => {
    const piece = bytesOf('y'.repeat(1000));
    const pieces = [
      ...Array.from({ length: 1000 }, () => piece),
      bytesOf('y L 0421a040,'),
      bytesOf('8\nI  04001090,3\n'),
    ];
    expect(replayTrace(pieces, GEOMETRY)).toMatchObject({ lines: 2, skipped: 0, counters: { Ir: 1, Dr: 1 } });
  });

  it('reads addresses of 1 to 16 digits in either case, and lines that end in a carriage return', () => {
    const replay = replayTrace([' L 10,4', ' L ffffffffff600ABC,8', ' L 0000000000000010,4\r'], GEOMETRY);
    expect(replay).toMatchObject({ lines: 3, skipped: 0, malformedLines: 0, counters: { Dr: 3, D1mr: 1 } });
  });

  it('names each malformed line with its number and counts it nowhere', () => {
    const lines = [
      'I  04001090,3',
      'I  0400109',
      ' L 04001090,0',
      ' S ,8',
      ' M 00000000004001090,8',
      ' L 04001090,8 x',
      ' L 04001090,1234567890',
      ' Q 04001090,8',
    ];
    const { counters, malformed, ...rest } = replayTrace(lines, GEOMETRY);
    expect(rest).toEqual({ lines: 8, skipped: 1, malformedLines: 6 });
    expect(counters).toMatchObject({ Ir: 1, Dr: 0, Dw: 0 });
    expect(malformed.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7]);
    expect(malformed[0].message).toMatch(/^"I {2}0400109" is no reference: expected/);
  });

  it('names a reference that cachegrind would stop at', () => {
    const { malformed, counters } = replayTrace(['I  0400103f,90', 'I  ffffffffffffffff,2'], GEOMETRY);
    expect(malformed.map(({ message }) => message)).toEqual([
      '"I  0400103f,90" touches more than two lines of the smallest size, where cachegrind stops',
      '"I  ffffffffffffffff,2" touches more than two lines of the smallest size, where cachegrind stops',
    ]);
    expect(counters.Ir).toBe(0);
  });

  it('keeps the first 100 of a thousand malformed lines and counts all', () => {
    const { malformed, malformedLines } = replayTrace(
      Array.from({ length: 1000 }, () => 'I  zz'),
      GEOMETRY,
    );
    expect([malformed.length, malformedLines]).toEqual([100, 1000]);
  });
});
