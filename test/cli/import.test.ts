import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from './fakecontext.ts';

const STRACE = 'test/data/traces/nio17-1.strace';
const PERF = 'test/data/traces/nio17-1.perf.txt';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringsim-import-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('ringsim import', () => {
  it('writes the model of a strace listing and says how it differs from the trace, exit 0', async () => {
    const out = join(dir, 'nio.json');
    const ended = await cli('import', 'strace', STRACE, '--user-time', '0.0004', '--out', out);
    const model = JSON.parse(readFileSync(out, 'utf8')) as Record<string, any>;

    expect(ended.code).toBe(0);
    expect(ended.out).toContain('nio17-1: 290 calls of strace, 40 requests');
    expect(ended.out).toContain('Largest difference');
    expect(model['totals'].userNs).toBe(10000);
  });

  it('prints the model alone on stdout without --out, and model and report as one document with --json', async () => {
    const plain = await cli('import', 'perf', PERF, '--strace', STRACE);
    const document = JSON.parse((await cli('import', 'perf', PERF, '--strace', STRACE, '--json')).out) as Record<
      string,
      any
    >;

    expect((JSON.parse(plain.out) as Record<string, any>)['provenance'].strace).toBe('nio17-1.strace');
    expect(plain.err).toContain('Largest difference');
    expect(document['model'].roles[0].name).toBe('event-loop');
    expect(document['report'].compared.length).toBeGreaterThan(5);
  });

  it('names foreign lines by number and goes on, exit 0', async () => {
    const path = join(dir, 'x.strace');
    writeFileSync(path, `what is this\n${readFileSync(STRACE, 'utf8')}\nread(3, "cut`);
    const { code, err } = await cli('import', 'strace', path);
    expect(code).toBe(0);
    expect(err).toMatch(/x\.strace:1,3\d\d line not in strace form \(2\)/);
  });

  it.each([
    ['an empty file', '', 'no system call in it'],
    ['a file of another kind', '{"json": true}\n', 'no system call in it'],
    [
      'a listing of the other tool',
      '7 [001]  1.000000000: raw_syscalls:sys_exit: NR 0 = 5\n',
      'a listing of perf, not of strace',
    ],
  ])('refuses %s, exit 2', async (_, text, message) => {
    const path = join(dir, 'x.strace');
    writeFileSync(path, text);
    expect(await cli('import', 'strace', path)).toMatchObject({
      code: 2,
      err: expect.stringContaining(message) as string,
    });
  });

  it('reads what a cut gzip still holds, and says that it is a part, exit 2', async () => {
    const packed = gzipSync(readFileSync(STRACE));
    const path = join(dir, 'x.strace.gz');
    writeFileSync(path, packed.subarray(0, packed.length >> 1));
    const { code, err } = await cli('import', 'strace', path, '--out', join(dir, 'x.json'));

    expect([code, existsSync(join(dir, 'x.json'))]).toEqual([2, true]);
    expect(err).toContain('compressed file damaged or cut');
  });

  it('refuses a folder, and a table that was named and has nothing of the server, exit 2', async () => {
    const table = join(dir, 'closed.csv');
    writeFileSync(table, 'server,sched\nother,short\n');

    for (const argv of [
      ['strace', dir],
      ['jfr', dir],
      ['strace', STRACE, '--perf', dir],
      ['strace', STRACE, '--closed', dir],
    ])
      expect(await cli('import', ...argv)).toMatchObject({ code: 2, err: `${dir}: a folder, not a file\n` });
    for (const [option, message] of [
      ['--closed', 'no run of nio17-1 without a tracer in it'],
      ['--counted', 'no call of nio17-1 in it'],
    ])
      expect(await cli('import', 'strace', STRACE, option, table)).toMatchObject({
        code: 2,
        err: expect.stringContaining(`${table}: ${message}`) as string,
      });
  });

  it('refuses a file that is not there and a user time of 0, exit 2', async () => {
    expect((await cli('import', 'perf', join(dir, 'none'))).code).toBe(2);
    expect((await cli('import', 'strace', STRACE, '--user-time', '0')).code).toBe(2);
  });
});
