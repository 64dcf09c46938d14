import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sourcedLeaves } from '../../hw/checkprofile.ts';
import { CALLS } from '../abi.ts';
import { PORT_FOOTPRINTS } from '../port.ts';
import { PATH_FOOTPRINTS } from './paths.ts';
import { CALL_TABLE, LINUX_NAMES, rowsOf } from './table.ts';

/** Names in the fifth column of the recorded mixes. */
function recordedMix(file: string): string[] {
  const [header, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  const column = header.split(',').indexOf('syscall');
  return [...new Set(rows.map((row) => row.split(',')[column]))];
}

/** Names of the calls in a capture by strace, `TID TIME call(...)`. */
function tracedCalls(file: string): string[] {
  const text = gunzipSync(readFileSync(file)).toString();
  return [
    ...new Set([...text.matchAll(/^\d+ +[\d.]+ (?:<\.\.\. )?([a-z_0-9]+)(?:\(| resumed)/gm)].map(([, name]) => name)),
  ];
}

const FILES = ['experiments/traces/syscall_mix.csv', 'test/data/servers/calls.csv'];
const TRACES = ['jdkhttp17-fixed4', 'nio17-1'].map((name) => `experiments/traces/${name}.strace.gz`);

describe('the table of system calls', () => {
  it('has a row for each of at least 60 names, and no other row', () => {
    expect(CALLS.length).toBeGreaterThanOrEqual(60);
    expect(Object.keys(CALL_TABLE).sort()).toEqual([...CALLS].sort());
  });

  it.each(FILES)('serves every call of the recorded mix %s', (file) => {
    const names = recordedMix(file);

    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => rowsOf(name).length === 0)).toEqual([]);
  });

  it.each(TRACES)('serves every call of the trace %s', (file) => {
    const names = tracedCalls(file);

    expect(names.length).toBeGreaterThan(8);
    expect(names.filter((name) => rowsOf(name).length === 0)).toEqual([]);
  });

  it.each(
    'accept4 epoll_wait epoll_ctl read write readv writev recvfrom recvmsg sendto sendmsg futex mmap munmap mprotect madvise openat close fstat clock_gettime sched_yield nanosleep clone execve exit io_uring_enter io_uring_setup pread64 pwrite64 membarrier rt_sigaction rt_sigreturn syskernelmode syskerneljump publish'.split(
      ' ',
    ),
  )('serves %s', (name) => {
    expect(rowsOf(name)).not.toEqual([]);
  });

  it('names only its own rows under the names of Linux', () => {
    expect(
      Object.values(LINUX_NAMES)
        .flat()
        .filter((name) => !Object.hasOwn(CALL_TABLE, name)),
    ).toEqual([]);
  });

  it('gives every number a source, and a range that holds it', () => {
    const leaves = sourcedLeaves({ calls: CALL_TABLE, paths: PATH_FOOTPRINTS, port: PORT_FOOTPRINTS });

    expect(leaves.length).toBeGreaterThan(4 * (CALLS.length + Object.keys(PATH_FOOTPRINTS).length));
    const wrong = leaves.filter(
      ([, { value, range, source }]) => source.trim() === '' || value < range[0] || value > range[1],
    );
    expect(wrong.map(([path]) => path)).toEqual([]);
  });

  it('says of every call what it does and what it waits for', () => {
    const silent = CALLS.filter((name) => CALL_TABLE[name].doc === '' || CALL_TABLE[name].blocks === '');
    expect(silent).toEqual([]);
  });
});
