import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from './fakecontext.ts';

const data = (name: string): string => fileURLToPath(new URL(`../data/${name}`, import.meta.url));
const RECORDINGS = [
  ['capabilities', data('cap/cases.jsonl.gz')],
  ['pages', data('page/recorded.jsonl.gz')],
  ['semantics', data('semantics/random.jsonl.gz')],
] as const;
const FILES = ['--files', data('cap/files.json')];

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringsim-oracle-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const write = (name: string, content: string | Buffer): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};
const oracle = (kind: string, path: string) =>
  cli('oracle', kind, path, ...(kind === 'capabilities' ? FILES : []), '--json');
const firstLines = (path: string, n: number): string =>
  `${gunzipSync(readFileSync(path)).toString().split('\n').slice(0, n).join('\n')}\n`;

const jump = (expected: string): string =>
  `- id: X1\n  title: jump to the middle\n  hopes: more\n  program: '0:skj A.M; 0:step'\n  expect: {L1: '${expected}'}\n`;

describe('oracle', () => {
  it.each(RECORDINGS)('%s agrees on the first 20 recorded cases, packed or plain, exit 0', async (kind, path) => {
    const text = firstLines(path, 20);
    const plain = await oracle(kind, write('plain.jsonl', text));
    const packed = await oracle(kind, write('packed.bin', gzipSync(text)));

    expect(plain.code).toBe(0);
    expect(packed.out).toBe(plain.out);
    const { cases, steps, agree, disagree, firstDisagreement } = JSON.parse(plain.out) as Record<string, unknown>;
    expect([cases, agree, disagree, firstDisagreement]).toEqual([20, steps, 0, null]);
  });

  it('semantics finds the one step that was changed, exit 1', async () => {
    const [line] = firstLines(RECORDINGS[2][1], 1).split('\n');
    const recorded = JSON.parse(line) as { ret: unknown[] };
    recorded.ret[1] = 'EPERM';
    const { code, out } = await oracle('semantics', write('wrong.jsonl', `${line}\n${JSON.stringify(recorded)}\n`));

    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ cases: 2, disagree: 1, firstDisagreement: { line: 2, step: 2 } });
  });

  it('semantics reads the golden list as well', async () => {
    const { code, out } = await oracle('semantics', data('semantics/golden.json'));

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ disagree: 0, malformed: [] });
  });

  it.each(RECORDINGS)(
    '%s refuses a file cut short, an absent one, a malformed line and an empty one, exit 2',
    async (kind, path) => {
      const bytes = readFileSync(path);
      const cut = await oracle(kind, write('cut.gz', bytes.subarray(0, bytes.length / 2)));

      expect(cut).toMatchObject({
        code: 2,
        err: expect.stringContaining('damaged gzip, unexpected end of file') as string,
      });
      expect((await oracle(kind, join(dir, 'none.gz'))).code).toBe(2);
      expect((await oracle(kind, write('empty.jsonl', ''))).code).toBe(2);
      const malformed = await oracle(kind, write('bad.jsonl', `${firstLines(path, 1)}{"case": \n`));
      expect(malformed).toMatchObject({ code: 2, err: expect.stringContaining('bad.jsonl:2 malformed: ') as string });
    },
  );
});

describe('attack', () => {
  it('runs the golden programs and finds all outcomes as expected, exit 0', async () => {
    const { code, out } = await cli('attack', data('semantics/golden.json'), '--json');
    const { cases, disagree, outcomes } = JSON.parse(out) as { cases: number; disagree: number; outcomes: unknown[] };

    expect([code, disagree, outcomes.length]).toEqual([0, 0, cases]);
    expect(cases).toBeGreaterThan(100);
  });

  it('lists mistakes of all its files together, exit 2', async () => {
    const files = [write('a.yaml', '- id: A\n  prgram: x\n'), write('b.yaml', '- id: B\n  titel: x\n')];
    const { code, err } = await cli('attack', ...files);

    expect(code).toBe(2);
    for (const file of files) expect(err).toContain(file);
  });

  it('exits 0 for a jump refused with the expected EINVAL, and 1 when the file expects EPERM', async () => {
    const right = await cli('attack', write('right.yaml', jump('EINVAL@1')), '--json');
    const wrong = await cli('attack', write('wrong.yaml', jump('EPERM@1')), '--json');

    expect([right.code, wrong.code]).toEqual([0, 1]);
    expect([JSON.parse(right.out), JSON.parse(wrong.out)]).toMatchObject([{ disagree: 0 }, { disagree: 1 }]);
  });
});

describe('check', () => {
  it('finds what the text breaks within the gates, prints the shortest program, exit 1', async () => {
    const { code, out } = await cli('check', 'kernelmode', '--bounds', 'gates');

    expect(code).toBe(1);
    expect(out).toMatch(/^I16 .*broken in 3/m);
    expect(out).toContain("L1: '0:skj A.E; 0:call B.E; 0:ret'");
  });

  it('its shortest program is an attack file that breaks the same invariant', async () => {
    const { out } = await cli('check', 'L1', '--bounds', 'gates');
    const file = write('shortest.yaml', out.slice(out.indexOf('- id: ')));

    expect(await cli('attack', file)).toMatchObject({
      code: 0,
      out: expect.stringContaining('broken I16@3') as string,
    });
  });

  it('finds nothing under the hardened profile, exit 0', async () => {
    const { code, out } = await cli('check', 'H', '--bounds', 'gates', '--bounds', 'signals', '--json');

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      results: [
        { complete: true, broken: [] },
        { complete: true, broken: [] },
      ],
    });
  });

  it('lists a wrong policy and wrong bounds together, exit 2', async () => {
    const { code, err } = await cli('check', 'kernlmode', '--bounds', 'gats');

    expect(code).toBe(2);
    expect(err).toContain('(argument): unknown policy or profile (got "kernlmode"');
    expect(err).toContain('--bounds: unknown bounds (got "gats"');
  });
});
