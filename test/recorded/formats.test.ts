import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, constantFrom, integer, property, string, tuple } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../src/experiment/import/call.ts';
import type { LineReader } from '../../src/experiment/import/linereader.ts';
import { Lives } from '../../src/experiment/import/descriptors.ts';
import { PerfTraceReader } from '../../src/experiment/import/perftrace.ts';
import { Problems } from '../../src/experiment/import/problems.ts';
import { operationOf, sizeOf } from '../../src/experiment/import/shapes.ts';
import { StraceReader } from '../../src/experiment/import/strace.ts';
import { importSummary, isSummary, openCapture } from '../../src/experiment/node/import/inputs.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'formats-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

function read(reader: LineReader, lines: readonly string[]): Call[] {
  return lines.map((line) => reader.read(line)).filter((call) => call !== undefined);
}

function strace(...lines: readonly string[]): { calls: Call[]; problems: Problems } {
  const problems = new Problems();
  return { calls: read(new StraceReader(problems), lines), problems };
}

function begin(tid: number): string {
  return `${tid} 1.00000${tid} read(${tid}, <unfinished ...>`;
}

function end(tid: number): string {
  return `${tid} 2.00000${tid} <... read resumed>"ab", 64) = ${tid} <1.000000>`;
}

describe('strace listings', () => {
  it.each([
    ['a string with brackets, quotes and ") = 3"', 'write(1, "a) = 3, \\"b\\" {[(", 17) = 17', 'write', [1, 1, 17], 17],
    ['octal escapes and a cut string', 'read(5, "\\0\\3\\177\\\\"..., 4096) = 117', 'read', [5, 1, 4096], 117],
    ['a path with comma, bracket and quote', 'read(3</srv/a, b)"c>, "x", 1) = 1', 'read', [3, 1, 1], 1],
    [
      'addresses with an arrow',
      'recvfrom(4<TCP:[127.0.0.1:80->127.0.0.1:5]>, "x", 9, 0, NULL, NULL) = 1',
      'recvfrom',
      [4, 1, 9, 0, 0, 0],
      1,
    ],
    [
      'nested structures',
      'epoll_ctl(8, EPOLL_CTL_MOD, 3, {events=EPOLLIN, data={u32=1, u64={a, b}}}) = 0',
      'epoll_ctl',
      [8, 3, 3, 1],
      0,
    ],
    [
      'an annotated result',
      'accept4(3, {sa_family=AF_INET}, [16], SOCK_CLOEXEC) = 9<socket:[12]>',
      'accept4',
      [3, 1, 1, 0],
      9,
    ],
    [
      'an address as result',
      'mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, -1, 0) = 0x7f0012345000',
      'mmap',
      [0, 8192, 0, 0, -1, 0],
      0x7f0012345000,
    ],
    ['a comment behind the result', 'poll([{fd=3, events=POLLIN}], 1, 0) = 0 (Timeout)', 'poll', [1, 1, 0], 0],
    [
      'a restart',
      'futex(0x10, FUTEX_WAIT, 2, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)',
      'futex',
      [16, 0, 2, 0],
      -512,
    ],
    ['no result', 'exit_group(0) = ?', 'exit_group', [0], 0],
    [
      'a call that strace cannot name',
      'syscall_0x1d3(0x1, 0x2) = -1 ENOSYS (Function not implemented)',
      'syscall_0x1d3',
      [1, 2],
      -38,
    ],
    ['a call that is going on', 'restart_syscall(<... resuming interrupted read ...>) = 0', 'restart_syscall', [0], 0],
  ])('read %s', (_, text, name, args, result) => {
    const { calls, problems } = strace(`7 1.5 ${text} <0.000012>`);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ tid: 7, name, args, result });
    expect(Math.round(calls[0].exit - calls[0].enter)).toBe(12000);
    expect(problems.found.size).toBe(0);
  });

  it.each([
    ['-ttt', '7 100.000010 getpid() = 7', '7 100.000030 getpid() = 7', 20000],
    ['-tt', '7 23:59:58.000010 getpid() = 7', '7 23:59:58.000030 getpid() = 7', 20000],
    ['-t', '7 23:59:58 getpid() = 7', '7 23:59:59 getpid() = 7', 1e9],
    ['no time stamp', '[pid 7] getpid() = 7', '[pid 7] getpid() = 7', 1000],
  ])('keep the distance of two calls with %s', (_, first, second, distance) => {
    const { calls } = strace(first, second);
    expect(calls.map(({ tid }) => tid)).toEqual([7, 7]);
    expect(Math.round(calls[1].enter - calls[0].enter)).toBe(distance);
  });

  it('pass over signals, exits, stops and remarks of strace without a problem', () => {
    const { calls, problems } = strace(
      'strace: Process 9 attached',
      '9 1.0 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=8} ---',
      '9 1.1 --- stopped by SIGSTOP ---',
      '9 1.2 futex(0x10, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>',
      '9 1.3 +++ killed by SIGKILL +++',
      '[ Process PID=9 runs in 32 bit mode. ]',
    );
    expect(calls).toEqual([]);
    expect(problems.found.size).toBe(0);
  });

  it('join halves of four threads however they interleave', () => {
    const { calls } = strace(...[1, 2, 3, 4].map(begin), ...[3, 1, 4, 2].map(end));
    expect(calls.map(({ tid, args, result }) => [tid, args, result])).toEqual(
      [3, 1, 4, 2].map((tid) => [tid, [tid, 1, 64], tid]),
    );
  });

  it('count a resumed half without its begin, with its result and without arguments', () => {
    const { calls, problems } = strace('7 2.0 <... epoll_wait resumed>[], 1024, 100) = 3 <0.1>');
    expect(calls[0]).toMatchObject({ name: 'epoll_wait', args: [], partial: true, result: 3 });
    expect(problems.found.size).toBe(0);
  });

  it('never throw, and read whole lines behind any foreign or cut text', () => {
    const parts = [
      '7 1.5 ',
      'read(',
      '3</a>',
      '"x\\',
      '"',
      '{',
      '[',
      ')',
      ' = ',
      '-1 EAGAIN',
      '<... ',
      'resumed>',
      '<unfinished ...>',
      '+++',
      '---',
      '[pid',
      '?',
      '0x',
      '>',
      '<0.1>',
    ];
    const line = array(constantFrom(...parts), { maxLength: 12 }).map((some) => some.join(''));
    assert(
      property(array(tuple(line, string()), { maxLength: 20 }), (lines) => {
        const { calls } = strace(...lines.flat(), '8 9.5 getpid() = 8 <0.000001>');
        expect(calls.at(-1)).toMatchObject({ tid: 8, name: 'getpid' });
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('give back any whole call of numbers and strings', () => {
    const argument = constantFrom(
      '12',
      '-100',
      '0x7f00',
      'NULL',
      '"a, b"',
      '"\\")"',
      '[1, 2]',
      '{a=1, b=[2]}',
      '3</x, y>',
    );
    const numbers = { '12': 12, '-100': -100, '0x7f00': 0x7f00, NULL: 0, '3</x, y>': 3 } as Record<string, number>;
    assert(
      property(array(argument, { maxLength: 6 }), integer({ min: 0, max: 1e9 }), (args, result) => {
        const { calls } = strace(`7 1.0 foo(${args.join(', ')}) = ${result} <0.000001>`);
        expect(calls[0]).toMatchObject({ args: args.map((text) => numbers[text] ?? 1), result });
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('descriptors of processes', () => {
  it('are apart from those of a process that was forked, and shared with a thread', () => {
    const { calls } = strace(
      '7 1.0 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD, child_tidptr=0x7f) = 8 <0.0001>',
      '7 1.1 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_THREAD, exit_signal=0}, 88) = 9 <0.0001>',
    );
    const lives = new Lives();
    for (const call of calls) lives.advance(call);
    expect(lives.key(3, 8)).not.toBe(lives.key(3, 7));
    expect(lives.key(3, 9)).toBe(lives.key(3, 7));
  });
});

describe('perf trace listings', () => {
  const lines = [
    '         ? (         ): python3/83  ... [continued]: execve())                                           = 0',
    '     0.100 ( 0.031 ms): python3/83 read(fd: 4</etc/passwd>, buf: 0x5574, count: 512)                     = 117',
    '     0.200 (         ): C2 Compile 1/84 epoll_wait(epfd: 8, events: 0x55d0, maxevents: 1024, timeout: 4294967295) ...',
    '     0.210 ( 0.010 ms): python3/83 futex(uaddr: 0x7fcb, op: WAKE|PRIVATE_FLAG, val: 1)                   = 1',
    '     0.230 ( 0.004 ms): python3/83 fcntl(fd: 5, cmd: GETFL)                                              = RDONLY|NONBLOCK',
    '     0.240 ( 0.004 ms): python3/83 read(buf: 0x5574, count: 512)                                         = -1 EAGAIN (Resource temporarily unavailable)',
    '     0.200 ( 1.500 ms): C2 Compile 1/84  ... [continued]: epoll_wait())                                    = 1',
    '     0.900 ( 0.019 ms): bash/83 getppid()                                                             = ',
  ];

  it('give times, results and registers, also those that are left out because they are 0', () => {
    const [problems, comms] = [new Problems(), new Map<number, string>()];
    const calls = read(new PerfTraceReader(problems, comms), lines);

    expect(problems.found.size).toBe(0);
    expect(calls.map(({ name }) => name)).toEqual([
      'execve',
      'read',
      'futex',
      'fcntl',
      'read',
      'epoll_wait',
      'getppid',
    ]);
    expect(calls[1]).toMatchObject({ tid: 83, args: [4, 0x5574, 512], result: 117 });
    expect(Math.round(calls[1].exit - calls[1].enter)).toBe(31000);
    expect(Math.round(calls[2].gap)).toBe(79000);
    expect(operationOf(calls[2])).toBe('wake');
    expect([calls[3].result & 0x800, operationOf(calls[3])]).toEqual([0x800, 'getfl']);
    expect(calls[4]).toMatchObject({ args: [0, 0x5574, 512], result: -11 });
    expect(calls[5]).toMatchObject({ tid: 84, slept: true, result: 1 });
    expect(sizeOf(calls[5])).toBe(1024);
    expect(comms.get(84)).toBe('C2 Compile 1');
  });

  it('are told from perf script by their lines, and count foreign ones', async () => {
    const capture = await openCapture(file('t.txt', ['foreign', ...lines]));
    const problems = new Problems();
    for await (const _ of capture.calls(problems));
    expect([capture.tool, capture.format]).toEqual(['perf', 'perftrace']);
    expect(problems.found.get('line not in perf trace form')).toMatchObject({ count: 1, lines: [1] });
  });
});

describe('summaries of strace -c', () => {
  const table = [
    '% time     seconds  usecs/call     calls    errors syscall',
    '------ ----------- ----------- --------- --------- ------------------',
    ' 60.00    0.006000          10       600       100 read',
    ' 40.00    0.004000          10       400           write',
    '------ ----------- ----------- --------- --------- ------------------',
    '100.00    0.010000          10      1000       100 total',
  ];

  it('become calls and errors per request, kernel time and evenly shared user time', async () => {
    const path = file('c.strace', ['noise', ...table]);
    expect(await isSummary(path)).toBe(true);
    const { model, report } = await importSummary(path, 'c', { requests: 100, userSeconds: 0.001 });
    const [role] = model.roles;

    expect(role.sites.map(({ id, perRequest }) => [id, perRequest])).toEqual([
      ['read', 5],
      ['write', 4],
      ['read:error', 1],
    ]);
    expect(role.sites[0].kernelNs!.mean).toBeCloseTo(10_000);
    expect(role.sites.reduce((sum, { userNs, perRequest }) => sum + userNs * perRequest, 0)).toBeCloseTo(10_000);
    expect(report.worst).toBeLessThan(0.01);
    expect(report.unusedLines).toEqual([
      { file: 'c.strace', kind: 'line not in the form of strace -c', count: 1, lines: [1] },
    ]);
  });

  it('are refused when they count no call', async () => {
    await expect(importSummary(file('e.strace', table.slice(0, 2)), 'e', {})).rejects.toThrow('no system call');
  });
});
