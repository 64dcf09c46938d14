import type { Errno } from '../errno.ts';

/** Signal of an access that the page table does not allow: no mapping, no right, no page of the object behind it. */
export const FAULTS = ['SEGV_MAPERR', 'SEGV_ACCERR', 'SIGBUS'] as const;
/** Name of a signal by which an access ends. */
export type Fault = (typeof FAULTS)[number];

/** Error numbers that operations on pages return. */
export const ERRNOS = [
  'EBADF',
  'EACCES',
  'EBUSY',
  'EEXIST',
  'EFAULT',
  'EINVAL',
  'EIO',
  'ENOMEM',
  'ENOSYS',
  'EPERM',
] as const satisfies readonly (keyof typeof Errno)[];
/** Name of an errno. */
export type ErrnoName = (typeof ERRNOS)[number];

/** `ok`, an error number, or the signal that a probe of user code dies by. */
export type Result = 'ok' | ErrnoName | Fault;
/** All results of an operation. */
export const RESULTS: readonly Result[] = ['ok', ...ERRNOS, ...FAULTS];

/** What an operation returns; `got` is the byte it read, or `eof`. */
export interface Outcome {
  readonly res: Result;
  readonly got?: number | 'eof';
}

/** Success without a value. */
export const OK: Outcome = { res: 'ok' };

/** Success of a read. */
export function got(value: number | 'eof'): Outcome {
  return { res: 'ok', got: value };
}

/** Failure. */
export function failed(res: Exclude<Result, 'ok'>): Outcome {
  return { res };
}
