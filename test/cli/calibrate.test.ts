import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCompiler } from '../../src/experiment/node/calibrate/compiler.ts';
import { cli } from './fakecontext.ts';

const RECORDED = 'test/data/calibrate/milan.tsv';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringsim-calibrate-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('ringsim calibrate', () => {
  it('makes of kept readings a machine file that machine check accepts, exit 0', async () => {
    const file = join(dir, 'milan.yaml');
    const { code, out } = await cli('calibrate', '--from', RECORDED, '--name', 'milan', '--out', file);

    expect(code).toBe(0);
    expect(out).toContain('Measured, over zen3');
    expect(out).toContain('a program cannot write CR3');
    expect(readFileSync(file, 'utf8')).toContain('extends: zen3\nname: milan\n');
    expect(await cli('machine', 'check', file)).toMatchObject({ code: 0, out: '1 machine sound\n' });
  });

  it('prints the machine file alone on stdout without --out, and one document with --json', async () => {
    const plain = await cli('calibrate', '--from', RECORDED);
    const { measured, inherited, file } = JSON.parse(
      (await cli('calibrate', '--from', RECORDED, '--json')).out,
    ) as Record<string, any>;

    expect(plain.out).toMatch(/^# Written by ringsim calibrate/);
    expect(plain.err).toContain('Measured, over zen3');
    expect(measured.map(({ path }: any) => path)).toContain('l2.latency');
    expect(inherited.length).toBeGreaterThan(5);
    expect(file.extends).toBe('zen3');
  });

  it('says that there is no compiler and exits 2', async () => {
    const { code, err } = await cli('calibrate', '--cc', join(dir, 'no-such-compiler'));
    expect(code).toBe(2);
    expect(err).toContain('no C compiler');
  });

  it('asks for a base when no machine is near to the processor, exit 2', async () => {
    const file = join(dir, 'arm.tsv');
    writeFileSync(file, 'fact\tcpu.vendor\tARM\nrun\t1\nreading\tadditions16\t0\t5\t5\tns\n');
    expect(await cli('calibrate', '--from', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--base') as string,
    });
    expect(await cli('calibrate', '--from', file, '--base', 'zen2')).toMatchObject({ code: 0 });
  });

  it('lists a machine file that extends an unknown machine with the nearest name, exit 2', async () => {
    const file = join(dir, 'x.yaml');
    writeFileSync(file, 'extends: zen33\nname: x\n');
    expect(await cli('machine', 'check', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('x.yaml:1') as string,
    });
  });

  it.skipIf(findCompiler() === undefined)(
    'measures this host in a few seconds: a clock of 0.5 to 7 GHz, an L1 of 2 to 8 cycles, a system call that takes time',
    async () => {
      const { code, out } = await cli('calibrate', '--quick', '--runs', '1', '--base', 'zen3', '--json');
      const { measured, readings } = JSON.parse(out) as Record<string, any>;
      const valueOf = (path: string): number => measured.find((row: any) => row.path === path).value;
      const readingOf = (name: string): number => readings.find((row: any) => row.name === name).value;

      expect(code).toBe(0);
      expect(valueOf('clockHz')).toBeGreaterThan(5e8);
      expect(valueOf('clockHz')).toBeLessThan(7e9);
      expect(valueOf('l1d.latency')).toBeGreaterThanOrEqual(2);
      expect(valueOf('l1d.latency')).toBeLessThanOrEqual(8);
      expect(readingOf('call_getppid')).toBeGreaterThan(0);
    },
    60_000,
  );
});
