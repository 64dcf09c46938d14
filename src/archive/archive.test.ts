import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run as fakeRun } from '../../test/cli/fakerun.ts';
import { canonicalJson, linesJson, prettyJson } from './canonical.ts';
import { checkManifest, manifestText, sha256Hex } from './manifest.ts';
import type { RunSpec, ScalarRow, SummaryRow } from './rows.ts';
import { parseConfig, parseResult, runTexts } from './runfiles.ts';
import { hostText, statsText, withoutHost } from './statstext.ts';
import { writeFolder, writeWhole } from './storefiles.ts';
import { census, readRecord, readRun, writeFailure, writeRun, type RunRecord } from './storeruns.ts';
import { unzip } from './storeunzip.ts';
import { writeZip } from './storezip.ts';
import { scalarsCsv, summaryCsv } from './tables.ts';

const spec: RunSpec = {
  seed: 1,
  replication: 3,
  config: {
    machine: 'server',
    cores: 2,
    kpti: true,
    mitigations: true,
    policy: 'baseline',
    scheduler: 'eevdf',
    preemption: 'none',
    workload: 'http',
    params: { load: 0.5 },
    profile: {},
    warmupUs: 20_000,
    measureUs: 100_000,
    syncWindow: 1000,
    fidelity: 'exact',
  },
};
const record: RunRecord = {
  id: 'abcdef123456',
  name: 'quick-base#3',
  status: 'finished',
  command: 'ringsim run',
  started: '2026-01-01T00:00:00.000Z',
  ended: '2026-01-01T00:00:01.000Z',
  hostSeconds: 1,
  hostMemoryBytes: 2,
  engine: 'native',
  versions: { model: 1 },
};

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ringsim-archive-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('canonical JSON', () => {
  it('has sorted keys, no spaces and no undefined, whatever the order given', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: undefined, A: 'x' })).toBe('{"A":"x","b":[{"c":2,"d":1}]}');
    expect(prettyJson({ b: 1, a: 2 })).toBe('{\n "a": 2,\n "b": 1\n}\n');
  });

  it('has one row a line in long lists and reads back as the same value', () => {
    const value = { z: [], rows: [{ b: 1, a: 2 }, { a: 3 }], n: 4 };

    expect(linesJson(value)).toBe('{\n"n": 4,\n"rows": [\n{"a":2,"b":1},\n{"a":3}\n],\n"z": []\n}\n');
    expect(JSON.parse(linesJson(value))).toEqual(value);
  });

  it('refuses NaN, which JSON would turn into null', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('NaN has no JSON form');
  });
});

describe('stats.txt', () => {
  it('has two gem5 blocks with the name in 40 columns and the value in 12', async () => {
    const lines = statsText(await fakeRun(spec)).split('\n');

    expect(lines.filter((line) => line === '---------- Begin Simulation Statistics ----------')).toHaveLength(2);
    expect(lines.filter((line) => line === '---------- End Simulation Statistics   ----------')).toHaveLength(2);
    expect(lines).toContain(
      'simSeconds                                       0.02                       # Simulated time of the phase (Second)',
    );
    expect(lines).toContain(
      'simTicks                                    100000000                       # Simulated time of the phase (Tick)',
    );
    expect(lines).toContain(
      'server.completed                                   12                       # Requests completed (Count)',
    );
    expect(lines).toContain(
      'server.latency::p99                                 3                       # Time from arrival to completion (Cycle)',
    );
  });

  it('keeps every line readable by the pattern that gem5 tools use', async () => {
    const result = await fakeRun(spec);
    const text = statsText(result) + hostText(result, { seconds: 0.5, memoryBytes: 1000 });
    const statistics = text.split('\n').filter((line) => line !== '' && !line.startsWith('----------'));

    for (const line of statistics) expect(line).toMatch(/^[A-Za-z][\w.:]* +[-\d.e+]+ +# .+ \(.+\)$/);
    expect(statistics.length).toBeGreaterThan(20);
  });

  it('loses its host block and nothing else', async () => {
    const result = await fakeRun(spec);

    expect(withoutHost(statsText(result) + hostText(result, { seconds: 0.5, memoryBytes: 1000 }))).toBe(
      statsText(result),
    );
  });
});

describe('a run folder', () => {
  it('gives the result back that it was written from', async () => {
    const result = await fakeRun(spec);
    writeRun(dir, record, runTexts(result, 1));

    expect(readRun(dir, record.id)).toEqual(result);
    expect(parseResult(runTexts(result, 1), 'runs')).toEqual(result);
    expect(parseConfig(readFileSync(join(dir, 'runs/ab/abcdef123456/config.json'), 'utf8'), 'runs')).toEqual({
      spec,
      modelVersion: 1,
    });
    expect(readFileSync(join(dir, 'runs/ab/abcdef123456/fingerprint.txt'), 'utf8')).toBe('0000000000000003/tcpv\n');
  });

  it('that is half written counts as partial and is written anew', async () => {
    mkdirSync(join(dir, 'runs/ab/abcdef123456.partial'), { recursive: true });
    writeFileSync(join(dir, 'runs/ab/abcdef123456.partial/old.txt'), 'old');

    expect(census(dir)).toEqual({ finished: new Set(), failed: new Set(), partial: new Set([record.id]) });

    writeRun(dir, record, runTexts(await fakeRun(spec), 1));

    expect(census(dir)).toEqual({ finished: new Set([record.id]), failed: new Set(), partial: new Set() });
    expect(existsSync(join(dir, 'runs/ab/abcdef123456/old.txt'))).toBe(false);
  });

  it('replaces the record of an earlier failure', async () => {
    writeFailure(dir, { ...record, status: 'failed', message: 'first' }, 'stack');
    writeFailure(dir, { ...record, status: 'failed', message: 'second' }, 'stack');

    expect(census(dir).failed).toEqual(new Set([record.id]));
    expect(readRecord(dir, record.id)?.message).toBe('second');

    writeRun(dir, record, runTexts(await fakeRun(spec), 1));

    expect(census(dir).failed).toEqual(new Set());
    expect(readRecord(dir, record.id)?.status).toBe('finished');
  });

  it('that exists is not overwritten unless asked', () => {
    expect(writeFolder(join(dir, 'a'), { 'x.txt': '1' })).toBe(true);
    expect(writeFolder(join(dir, 'a'), { 'x.txt': '2' })).toBe(false);
    expect(readFileSync(join(dir, 'a/x.txt'), 'utf8')).toBe('1');
    expect(writeFolder(join(dir, 'a'), { 'x.txt': '3' }, true)).toBe(true);
    expect(readFileSync(join(dir, 'a/x.txt'), 'utf8')).toBe('3');
  });
});

describe('tables', () => {
  const scalar: ScalarRow = {
    run: 'abcdef123456',
    experiment: 'quick',
    measurement: 'cores=2,policy=a "b"',
    repetition: 0,
    itervars: { policy: 'a "b"', cores: 2 },
    component: 'server',
    metric: 'throughput',
    unit: 'requests/s',
    value: 1 / 3,
  };

  it('write scalars with a column per factor, quotes doubled and numbers to their last digit', () => {
    expect(scalarsCsv([scalar], ['cores', 'policy'])).toBe(
      'run,experiment,measurement,repetition,cores,policy,component,metric,unit,value\n' +
        'abcdef123456,quick,"cores=2,policy=a ""b""",0,2,"a ""b""",server,throughput,requests/s,0.3333333333333333\n',
    );
  });

  it('write absent estimates as empty cells', () => {
    const { run: _run, repetition: _repetition, value, ...rest } = scalar;
    const row: SummaryRow = { ...rest, n: 1, mean: value, level: 0.95 };

    expect(summaryCsv([row], ['cores']).split('\n')[1]).toBe(
      'quick,"cores=2,policy=a ""b""",2,server,throughput,requests/s,1,0.3333333333333333,,,0.95,,,,,,',
    );
  });
});

describe('a manifest', () => {
  const files = new Map([
    ['b.txt', Buffer.from('abc')],
    ['a/b.txt', Buffer.from('')],
  ]);

  it('has the SHA-256 of "abc" and of nothing, sorted by path, as sha256sum prints them', () => {
    expect(manifestText(files)).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a/b.txt\n' +
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b.txt\n',
    );
    expect(sha256Hex(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('finds the changed, the missing and the extra file, and nothing in equal ones', () => {
    const other = new Map([
      ['b.txt', Buffer.from('abd')],
      ['c.txt', Buffer.from('')],
    ]);

    expect(checkManifest(manifestText(files), files)).toEqual([]);
    expect(checkManifest(manifestText(files), other)).toEqual([
      { file: 'a/b.txt', problem: 'missing' },
      { file: 'b.txt', problem: 'changed' },
      { file: 'c.txt', problem: 'not listed' },
    ]);
  });
});

describe('a zip', () => {
  const files = new Map<string, Uint8Array>([
    ['b.txt', Buffer.from('b'.repeat(10_000))],
    ['a/ä.bin', Buffer.from([0, 1, 2, 255])],
    ['empty', Buffer.from('')],
  ]);

  it('has the same bytes whatever the order of its files, and gives them back', async () => {
    await writeZip(join(dir, '1.zip'), 'root', files);
    await writeZip(join(dir, '2.zip'), 'root', new Map([...files].toReversed()));
    const [one, two] = ['1.zip', '2.zip'].map((name) => readFileSync(join(dir, name)));

    expect(one.equals(two)).toBe(true);
    const back = unzip(one);
    expect([...back.keys()]).toEqual(['root/a/ä.bin', 'root/b.txt', 'root/empty']);
    for (const [name, bytes] of files) expect(Buffer.from(back.get(`root/${name}`)!).equals(bytes)).toBe(true);
  });

  it('is refused when cut short or when any byte of a file is flipped', async () => {
    await writeZip(join(dir, '1.zip'), 'root', files);
    const bytes = readFileSync(join(dir, '1.zip'));

    expect(() => unzip(bytes.subarray(0, bytes.length - 30))).toThrow('damaged');
    const flipped = Buffer.from(bytes);
    flipped[50] ^= 0x10;
    expect(() => unzip(flipped)).toThrow('damaged');
  });
});

describe('writeWhole', () => {
  it('replaces a file and leaves nothing beside it', () => {
    writeWhole(join(dir, 'deep/er/f.txt'), '1');
    writeWhole(join(dir, 'deep/er/f.txt'), '2');

    expect(readFileSync(join(dir, 'deep/er/f.txt'), 'utf8')).toBe('2');
    expect(existsSync(join(dir, 'deep/er/f.txt.partial'))).toBe(false);
  });
});
