import { describe, expect, test } from 'vitest';
import { OPERATIONS } from './operation.ts';
import type { OperationArgs, OperationName } from './operation.ts';
import type { MmapArgs } from './mmap.ts';
import type { Outcome } from './outcome.ts';
import { protOf } from './prot.ts';
import { pageTable } from './table.ts';
import { HARDENED_TRUST, LITERAL_TRUST } from './trust.ts';
import type { TrustRules } from './trust.ts';
import { createWorld, spaceOf } from './world.ts';

function show({ res, got }: Outcome): string {
  return got === undefined ? res : `${res} ${got}`;
}

/** Process 0 of a fresh world; `run` gives the result and the byte read, if any, as one word. */
function start(trust: TrustRules | null = null) {
  const world = createWorld(trust);
  const run = <Name extends OperationName>(op: Name, args: Omit<OperationArgs[Name], 'p'>, p = 0): string =>
    show((OPERATIONS[op] as (on: typeof world, args: unknown) => Outcome)(world, { p, ...args }));
  const mmap = (page: number, n: number, prot: string, flags: string, obj: MmapArgs['obj'] = 'anon', off = 0): string =>
    run('mmap', { page, n, prot: protOf(prot), shared: flags === 'shared', noReplace: false, obj, off });
  const protect = (page: number, n: number, prot: string): string => run('mprotect', { page, n, prot: protOf(prot) });
  const table = (p = 0): string[] => [...pageTable(spaceOf(world, p), 8).pages];
  const count = (p = 0): number => pageTable(spaceOf(world, p), 8).nvma;
  return { world, run, mmap, protect, table, count };
}

describe('mprotect', () => {
  test('over a hole changes the 2 pages before it and then fails with ENOMEM', () => {
    const { mmap, protect, table } = start();
    mmap(0, 2, 'rw-', 'private');
    mmap(3, 1, 'rw-', 'private');
    expect(protect(0, 4, 'r--')).toBe('ENOMEM');
    expect(table().slice(0, 4)).toEqual(['r--p anon', 'r--p anon', '-', 'rw-p anon']);
  });

  test('to writable is EACCES on a shared mapping of a read-only descriptor', () => {
    const { mmap, protect } = start();
    mmap(0, 1, 'r--', 'shared', 'file_ro');
    expect(protect(0, 1, 'rw-')).toBe('EACCES');
  });

  test('under MDWE refuses new code and writable code, and keeps old code', () => {
    const { run, mmap, protect } = start();
    mmap(0, 1, 'rw-', 'private');
    mmap(1, 1, 'r-x', 'private');
    run('mdwe', {});
    expect([protect(0, 1, 'r-x'), protect(1, 1, 'rwx'), protect(1, 1, '--x')]).toEqual(['EACCES', 'EACCES', 'ok']);
  });
});

describe('access', () => {
  test('every mapped right is also the right to read, and PROT_NONE is none', () => {
    const { run, mmap } = start();
    ['-w-', '--x', '---'].forEach((prot, page) => mmap(page, 1, prot, 'private', 'memfd', page));
    expect([0, 1, 2, 3].map((page) => run('read', { page }))).toEqual([
      'ok 160',
      'ok 161',
      'SEGV_ACCERR',
      'SEGV_MAPERR',
    ]);
  });

  test('a fetch past the end of the object is SIGBUS even where nothing may be executed', () => {
    const { run, mmap } = start();
    mmap(0, 2, 'rw-', 'private', 'memfd', 3);
    expect([run('exec', { page: 0 }), run('exec', { page: 1 })]).toEqual(['SEGV_ACCERR', 'SIGBUS']);
  });

  test('of the kernel on behalf of the process fails with EFAULT for all three signals', () => {
    const { run, mmap } = start();
    mmap(0, 2, 'r--', 'shared', 'memfd', 3);
    expect([0, 1, 2].map((page) => run('sysread', { page, value: 7 }))).toEqual(['EFAULT', 'EFAULT', 'EFAULT']);
    expect([0, 1, 2].map((page) => run('syswrite', { page }))).toEqual(['ok 163', 'EFAULT', 'EFAULT']);
  });

  test('through /proc/PID/mem writes read-only private pages into a copy, and no shared ones', () => {
    const { run, mmap } = start();
    mmap(0, 1, '---', 'private', 'memfd');
    mmap(1, 1, 'r--', 'shared', 'memfd');
    expect([0, 1, 2].map((page) => run('procmem_write', { page, value: 7 }))).toEqual(['ok', 'EIO', 'EIO']);
    expect(run('procmem_read', { page: 0 })).toBe('ok 7');
    expect(run('fdread', { obj: 'memfd', off: 0 })).toBe('ok 160');
  });
});

describe('contents', () => {
  test("aliases of one object show each other's writes, private copies do not", () => {
    const { run, mmap } = start();
    mmap(0, 1, 'rw-', 'shared', 'file', 2);
    mmap(1, 1, 'r--', 'shared', 'file_ro', 2);
    mmap(2, 1, 'rw-', 'private', 'file', 2);
    mmap(3, 1, 'rw-', 'private', 'file', 2);
    run('write', { page: 2, value: 9 });
    run('write', { page: 0, value: 8 });
    expect([0, 1, 2, 3].map((page) => run('read', { page }))).toEqual(['ok 8', 'ok 8', 'ok 9', 'ok 8']);
  });

  test('ftruncate takes pages and private copies, and gives zeros back', () => {
    const { run, mmap } = start();
    mmap(0, 4, 'rw-', 'private', 'file');
    run('write', { page: 3, value: 9 });
    run('ftruncate', { obj: 'file', npages: 2 });
    expect([1, 3].map((page) => run('read', { page }))).toEqual(['ok 177', 'SIGBUS']);
    run('ftruncate', { obj: 'file', npages: 4 });
    expect(run('read', { page: 3 })).toBe('ok 0');
  });

  test('writing byte 16 of page 5 lets 6 pages be touched', () => {
    const { run, mmap } = start();
    mmap(0, 3, 'r--', 'shared', 'memfd', 4);
    run('fdwrite', { obj: 'memfd', off: 5, value: 3 });
    expect([0, 1, 2].map((page) => run('read', { page }))).toEqual(['ok 0', 'ok 3', 'SIGBUS']);
  });

  test('a shared anonymous mapping survives MADV_DONTNEED and fork, a private one is zeros after the first', () => {
    const { run, mmap } = start();
    mmap(0, 1, 'rw-', 'shared');
    mmap(1, 1, 'rw-', 'private');
    for (const page of [0, 1]) run('write', { page, value: 5 });
    run('fork', { child: 1 });
    run('dontneed', { page: 0, n: 2 });
    expect([0, 1].map((page) => run('read', { page }))).toEqual(['ok 5', 'ok 0']);
    expect([0, 1].map((page) => run('read', { page }, 1))).toEqual(['ok 5', 'ok 5']);
  });
});

describe('seals', () => {
  test('mseal of a range with a hole seals nothing; sealed mappings refuse munmap, mmap, mprotect, mremap with EPERM', () => {
    const { run, mmap, protect } = start();
    mmap(0, 2, 'rw-', 'private');
    expect([run('mseal', { page: 1, n: 2 }), protect(1, 1, 'r--')]).toEqual(['ENOMEM', 'ok']);
    expect(run('mseal', { page: 1, n: 1 })).toBe('ok');
    expect(run('munmap', { page: 0, n: 2 })).toBe('EPERM');
    expect(mmap(1, 1, 'rw-', 'private')).toBe('EPERM');
    expect(protect(1, 1, 'r--')).toBe('EPERM');
    expect(run('mremap', { page: 1, n: 1, newN: 1, to: 5 })).toBe('EPERM');
  });

  test('mseal keeps read-only anonymous memory from MADV_DONTNEED, but not a private copy of a file page', () => {
    const { run, mmap } = start();
    mmap(0, 1, 'r--', 'private');
    mmap(1, 1, 'r--', 'private', 'file');
    for (const page of [0, 1]) run('procmem_write', { page, value: 5 });
    run('mseal', { page: 0, n: 2 });
    expect([0, 1].map((page) => run('dontneed', { page, n: 1 }))).toEqual(['EPERM', 'ok']);
    expect([0, 1].map((page) => run('read', { page }))).toEqual(['ok 5', 'ok 176']);
  });

  test('the write seal is EBUSY while a shared mapping of the memfd could become writable', () => {
    const { run, mmap } = start();
    mmap(0, 1, 'r--', 'shared', 'memfd');
    expect(run('addseal', { seal: 'write' })).toBe('EBUSY');
    expect(run('addseal', { seal: 'future_write' })).toBe('ok');
    expect(run('fdwrite', { obj: 'memfd', off: 0, value: 1 })).toBe('EPERM');
    expect(mmap(1, 1, 'rw-', 'shared', 'memfd')).toBe('EPERM');
  });
});

describe('mremap', () => {
  test('moves rights and contents: 2 pages from 0 to 5, with the copy', () => {
    const { run, mmap, table } = start();
    mmap(0, 2, 'rw-', 'private', 'file', 1);
    run('write', { page: 1, value: 9 });
    expect(run('mremap', { page: 0, n: 2, newN: 2, to: 5 })).toBe('ok');
    expect(table()).toEqual(['-', '-', '-', '-', '-', 'rw-p file+1', 'rw-p file+2', '-']);
    expect(run('read', { page: 6 })).toBe('ok 9');
  });

  test('grows in place only into free pages and duplicates shared memory from length 0', () => {
    const { run, mmap, table } = start();
    mmap(0, 1, 'rw-', 'shared', 'memfd');
    mmap(2, 1, 'rw-', 'private');
    expect(run('mremap', { page: 0, n: 1, newN: 3 })).toBe('ENOMEM');
    expect(run('mremap', { page: 0, n: 1, newN: 2 })).toBe('ok');
    expect(run('mremap', { page: 0, n: 0, newN: 1, to: 7 })).toBe('ok');
    expect(run('mremap', { page: 2, n: 0, newN: 1, to: 6 })).toBe('EINVAL');
    expect(table()).toEqual(['rw-s memfd+0', 'rw-s memfd+1', 'rw-p anon', '-', '-', '-', '-', 'rw-s memfd+0']);
  });
});

describe('mappings', () => {
  test('split and merge: 1, then 3, then 1; written and read-only memory stays apart', () => {
    const { run, mmap, protect, count } = start();
    mmap(0, 4, 'rw-', 'private');
    expect(count()).toBe(1);
    protect(1, 2, 'r--');
    expect(count()).toBe(3);
    protect(1, 2, 'rw-');
    expect(count()).toBe(1);
    run('write', { page: 0, value: 1 });
    mmap(4, 1, 'r--', 'private');
    expect(protect(0, 4, 'r--')).toBe('ok');
    expect(count()).toBe(2);
  });
});

/** What becomes of 5 attacks on a trusted page: forced write, discarding, hiding, moving, replacing. */
function attacks(trust: TrustRules): string[] {
  const { run, mmap, protect } = start(trust);
  mmap(0, 1, 'rw-', 'private');
  run('publish', { page: 0, n: 1 });
  const forced = run('procmem_write', { page: 0, value: 1 });
  const discarded = run('dontneed', { page: 0, n: 1 });
  const hidden = protect(0, 1, '---');
  const moved = run('mremap', { page: 0, n: 1, newN: 1, to: 1 });
  return [forced, discarded, hidden, moved, mmap(0, 2, 'rwx', 'private')];
}

describe('KERNELTRUST', () => {
  test('is unknown to a kernel without it', () => {
    const { run, mmap } = start();
    mmap(0, 1, 'rw-', 'private');
    expect([run('publish', { page: 0, n: 1 }), run('unpublish', { page: 0, n: 1 })]).toEqual(['ENOSYS', 'ENOSYS']);
  });

  test('makes pages r-x, and unpublish makes them writable again', () => {
    const { run, mmap, table } = start(LITERAL_TRUST);
    mmap(0, 1, 'rw-', 'private');
    expect(run('publish', { page: 0, n: 2 })).toBe('ENOMEM');
    expect(run('publish', { page: 0, n: 1 })).toBe('ok');
    expect(table()[0]).toBe('r-xp anon');
    expect([run('unpublish', { page: 0, n: 1 }), run('unpublish', { page: 0, n: 1 })]).toEqual(['ok', 'EINVAL']);
    expect(table()[0]).toBe('rwxp anon');
  });

  test.each([
    ['sticky', 'EACCES', 'r-xp anon', 'EINVAL', 'ok'],
    ['autoClear', 'ok', 'rw-p anon', 'EINVAL', 'EINVAL'],
    ['none', 'ok', 'rw-p anon', 'EINVAL', 'ok'],
  ] as const)('A11 %s: mprotect to writable is %s and leaves %s', (ro, result, page, absent, unpublished) => {
    const { run, mmap, protect, table } = start({ ...LITERAL_TRUST, ro });
    mmap(0, 1, 'rw-', 'private');
    run('publish', { page: 0, n: 1 });
    expect(protect(0, 1, 'rw-')).toBe(result);
    expect(table()[0]).toBe(page);
    expect(run('unpublish', { page: 0, n: 2 })).toBe(absent);
    expect(run('unpublish', { page: 0, n: 1 })).toBe(unpublished);
  });

  test('alone stops no forced write, discarding, hiding, moving or replacing; SEAL and NOFORCE stop all 5', () => {
    expect(attacks(LITERAL_TRUST)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(attacks(HARDENED_TRUST)).toEqual(['EIO', 'EPERM', 'EPERM', 'EPERM', 'EPERM']);
  });

  test('travels with fork and mremap, and not to what replaces the page', () => {
    const { run, mmap } = start(LITERAL_TRUST);
    mmap(0, 2, 'rw-', 'private');
    run('publish', { page: 0, n: 2 });
    run('mremap', { page: 0, n: 1, newN: 1, to: 4 });
    run('fork', { child: 1 });
    mmap(1, 1, 'r-x', 'private');
    expect(run('unpublish', { page: 4, n: 1 }, 1)).toBe('ok');
    expect(run('unpublish', { page: 1, n: 1 }, 1)).toBe('ok');
    expect([run('unpublish', { page: 4, n: 1 }), run('unpublish', { page: 1, n: 1 })]).toEqual(['ok', 'EINVAL']);
  });
});

test('an operation of a process that does not live is our mistake, with its number', () => {
  const { run } = start();
  expect(() => run('read', { page: 0 }, 3)).toThrow('no process 3; live: 0');
  expect(() => run('fork', { child: 0 })).toThrow('process 0 is already alive');
  expect(() => protOf('xwr')).toThrow('xwr is no protection');
});
