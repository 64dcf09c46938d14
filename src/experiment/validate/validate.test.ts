import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { machines } from '../../hw/profiles/index.ts';
import { OPERATIONS } from '../../workloads/micro/index.ts';
import { policies } from '../../kernel/policies/index.ts';
import { parseCsv } from './csv.ts';
import { Lab } from './lab.ts';
import { figuresOf } from './figures.ts';
import { hostOf, isAssumed } from './machines.ts';
import { readingOf } from './patterns.ts';
import { publishedOf, readTargets, type Target } from './target.ts';
import { nameOf, validate } from './validate.ts';

describe('a targets file', () => {
  it('may hold commas, quotes and line ends in quoted fields', () => {
    expect(parseCsv('a,b\n"1, 2","say ""x"""\r\n3,\n')).toEqual([
      { a: '1, 2', b: 'say "x"' },
      { a: '3', b: '' },
    ]);
  });

  it('without a column that is needed is refused by its name, and an empty one as empty', () => {
    expect(readTargets('source,cpu,metric,value\na,b,c,1\n', 'x.csv').problems.map(({ path }) => path)).toEqual([
      'unit',
    ]);
    expect(readTargets('', 'x.csv').problems.at(-1)?.message).toBe('holds no target');
  });

  it('keeps a row that says nothing, and names its empty cells', () => {
    const { targets, problems, notes } = readTargets('source,cpu,metric,value,unit\na,b,c,1,ns\na,b,c\n', 'x.csv');

    expect([targets.length, problems]).toEqual([2, []]);
    expect(notes.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'row 2: value is empty',
      'row 2: unit is empty',
    ]);
  });

  it.each([
    ['641', 641, 641],
    ['0.16-0.17', 0.16, 0.17],
    ['<0.5', 0.5, 0.5],
    ['~5', 5, 5],
    ['1.2-1.5 / 2.2', 1.2, 1.5],
    ['-3.0', -3, -3],
    ['about 12 to 18', 12, 18],
    ['11–22', 11, 22],
    ['73k', 73_000, 73_000],
    ['1.2-1.7M', 1.2e6, 1.7e6],
    ['up to 40', 40, 40],
  ])('holds the value %s as %d to %d', (text, low, high) => {
    expect(publishedOf(text)).toEqual({ low, high });
  });

  it('may hold a value that begins with no number', () => {
    expect(publishedOf('see metric')).toBeUndefined();
  });
});

const figures = (metric: string, value: string, unit: string, cpu = 'Nehalem'): readonly string[] =>
  figuresOf({ source: 'test', cpu, metric, value, unit, kind: 'parameter', confidence: 'seen' }).map(
    (one) => `${one.cpu}: ${one.metric} = ${one.value} ${one.unit}`,
  );

describe('a row with several figures', () => {
  it.each([
    ['getpid: Linux / Dune', '138 / 895', 'cycles', ['getpid: Linux = 138 cycles', 'getpid: Dune = 895 cycles']],
    ['L1 / L2 / L3', '4 / 12 / 26-34', 'cycles', ['L1 = 4 cycles', 'L2 = 12 cycles', 'L3 = 26-34 cycles']],
    ['L2; dTLB / L2 dTLB', '14 / 50', 'cycles', ['L2; dTLB = 14 cycles', 'L2; L2 dTLB = 50 cycles']],
    ['L1d', '32 KB 8-way; 4', 'cycles', ['L1d size = 32 KB', 'L1d ways = 8 ways', 'L1d = 4 cycles']],
    [
      'L2 1.25 MB 20-way; STLB 2048',
      'see metric',
      'geometry',
      ['L2 size = 1.25 MB', 'L2 ways = 20 ways', 'STLB entries = 2048 entries'],
    ],
    ['null I/O', '0.26-0.27', 'us', ['null I/O = 0.26-0.27 us']],
  ])('%s holds each of them', (metric, value, unit, expected) => {
    expect(figures(metric, value, unit)).toEqual(expected.map((text) => `Nehalem: ${text}`));
  });

  it('may be of several processors, and may be a sum of cycles and nanoseconds', () => {
    expect(figures('L2 12 / 14', 'see metric', 'cycles', 'Zen 3 / Zen 4')).toEqual([
      'Zen 3: L2 = 12 cycles',
      'Zen 4: L2 = 14 cycles',
    ]);
    expect(figures('local RAM', '40 cycles + 60', 'ns', 'X5650 2.0 GHz')).toEqual([
      'X5650 2.0 GHz: local RAM = 80.0 ns',
    ]);
  });
});

const host = (cpu: string, metric = 'getpid', source = 'somebody 2020') => hostOf({ source, cpu, metric });

describe('the processor of a target', () => {
  it.each([
    ['Pentium 4', 'northwood'],
    ['i686 2.765 GHz NetBurst-like; 2.6.11-rc4-mm1', 'northwood'],
    ['Xeon E5-2660 class 2.2 GHz', 'sandybridge-ep'],
    ['Xeon E5-2630 v3 2.4 GHz', 'haswell'],
    ['i5-8500 3 GHz; Optane P5800X', 'skylake-sp'],
    ['Ryzen 5800X; Java 21', 'zen3'],
    ['Intel Xeon E5-2680 v4', 'haswell'],
    ['Intel Skylake', 'skylake-sp'],
    ['Athlon 64 3000+ 1.8 GHz', 'athlon64'],
    ['Opteron 248', 'opteron-k8'],
    ['x86-64 3.597 GHz NetBurst of Prescott class; 2.6.22', 'prescott-64'],
    ['AMD EPYC Genoa (Zen 4) in a Firecracker VM', 'genoa-vm'],
    ['AMD EPYC 7763 (Milan)', 'zen3'],
  ])('%s is run on %s', (cpu, machine) => {
    expect(host(cpu)?.machine).toBe(machine);
  });

  it('that is not modelled has no machine, nor has another system', () => {
    expect([host('Duron 750'), host('Alpha 21264'), host('Skylake; seL4')]).toEqual([undefined, undefined, undefined]);
  });

  it('that nobody names is one of the year, in a virtual machine where the row says so, and is marked as assumed', () => {
    const found = host('Firecracker 1 vCPU; Linux 4.0', 'getpid', 'somebody 2020');

    expect(found).toMatchObject({ machine: 'skylake-sp-2017', virtual: true, mitigations: false, kpti: false });
    expect(host('-', 'getpid', 'somebody 2010')).toEqual({
      machine: 'nehalem',
      gigahertz: undefined,
      kpti: false,
      mitigations: false,
    });
    expect([isAssumed('microVM'), isAssumed('Skylake VM')]).toEqual([true, false]);
  });

  it('gives clock, page tables and mitigations where it names them or where its year does', () => {
    expect(host('Xeon E5-2660 class 2.2 GHz; nopti')).toMatchObject({ gigahertz: 2.2, kpti: false, mitigations: true });
    expect(host('Skylake', 'null call, KPTI on')).toMatchObject({ kpti: true });
    expect(host('Skylake', 'getpid', 'a blog 2016')).toMatchObject({ kpti: false, mitigations: false });
  });

  it('has page tables split but no retpolines under Linux 4.14, and is a virtual machine on EC2', () => {
    expect(host('EC2; Linux 4.14')).toMatchObject({ machine: 'skylake-sp-2017', kpti: true, virtual: true });
    expect(host('EC2; Linux 4.15')).toMatchObject({ machine: 'skylake-sp', kpti: undefined, virtual: true });
  });

  it('has neither the barrier of Cascade Lake nor the calls of seL4', () => {
    expect([host('Cascade Lake', 'IBPB'), host('Skylake', 'no-op syscall', 'SkyBridge 2019')]).toEqual([
      undefined,
      undefined,
    ]);
    expect(host('Cascade Lake', 'verw')?.machine).toBe('skylake-sp');
  });

  it('leaves tags of address spaces unused where the row says so', () => {
    expect([host('Skylake; nopcid')?.pcid, host('Skylake', 'null call; PCID')?.pcid]).toEqual([false, undefined]);
  });

  it('clears buffers on exits since Linux 5.2 where they can be sampled, and not before', () => {
    const featuresOf = (kernel: string) => host(`i5-8500 3 GHz; Linux ${kernel}`)?.features;

    expect([featuresOf('5.8'), featuresOf('5.1')]).toEqual([['mds'], undefined]);
    expect(host('EPYC 7763; Linux 5.8')?.features).toBeUndefined();
  });

  it('is entered by INT 0x80 only where the model has it', () => {
    expect(host('Pentium 4', 'getppid; int 0x80/iret')?.machine).toBe('northwood-int80');
    expect(host('Skylake', 'getpid int80')).toBeUndefined();
  });

  it.each([
    ['getppid; sysenter', 'LKML 2002-12', 'Pentium 4', 'northwood-2.5.52'],
    ['getpid latency; KML ring-0 direct call', 'KML LJ 2003', 'Pentium 4', 'northwood'],
    ['null call', 'LKML 2005', 'Pentium 4', 'northwood'],
    ['null call', 'LKML 2003', 'Pentium 4; 2.5.74', 'northwood-int80'],
    ['5-syscall loop rate', 'LKML 2002-12', 'Pentium 4 2.0 GHz', 'northwood-2.4'],
    ['5-syscall loop rate', 'LKML 2002-12', '2x Xeon (P4) 2.4 GHz', 'northwood-int80'],
  ])('of a Pentium 4 runs the kernel of its row: %s, %s, %s on %s', (metric, source, cpu, machine) => {
    expect(host(cpu, metric, source)?.machine).toBe(machine);
  });
});

describe('the metric of a target', () => {
  it.each([
    ['getppid; sysenter', 'null-call'],
    ['Simple syscall', 'null-call'],
    ['getpid latency; KML ring-0 direct call', 'null-call @kernelmode'],
    ['getppid latency; UKL_BYP', 'lebench-null @ukl-bypass'],
    ['lmbench ctx 16p/64K', 'switch 16 64'],
    ['lmbench open+close', 'open-close'],
    ['Signal handler installation', 'signal-install'],
    ['fork+execve', 'exec'],
    ['Process fork+/bin/sh -c', 'shell'],
    ['pread_tmpfs 4096B', 'read 4096'],
    ['pwrite_tmpfs 65536B', 'write-pages 65536'],
    ['io_uring_read4k_ext4_cached batch128', 'uring-read 128'],
    ['mprotect_ro_rw 64pages_pair', 'mprotect 64'],
    ['small read ratio 4.14/4.13 (KPTI)', 'lebench-read 4096 ratio'],
    ['med write ratio 4.15/4.13 (KPTI+retpoline)', 'lebench-write 40960 ratio'],
    ['context switch ratio 4.14/4.13 (KPTI)', 'lebench-switch ratio'],
    ['epoll ratio 4.15/4.13 (KPTI+retpoline)', 'lebench-epoll ratio'],
    ['read 1B latency; UKL_BYP', 'lebench-read 1 @ukl-bypass'],
    ['constant saving of KML per call', 'null-call saving @kernelmode'],
    ['syscall invocation speed-up', 'null-call speedup @privbox'],
    ['Redis RET_BYP throughput / p99', 'redis-memtier rise @ukl-bypass'],
    ['Redis-type throughput gain with SPAP (up to)', 'redis rise @privbox-SFI'],
    ['ptrace: Linux / Dune', 'traced-call'],
    ['getpid: Dune', undefined],
    ['pread_ext4 512B', 'read 512'],
    ['redis SET KML gain (no KPTI)', 'redis rise @kernelmode'],
    ['redis GET KML gain', 'redis rise @kernelmode'],
    ['Redis RET_BYP p99', 'redis-p99 change @ukl-bypass'],
    ['Nginx throughput gain', undefined],
    ['pread: dTLB entries evicted', undefined],
  ])('%s is scenario %s', (metric, scenario) => {
    const reading = readingOf(metric);
    expect(reading && nameOf(reading)).toBe(scenario);
  });
});

const target = (cpu: string, metric: string, value: string, unit: string, kind = 'validation'): Target => ({
  source: 'test 2023',
  cpu,
  metric,
  value,
  unit,
  kind,
  confidence: 'seen',
});

const from = (source: string, metric: string): Target => ({ ...target('Skylake VM', metric, '0.5', '%'), source });

const policyOf = (source: string) => readingOf('redis GET KML gain', '%', source)?.compare.against?.policy;

describe('validation', () => {
  it('takes less than what a source publishes as its most for agreement, more than that or a loss not', () => {
    const machine = 'Pentium 4';
    const rows = ['100', '0.001'].flatMap((value) => [
      target(machine, 'null-syscall gain of KML', value, '% (up to)'),
      target(machine, 'null-syscall gain of KML', value, '%'),
    ]);
    expect(validate(rows).map(({ verdict }) => verdict)).toEqual(['within', 'outside', 'outside', 'outside']);
  });

  it('takes more than what a source publishes as its least for agreement', () => {
    const rows = ['>0.001', '0.001'].map((value) => target('Pentium 4', 'null-syscall gain of KML', value, '%'));

    expect(validate(rows).map(({ verdict }) => verdict)).toEqual(['within', 'outside']);
  });

  it('has the programs of Lupine call one entry of the kernel, and those of OSv its functions, whatever the metric calls that', () => {
    expect(['Lupine 2020', 'OSv 2014', 'somebody'].map(policyOf)).toEqual(['ukl-base', 'kernelmode', 'kernelmode']);
  });

  it('takes a figure of before 2018 for one of the machine under a kernel of its first years', () => {
    expect(host('Xeon E5-2620', 'getpid', 'somebody 2012')?.machine).toBe('sandybridge-2012');
    expect(host('Xeon E5-2620', 'getpid', 'somebody 2023')?.machine).toBe('sandybridge-ep');
  });

  it('runs the scenario of a target: the toy numbers of nobody are outside, a metric without scenario says so', () => {
    const [near, far, none] = validate([
      target('Pentium 4', 'getppid; sysenter', '440', 'cycles'),
      target('Pentium 4', 'getppid; sysenter', '100', 'cycles'),
      target('Pentium 4', 'colour of the box', '1', 'cycles'),
    ]);

    expect(near).toMatchObject({ verdict: 'within', scenario: 'null-call', machine: 'northwood', fitted: false });
    expect(far).toMatchObject({ verdict: 'outside', predicted: near.predicted });
    expect(far.error).toBeCloseTo(near.predicted! / 100 - 1, 12);
    expect(none).toMatchObject({ verdict: 'no-scenario', scenario: null, predicted: null, error: null });
    expect(none.reason).toBe('no scenario measures this, in this unit');
  });

  it('compares a time under another policy by the share of the stock kernel that the same source gives', () => {
    const cpu = 'Xeon E5-2660 class 2.2 GHz; nopti';
    const [stock, bypassed] = validate([
      target(cpu, 'getppid latency; Linux', '342.62', 'ns'),
      target(cpu, 'getppid latency; UKL base (call/ret)', '325.26', 'ns'),
    ]);

    expect(stock).toMatchObject({ basis: 'absolute', fitted: true });
    expect(bypassed).toMatchObject({ basis: 'relative', tolerance: 0.05, verdict: 'within' });
    expect(bypassed.error).toBeCloseTo(bypassed.predicted! / stock.predicted! - 325.26 / 342.62, 12);
  });

  it('takes a parameter for fitted, and gives a ratio for a ratio', () => {
    const [ratio] = validate([
      target('Xeon E5-2630 v3 2.4 GHz', 'epoll ratio 4.14/4.13 (KPTI)', '1.57', 'ratio', 'parameter'),
    ]);

    expect(ratio.fitted).toBe(true);
    expect(ratio.predicted).toBeGreaterThan(1);
    expect(ratio.predicted).toBeLessThan(3);
  });

  it('gives the rise of the rate of a server in points: some more under a shortcut than under a bypass', () => {
    const cpu = 'Xeon E5-2660 2.2 GHz; nopti';
    const [bypass, tail, shortcut] = validate([
      target(cpu, 'Redis RET_BYP throughput / p99', '+12 / -11', '%'),
      target(cpu, 'Redis shortcut throughput / p99', '+26 / -22', '%'),
    ]);
    expect(bypass.predicted).toBeGreaterThan(0);
    expect(tail.predicted).toBeLessThan(0);
    expect(shortcut.predicted).toBeGreaterThan(bypass.predicted!);
    expect(bypass.error).toBeCloseTo(bypass.predicted! - 12, 12);
  });

  it('has no scenario for the rate of a guest, but for its gain', () => {
    const cpu = 'Firecracker 1 vCPU; Linux 4.0';
    const [rate, gained] = validate([
      target(cpu, 'redis GET throughput', '96540', 'req/s'),
      target(cpu, 'redis GET KML gain', '0.9', '%'),
    ]);

    expect(rate.reason).toContain('exits');
    expect(gained).toMatchObject({ verdict: 'within', assumed: true });
  });

  it('says why there is no scenario', () => {
    const reasons = validate([
      target('Skylake', 'FreeBSD: API call', '878', 'cycles'),
      target('Duron 750', 'getpid', '166', 'cycles'),
      target('-', 'KML patch LOC', '3177', 'LOC'),
      target('Ice Lake client', 'syscall', '21', 'cycles'),
    ]).map(({ reason }) => reason);

    expect(reasons[0]).toBe('no model of FreeBSD');
    expect(reasons[1]).toContain('Duron');
    expect(reasons[2]).toContain('source code');
    expect(reasons.at(-1)).toContain('client chip');
  });

  it('has a gain for compute-bound Java of 0, and one of the system that a source names where the metric names none', () => {
    const [java, io, nothing] = validate([
      from('OSv 2014', 'SPECjvm2008 gain'),
      from('Userspace Bypass 2023', 'I/O micro-benchmark gain'),
      from('somebody 2023', 'I/O micro-benchmark gain'),
    ]);

    expect(java).toMatchObject({ verdict: 'within', scenario: 'computing rise @kernelmode', tolerance: 1 });
    expect(java.predicted).toBeCloseTo(0, 1);
    expect(io.predicted).toBeGreaterThan(30);
    expect(nothing.verdict).toBe('no-scenario');
  });

  it('has an outcome for each figure of a row that it can answer', () => {
    const rows = validate([target('Xeon (2012)', 'getpid: Linux / FreeBSD / null call', '138 / 1 / 9999', 'cycles')]);

    expect(rows.map(({ metric, figure, published }) => [metric, figure, published])).toEqual([
      ['getpid: Linux / FreeBSD / null call', 'getpid: Linux call', 138],
      ['getpid: Linux / FreeBSD / null call', 'getpid: null call', 9999],
    ]);
  });

  it('has no scenario for a unit that does not fit', () => {
    expect(validate([target('Nehalem', 'stat', '13585', 'count')])[0].verdict).toBe('no-scenario');
  });
});

describe('the targets that come with ringsim', () => {
  const files = ['published.csv', 'lmbench.csv', 'recorded.csv', 'example.csv'].map(
    (name) => `experiments/micro/${name}`,
  );

  it.each(files)('%s is a targets file', (file) => {
    const { targets, problems } = readTargets(readFileSync(file, 'utf8'), file);

    expect(problems).toEqual([]);
    expect(targets.length).toBeGreaterThan(2);
  });

  it('has, for every scenario that a profile says it was fitted to, a target', () => {
    const targets = files.flatMap((file) => readTargets(readFileSync(file, 'utf8'), file).targets);
    const names = new Set(
      targets.map((row) => {
        const [reading, found] = [readingOf(row.metric, row.unit, row.source), hostOf(row)];
        return reading && found ? `${found.machine}: ${nameOf(reading)}` : '';
      }),
    );
    const fitted = Object.values(machines).flatMap(({ name, fitted: list = [] }) =>
      list.map((row) => `${name}: ${row}`),
    );

    expect(fitted.length).toBeGreaterThan(20);
    expect(fitted.filter((row) => !names.has(row))).toEqual([]);
  });
});

describe('the micro-benchmarks', () => {
  it('have at least 40 operations, each with a sentence', () => {
    expect(Object.keys(OPERATIONS).length).toBeGreaterThanOrEqual(40);
    expect(Object.values(OPERATIONS).filter(({ doc }) => doc === '')).toEqual([]);
  });
});

const bare = (machine: string) => ({ machine, gigahertz: undefined, kpti: undefined, mitigations: true });

describe('the lab', () => {
  const lab = new Lab();
  it.each(Object.keys(machines))('times a token round two processes on %s', (machine) => {
    const { ns, cycles } = lab.measure({ host: bare(machine), policy: 'baseline', operation: 'ring' });

    expect(ns).toBeGreaterThan(0);
    expect(cycles / ns).toBeCloseTo(machines[machine].clockHz.value / 1e9, 6);
  });

  it.each(Object.keys(policies))(
    'times a fork and a fault under %s, no faster than under free but where a policy leaves work out',
    (policy) => {
      for (const operation of ['fork', 'page-fault']) {
        const time = lab.measure({ host: bare('skylake-sp'), policy, operation }).ns;
        const free = lab.measure({ host: bare('skylake-sp'), policy: 'free', operation }).ns;

        if (policies[policy].bound === 'free') expect(time).toBeGreaterThanOrEqual(free * 0.999);
        expect(time).toBeGreaterThan(0);
      }
    },
  );
});
