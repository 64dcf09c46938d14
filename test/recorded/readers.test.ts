import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call, Capture } from '../../src/experiment/import/call.ts';
import { Problems } from '../../src/experiment/import/problems.ts';
import { operationOf, sizeOf } from '../../src/experiment/import/shapes.ts';
import { splitArguments, toNumber } from '../../src/experiment/import/straceargs.ts';
import { FileCapture } from '../../src/experiment/node/import/captures.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recorded-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(capture: Capture): Promise<{ calls: Call[]; problems: Problems }> {
  const problems = new Problems();
  const calls: Call[] = [];
  for await (const some of capture.calls(problems)) calls.push(...some);
  return { calls, problems };
}

function perf(lines: readonly string[]): Promise<{ calls: Call[]; problems: Problems }> {
  const path = join(folder, 'case.perf.txt');
  writeFileSync(path, lines.join('\n'));
  return read(new FileCapture(path, 'perf'));
}

function strace(lines: readonly string[]): Promise<{ calls: Call[]; problems: Problems }> {
  const path = join(folder, 'case.strace');
  writeFileSync(path, lines.join('\n'));
  return read(new FileCapture(path, 'strace'));
}

describe('perf listings', () => {
  it('measures kernel time 2500 ns and user gap 1100 ns, and notes who is woken', async () => {
    const { calls } = await perf([
      '7 [001]  10.000001000: raw_syscalls:sys_enter: NR 0 (a, 7f00, 1000, c, 0, 0)',
      '7 [001]  10.000003500:  raw_syscalls:sys_exit: NR 0 = 117',
      '7 [001]  10.000004600: raw_syscalls:sys_enter: NR 202 (7f10, 81, 1, 0, 0, 0)',
      '7 [001]  10.000005000:     sched:sched_wakeup: comm=pool 1 pid=9 prio=120 target_cpu=001',
      '7 [001]  10.000006000:  raw_syscalls:sys_exit: NR 202 = 1',
    ]);
    expect(calls).toHaveLength(2);
    expect(calls[0]).toMatchObject({ tid: 7, name: 'read', result: 117, gap: NaN, slept: false });
    expect(Math.round(calls[0].exit - calls[0].enter)).toBe(2500);
    expect(Math.round(calls[1].gap)).toBe(1100);
    expect(calls[1].woken).toEqual([{ tid: 9, comm: 'pool 1' }]);
    expect(operationOf(calls[1])).toBe('wake');
  });

  it('tells sleep in a call from loss of the core, and drops the gap in which the core was lost', async () => {
    const { calls } = await perf([
      '7 [001]  1.000000000: raw_syscalls:sys_enter: NR 232 (8, 7f, 400, 3e8, 0, 0)',
      '7 [001]  1.000000500: sched:sched_switch: prev_comm=a b prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=x next_pid=0 next_prio=120',
      '7 [001]  1.000900000: raw_syscalls:sys_exit: NR 232 = 1',
      '7 [001]  1.000901000: sched:sched_switch: prev_comm=a b prev_pid=7 prev_prio=120 prev_state=R ==> next_comm=x next_pid=0 next_prio=120',
      '7 [001]  1.000950000: raw_syscalls:sys_enter: NR 1 (8, 7f, 40, 0, 0, 0)',
      '7 [001]  1.000951000: sched:sched_switch: prev_comm=a b prev_pid=7 prev_prio=120 prev_state=R+ ==> next_comm=x next_pid=0 next_prio=120',
      '7 [001]  1.000990000: raw_syscalls:sys_exit: NR 1 = 64',
    ]);
    expect(calls[0]).toMatchObject({ name: 'epoll_wait', slept: true, preempted: false });
    expect(calls[1]).toMatchObject({ name: 'write', slept: false, preempted: true, gap: NaN });
  });

  it('reads the default fields of perf script (comm, pid/tid, microseconds) as well', async () => {
    const { calls } = await perf([
      '      HTTP worker 7/9 [001] d..2.   10.000001: raw_syscalls:sys_enter: NR 17 (a, 7f00, 1000, c, 0, 0)',
      '      HTTP worker 7/9 [001] d..2.   10.000004: raw_syscalls:sys_exit: NR 17 = 4096',
    ]);
    expect(calls[0]).toMatchObject({ tid: 9, name: 'pread64', result: 4096 });
    expect(Math.round(calls[0].exit - calls[0].enter)).toBe(3000);
  });

  it('counts foreign and broken lines with the first line number and goes on', async () => {
    const { calls, problems } = await perf([
      '# a comment is no problem',
      'garbage',
      '7 [001]  1.000000000: raw_syscalls:sys_enter: NR 0 (a, 7f00, 1000, c, 0, 0)',
      'x'.repeat(5000),
      '7 [001]  1.000002000: raw_syscalls:sys_exit: NR 0 = 5',
      '7 [001]  1.000003000: raw_syscalls:sys_exit: NR zero',
    ]);
    expect(calls).toHaveLength(1);
    expect(problems.found.get('line not in perf script form')).toMatchObject({ count: 2, firstLine: 2 });
    expect(problems.found.get('sys_exit without number and result')).toMatchObject({ count: 1, firstLine: 6 });
  });

  it('keeps what a cut gzip file still holds and says that it was cut', async () => {
    const text = readFileSync(new URL('../data/traces/nio17-1.perf.txt', import.meta.url));
    const path = join(folder, 'cut.perf.txt.gz');
    const whole = gzipSync(text);
    writeFileSync(path, whole.subarray(0, whole.length >> 1));
    const { calls, problems } = await read(new FileCapture(path, 'perf'));
    expect(calls.length).toBeGreaterThan(20);
    expect(problems.found.has('compressed file damaged or cut')).toBe(true);
  });
});

describe('strace listings', () => {
  it('joins unfinished and resumed halves of interleaved threads', async () => {
    const { calls } = await strace([
      '7 100.000010 read(12,  <unfinished ...>',
      '8 100.000020 write(6, "a, \\"b)", 64) = 64 <0.000015>',
      '7 100.000050 <... read resumed>"GET / "..., 4096) = 117 <0.000040>',
    ]);
    expect(calls.map(({ tid, name, result }) => [tid, name, result])).toEqual([
      [8, 'write', 64],
      [7, 'read', 117],
    ]);
    expect(calls[1].args[0]).toBe(12);
    expect(sizeOf(calls[1])).toBe(4096);
    expect(Math.round(calls[1].exit - calls[1].enter)).toBe(40000);
  });

  it('understands [pid N], clock times, -y annotations, errors and signals', async () => {
    const { calls, problems } = await strace([
      '[pid  7] 23:59:59.500000 read(12<socket:[4711]>, 0x7f, 4096) = -1 EAGAIN (Resource temporarily unavailable) <0.000010>',
      '[pid  7] 23:59:59.600000 --- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_ACCERR} ---',
      '[pid  7] 23:59:59.700000 +++ exited with 0 +++',
    ]);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({ tid: 7, result: -11, hint: 'socket:[4711]' });
    expect(problems.found.size).toBe(0);
  });

  it('gives symbolic arguments the numbers that perf shows', async () => {
    const { calls } = await strace([
      '7 1.000001 fcntl(10, F_SETFL, O_RDWR|O_NONBLOCK) = 0 <0.000008>',
      '7 1.000002 fcntl(10, F_SETFL, O_RDWR) = 0 <0.000008>',
      '7 1.000003 futex(0x7f10, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 0, NULL, FUTEX_BITSET_MATCH_ANY) = 0 <0.1>',
      '7 1.200004 futex(0x7f10, FUTEX_WAIT_BITSET_PRIVATE, 0, {tv_sec=1, tv_nsec=2}, FUTEX_BITSET_MATCH_ANY) = 0 <0.1>',
      '7 1.400005 futex(0x7f10, FUTEX_WAIT_PRIVATE, 2, NULL) = 0 <0.1>',
      '7 1.600006 epoll_ctl(8, EPOLL_CTL_DEL, 13, 0x7f) = 0 <0.000010>',
      '7 1.700007 epoll_wait(8, [], 1024, 0) = 0 <0.000010>',
    ]);
    expect(calls.map(operationOf)).toEqual([
      'setfl-nonblock',
      'setfl-block',
      'wait',
      'wait-timed',
      'lock',
      'del',
      'poll',
    ]);
  });

  it('splits arguments at outer commas only', () => {
    expect(splitArguments('7, [{events=EPOLLIN, data={u32=9, u64=9}}], 1024, -1').parts).toEqual([
      '7',
      '[{events=EPOLLIN, data={u32=9, u64=9}}]',
      '1024',
      '-1',
    ]);
    expect(splitArguments('3, "a,\\"b\\\\", 4').parts).toEqual(['3', '"a,\\"b\\\\"', '4']);
    expect(splitArguments('').parts).toEqual([]);
    expect(['0x1f', '-1', 'NULL', '"x"...', 'FUTEX_WAKE_PRIVATE', 'UNKNOWN'].map(toNumber)).toEqual([
      31, -1, 0, 1, 1, 0,
    ]);
  });

  it('counts lines it cannot read, the first in line 2', async () => {
    const { problems } = await strace(['7 1.000001 getpid() = 7 <0.000001>', 'no such line', '7 1.0 half(']);
    expect(problems.found.get('line not in strace form')).toMatchObject({ count: 2, firstLine: 2 });
  });
});
