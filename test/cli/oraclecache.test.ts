import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from './fakecontext.ts';

const MATRIX = fileURLToPath(new URL('../data/lackey/matrix.lackey.gz', import.meta.url));
const EXPECTED = JSON.parse(readFileSync(new URL('../data/lackey/expected.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, string>
>;
const CACHES = ['--i1', '4096,1,64', '--d1', '1024,16,64', '--ll', '65536,1,128'];
const SUMMARY = EXPECTED['matrix']['4096,1,64 1024,16,64 65536,1,128'];

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringsim-cache-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const write = (name: string, content: string | Buffer): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};

describe('oracle cache', () => {
  it("prints cachegrind's nine counters of a packed and of a plain trace, exit 0", async () => {
    const packed = await cli('oracle', 'cache', MATRIX, ...CACHES, '--json');
    const plain = await cli('oracle', 'cache', write('trace', gunzipSync(readFileSync(MATRIX))), ...CACHES, '--json');

    expect([packed.code, plain.code]).toEqual([0, 0]);
    const { counters } = JSON.parse(packed.out) as { counters: Record<string, number> };
    expect(Object.keys(counters)).toEqual(['Ir', 'I1mr', 'ILmr', 'Dr', 'D1mr', 'DLmr', 'Dw', 'D1mw', 'DLmw']);
    expect(Object.values(counters).join(' ')).toBe(SUMMARY);
    expect(plain.out).toBe(packed.out);
  });

  it('prints a table without --json', async () => {
    const { out } = await cli('oracle', 'cache', MATRIX, ...CACHES);
    expect(
      out
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/ +/)[1])
        .join(' '),
    ).toBe(SUMMARY);
  });

  it('lists every mistake of the three caches at once, exit 2', async () => {
    const { code, out, err } = await cli('oracle', 'cache', MATRIX, '--i1', '1000,3,60', '--d1', '32K,8,64', '--json');
    const { problems } = JSON.parse(out) as { problems: { path: string; message: string }[] };

    expect(code).toBe(2);
    expect(problems.map(({ path, message }) => `${path} ${message}`)).toEqual([
      '--d1 bad argument',
      '--ll missing',
      '--i1 Cache set count is not a power of two',
      '--i1 Cache line size is not a power of two',
    ]);
    expect(err.split('\n').length).toBe(5);
  });

  it('counts the good lines of a trace that was cut and names the bad one, exit 2', async () => {
    const path = write('cut', 'I  04001090,3\n L 1ffeffe7b0,8\nI  0400');
    const { code, out, err } = await cli('oracle', 'cache', path, ...CACHES, '--json');

    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ counters: { Ir: 1, Dr: 1 }, lines: 3, malformedLines: 1 });
    expect(err).toContain(`${path}:3 malformed: "I  0400" is no reference`);
  });

  it.each([
    ['absent', 'no such file'],
    ['damaged', 'damaged gzip'],
    ['empty', 'holds no reference'],
    ['sparse', 'more than 64 pages'],
  ])('says what is wrong with a trace that is %s, exit 2', async (name, message) => {
    write('damaged', readFileSync(MATRIX).subarray(0, 5000));
    write('empty', '');
    const pages = Array.from({ length: 65 }, (_, i) => ` L ${(i * 2 ** 40).toString(16).padStart(8, '0')},8\n`);
    write('sparse', pages.join(''));
    const caches = ['--i1', '1024,1,64', '--d1', '1024,1,64', '--ll', '1073741824,1,64'];
    const { code, err } = await cli('oracle', 'cache', join(dir, name), ...caches);

    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
