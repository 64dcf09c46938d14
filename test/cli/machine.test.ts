import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { machines } from '../../src/hw/profiles/index.ts';
import { toy } from '../../src/hw/profiles/toy.ts';
import { cli } from './fakecontext.ts';

let dir = '';
const write = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const json = (out: string): any => JSON.parse(out);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringsim-machine-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('ringsim machine list', () => {
  it('names every machine with the cycles of its stock call: 430 on northwood, 582 on skylake-sp, 120 on toy', async () => {
    const { code, out } = await cli('machine', 'list', '--json');
    const calls = Object.fromEntries(json(out).map((row: any) => [row.name, row.callCycles]));

    expect(code).toBe(0);
    expect(Object.keys(calls)).toEqual(Object.keys(machines));
    expect(calls).toMatchObject({ northwood: 430, 'skylake-sp': 582, toy: 120 });
  });

  it('prints docs/machines.md as it is in the repository', async () => {
    expect((await cli('machine', 'list', '--markdown')).out).toBe(readFileSync('docs/machines.md', 'utf8'));
  });
});

describe('ringsim machine show', () => {
  it('gives each number of a machine with value, range, confidence and source', async () => {
    const { code, out } = await cli('machine', 'show', 'haswell', '--no-curve', '--json');
    const document = json(out);

    expect(code).toBe(0);
    expect(document.latency).toBeUndefined();
    expect(document.numbers.length).toBeGreaterThan(50);
    for (const row of document.numbers) {
      expect(row.source).not.toBe('');
      expect(row.value).toBeGreaterThanOrEqual(row.range[0]);
      expect(row.value).toBeLessThanOrEqual(row.range[1]);
    }
  });

  it('keeps the parts of a call apart: on skylake-sp with KPTI 124 hardware, 108 software and 350 page table', async () => {
    const { policies } = json((await cli('machine', 'show', 'skylake-sp', '--no-curve', '--json')).out);
    const { call } = policies.find((row: any) => row.policy === 'baseline' && row.kpti);

    expect(call).toEqual({ hardware: 124, software: 108, pageTable: 350, check: 0, total: 582 });
  });

  it('says how memory is built: skylake-sp has six channels of 32 banks', async () => {
    expect((await cli('machine', 'show', 'skylake-sp', '--no-curve')).out).toMatch(
      /^dram +6 channels of 32 banks, rows of 8 KiB, rowInterleaved, hashed, timed +JEDEC JESD79-4/m,
    );
  });

  it('gives the TLB reach: 256 KiB and 4 MiB of small pages on haswell', async () => {
    const { tlbReach } = json((await cli('machine', 'show', 'haswell', '--no-curve', '--json')).out);

    expect(tlbReach.map(({ small }: any) => small)).toEqual([262144, 4194304]);
  });

  it('draws the latency curve of toy in text and as a figure in five formats', async () => {
    const { code, out } = await cli('machine', 'show', 'toy', '--out', join(dir, 'figures'));

    expect(code).toBe(0);
    expect(out).toMatch(/ 512 KiB {6}40\.0 {6}4\d\.\d {3}#+\+/);
    expect(readdirSync(join(dir, 'figures')).sort()).toEqual(
      ['csv', 'pdf', 'png', 'svg', 'vl.json'].map((extension) => `latency-toy.${extension}`),
    );
  });

  it('suggests the nearest name of a machine that does not exist, exit 2', async () => {
    expect(await cli('machine', 'show', 'skylakesp')).toMatchObject({
      code: 2,
      err: expect.stringContaining('did you mean skylake-sp?') as string,
    });
  });
});

describe('ringsim machine diff', () => {
  it('lists what differs by path with the ratio: northwood-int80 differs from northwood in its entry, its kernel and in what it was fitted to', async () => {
    const { out } = await cli('machine', 'diff', 'northwood', 'northwood-int80', '--json');

    expect(json(out).differences).toEqual([
      { path: 'entry', a: 'sysenter', b: 'int80' },
      expect.objectContaining({ path: 'kernelWork.process' }),
      expect.objectContaining({ path: 'kernelWork.scheduling', a: '1.37', b: '0.6' }),
      expect.objectContaining({ path: 'fitted' }),
    ]);
  });

  it('compares a file with a machine: wireNs doubled', async () => {
    const file = write(
      'mine.json',
      JSON.stringify({ ...toy, wireNs: { ...toy.wireNs, value: 2000, range: [0, 9000] } }),
    );

    expect(json((await cli('machine', 'diff', 'toy', file, '--json')).out).differences).toEqual([
      { path: 'wireNs', a: '1000', b: '2000', change: 2 },
    ]);
  });
});

describe('ringsim machine check', () => {
  it('finds all machines of ours sound', async () => {
    expect(await cli('machine', 'check')).toMatchObject({
      code: 0,
      out: `${Object.keys(machines).length} machines sound\n`,
    });
  });

  it('lists every mistake of a file at once, by line and path, exit 2', async () => {
    const wrong = {
      ...toy,
      l1d: { ...toy.l1d, sizeBytes: 48000 },
      l2: { ...toy.l2, ways: 5, latency: { ...toy.l2.latency, value: 0, range: [0, 1] } },
      ipiNs: { ...toy.ipiNs, source: '' },
    };
    const file = write('wrong.json', JSON.stringify(wrong, undefined, 1));
    const { code, err } = await cli('machine', 'check', 'toy', file);

    expect(code).toBe(2);
    const lines = err.trim().split('\n');
    expect(lines.map((line) => line.replace(/^.*wrong\.json:\d+:\d+ /, ''))).toEqual([
      'l1d: has 750 entries in 4 ways; the ways must divide the entries',
      'l2: has 512 entries in 5 ways; the ways must divide the entries',
      'ipiNs: has no source',
      'l2.latency: is 0 cycles, not more than the 0 of l1i',
      'l2.latency: is 0 cycles, not more than the 0 of l1d',
    ]);
  });

  it('tells a file that is not there from a name that is unknown', async () => {
    const { code, err } = await cli('machine', 'check', 'nowhere/host.yaml', 'host.json', 'skylake');

    expect(code).toBe(2);
    const [first, second, third] = err.trim().split('\n');
    expect([first, second]).toEqual(['nowhere/host.yaml: no such file', 'host.json: no such file']);
    expect(third).toContain('unknown machine (got "skylake"');
  });

  it('says where a file is no YAML', async () => {
    const { code, err } = await cli('machine', 'check', write('broken.yaml', 'name: [1, 2\n'));

    expect(code).toBe(2);
    expect(err).toContain('broken.yaml:');
    expect(err).toContain('(syntax)');
  });
});
