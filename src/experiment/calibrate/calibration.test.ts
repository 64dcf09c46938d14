import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkProfile } from '../../hw/checkprofile.ts';
import { machines } from '../../hw/profiles/index.ts';
import { readMachine } from '../machines/machinefile.ts';
import { nearestBase } from './base.ts';
import { calibrate, machineFileText, type Calibration } from './calibration.ts';
import { possibleSteps, sourcedLeaves } from '../../hw/checkprofile.ts';
import { fittingGeometry } from './hostcaches.ts';
import { parseReadings, type Readings } from './readings.ts';

const milanText = readFileSync('test/data/calibrate/milan.tsv', 'utf8');
const milan = calibrate(parseReadings(milanText), machines['zen3'], 'milan')!;

/** Rows of the Genoa host's latency measurements as the probe would have written them; the lines of a page stride lie together in the next smaller set. */
function genoaReadings(): Readings {
  const rows = readFileSync('test/data/calibrate/genoa.csv', 'utf8').trim().split('\n').slice(1);
  const table = rows.map((row) => row.split(','));
  const facts = [
    'fact\tcpu.vendor\tAuthenticAMD',
    'fact\tcache.0\t1 Data 32K 8',
    'fact\tcache.1\t2 Unified 1024K 8',
    'fact\tcache.2\t3 Unified 32768K 16',
  ];
  const runs = ['1', '2', '3'].map((run) => {
    const own = table.filter((row) => row[0] === run);
    const chased = own
      .filter((row) => row[1] === 'chase' && row[2] === '4K')
      .map((row) => [Number(row[3]), Number(row[8])]);
    const lines = own.flatMap(([, kind, pages, bytes, , , , , p25]) => {
      if (kind === 'chase') return [reading(pages === '4K' ? 'chase_4k' : 'chase_2m', Number(bytes), Number(p25))];
      if (pages !== '4K') return [];
      const count = Number(bytes) / 4096;
      return [reading('sparse_4k', count, Number(p25)), reading('dense_4k', count, at(chased, count * 64))];
    });
    return `run\t${run}\n${reading('additions16', 0, 16 / 3.68)}\n${lines.join('\n')}`;
  });
  return parseReadings([...facts, ...runs].join('\n'));
}

function reading(name: string, param: number, ns: number): string {
  return `reading\t${name}\t${param}\t${ns}\t${ns}\tns`;
}

/** Latency of the largest set well within `size` bytes: sets that fill a cache exactly are bistable on that host. */
function at(curve: readonly (readonly number[])[], size: number): number {
  return (curve.findLast(([bytes]) => bytes < 0.9 * size) ?? curve[0])[1];
}

describe('a machine file of the recorded Genoa host', () => {
  const { profile, inherited } = calibrate(genoaReadings(), machines['zen4'], 'genoa')!;

  it('has 4 and 14 cycles of latency within one, as the profile written by hand', () => {
    expect(Math.abs(profile.l1d.latency.value - 4)).toBeLessThanOrEqual(1);
    expect(Math.abs(profile.l2.latency.value - 14)).toBeLessThanOrEqual(1);
  });

  it('takes the latency of the last level from the base: one of the recorded sets alone lies in it', () => {
    expect(inherited.flatMap(({ paths }) => paths)).toContain('llc.latency');
  });

  it('keeps the reported 32 KiB and 1 MiB, but not the 32 MiB of the last level, of which 4 to 8 MiB are there', () => {
    expect([profile.l1d.sizeBytes, profile.l2.sizeBytes]).toEqual([32768, 1048576]);
    expect(profile.llc.sizeBytes).toBeGreaterThanOrEqual(4 << 20);
    expect(profile.llc.sizeBytes).toBeLessThanOrEqual(8 << 20);
  });

  it('reaches memory 130 to 150 ns behind the last level', () => {
    expect(profile.dramLatencyNs.value).toBeGreaterThan(130);
    expect(profile.dramLatencyNs.value).toBeLessThan(150);
  });

  it('finds the 72 and 3072 entries of the data TLBs and 6 to 8 cycles of the second', () => {
    expect([profile.dtlb.entries, profile.stlb.entries]).toEqual([72, 3072]);
    expect(profile.stlb.hit.value).toBeGreaterThanOrEqual(6);
    expect(profile.stlb.hit.value).toBeLessThanOrEqual(8);
  });
});

describe('a machine file of a Milan host', () => {
  it('has the clock of the core, 3.22 GHz, and notes that the time-stamp counter ticks at 2.45', () => {
    expect(milan.profile.clockHz.value / 1e9).toBeCloseTo(3.22, 2);
    expect(milan.notes.join('\n')).toContain('time-stamp counter ticks at 2.45 GHz');
  });

  it('says of each number where, when and with what it was measured', () => {
    for (const { source } of milan.measured)
      expect(source).toMatch(/^measured on this host, 2026-11-23, gcc 12\.2\.0, Linux 6\.18\.44: /);
  });

  it('splits the 421 cycles of an empty call as zen3 does, marks the split as assumed and keeps their sum', () => {
    const steps = milan.measured.filter(
      ({ path, source }) => path.startsWith('cost.') && source.includes('empty call'),
    );
    const swapgs = steps.find(({ path }) => path === 'cost.swapgs')!;
    const sum = steps.reduce((total, { value }) => total + value, swapgs.value);

    expect(steps.every(({ confidence }) => confidence === 'assumed')).toBe(true);
    expect(Math.abs(sum - 421)).toBeLessThan(6);
  });

  it('takes its mitigations from the kernel: thunks, untraining and RSB filling, no KPTI', () => {
    expect(milan.profile.features).toEqual(['thunks', 'untrain', 'rsb']);
  });

  it('names every number of the base that it did not measure, once, with a reason', () => {
    const inherited = milan.inherited.flatMap(({ paths }) => paths);
    const measured = new Set(milan.measured.map(({ path }) => path));

    expect(new Set(inherited).size).toBe(inherited.length);
    expect(inherited.filter((path) => measured.has(path))).toEqual([]);
    expect(inherited).toEqual(
      expect.arrayContaining(['userCpi', 'wireNs', 'cost.cr3Write', 'cost.threadSwitch', 'cost.capabilityCheck']),
    );
    expect(milan.missing).toEqual([{ name: 'counters', reason: 'No such file or directory' }]);
  });

  it('reads back as the same sound profile, with what is inherited marked', () => {
    const profile = readMachine(machineFileText(milan), 'milan.yaml');

    expect(profile).toEqual(milan.profile);
    expect(checkProfile(profile)).toEqual([]);
    expect(profile.wireNs.source).toMatch(/^inherited from zen3: /);
  });

  it('finds 512 KiB of L2, 4 MiB of the 32 of the last level, and 64 and 2048 entries of TLBs', () => {
    const { l2, llc, dtlb, stlb } = milan.profile;
    expect([l2.sizeBytes, llc.sizeBytes, dtlb.entries, stlb.entries]).toEqual([512 << 10, 4 << 20, 64, 2048]);
  });

  it('does not take a switch of address spaces from the noise', () => {
    expect(milan.measured.map(({ path }) => path)).not.toContain('cost.spaceSwitch');
    expect(milan.notes.join('\n')).toContain('does not stand out of the noise');
  });
});

/** The Milan host without the readings of some names. */
function without(...names: readonly string[]): Calibration {
  const kept = milanText.split('\n').filter((line) => !names.some((name) => line.startsWith(`reading\t${name}`)));
  return calibrate(parseReadings(kept.join('\n')), machines['zen3'], 'gap')!;
}

describe('readings with gaps', () => {
  it('leave the last level and memory as in the base when no curve was chased, and the profile is sound', () => {
    const { profile, inherited } = without('chase');
    expect(checkProfile(profile)).toEqual([]);
    expect(inherited.flatMap(({ paths }) => paths)).toEqual(expect.arrayContaining(['dramLatencyNs', 'llc.latency']));
  });

  it.each([
    'sparse_4k',
    'dense_4k',
    'call_enosys',
    'page_fault',
    'line_round_trip',
    'membarrier_peer',
    'chase_2m',
    'chase_4k',
  ])('give a sound profile without %s', (name) => {
    expect(checkProfile(without(name).profile)).toEqual([]);
  });

  it('are sound over every machine of ringsim that enters by SYSCALL', () => {
    const bases = Object.values(machines).filter(({ entry }) => entry === 'syscall');
    expect(bases.length).toBeGreaterThan(8);
    for (const base of bases)
      expect([base.name, checkProfile(calibrate(parseReadings(milanText), base, 'x')!.profile)]).toEqual([
        base.name,
        [],
      ]);
  });

  it('give nothing without the clock', () => {
    const text = milanText.replaceAll('additions16', 'subtractions');
    expect(calibrate(parseReadings(text), machines['zen3'], 'x')).toBeUndefined();
  });

  it('list lines that are none, by number', () => {
    expect(parseReadings('run\t1\nreading\ttsc\t0\tfast\t1\tGHz\nwarning: throttled\n').malformed).toEqual([
      { line: 2, text: 'reading\ttsc\t0\tfast\t1\tGHz' },
      { line: 3, text: 'warning: throttled' },
    ]);
  });
});

describe('caches and processors', () => {
  it('a cache of 36 MiB in 12 ways becomes one of 9 ways, whose sets are a power of two', () => {
    expect(fittingGeometry(36 << 20, 12)).toEqual({ sizeBytes: 36 << 20, ways: 9 });
    expect(fittingGeometry(49152, 12)).toEqual({ sizeBytes: 49152, ways: 12 });
    expect(fittingGeometry(320 * 1024 + 64, 8)).toEqual({ sizeBytes: 262144, ways: 8 });
  });

  it.each([
    ['AuthenticAMD', 25, 1, 'zen3'],
    ['AuthenticAMD', 25, 17, 'zen4'],
    ['GenuineIntel', 6, 85, 'skylake-sp'],
    ['GenuineIntel', 6, 143, 'sapphire-rapids'],
    ['ARM', 8, 0, undefined],
  ])('the processor %s %i %i is nearest to %s', (vendor, family, model, base) => {
    const facts = { 'cpu.vendor': vendor, 'cpu.family': String(family), 'cpu.model': String(model) };
    expect(nearestBase({ facts, runs: 0, readings: [], missing: [], malformed: [] })).toBe(base);
    if (base !== undefined) expect(machines[base]).toBeDefined();
  });
});

describe('what was measured and what was not', () => {
  it('are together every number of the machine and every step that it can take, INT 0x80 among them, each once', () => {
    const { measured, inherited, profile } = milan;
    const told = [...measured.map(({ path }) => path), ...inherited.flatMap(({ paths }) => paths)];
    const steps = possibleSteps(profile).map((step) => `cost.${step}`);
    const plain = sourcedLeaves(profile).map(([path]) => path);

    expect(new Set(told).size).toBe(told.length);
    expect(steps).toContain('cost.int80Instr');
    expect(steps.filter((path) => !told.includes(path))).toEqual([]);
    expect(plain.filter((path) => !path.startsWith('cost.') && !told.includes(path))).toEqual([]);
  });
});
